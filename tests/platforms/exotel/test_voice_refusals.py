"""What the Calls API refuses: wrong parameters, credentials, accounts without balance, limits."""

from typing import Any, Final

import pytest

from tests.cases import each_case, each_case_alone
from tests.platforms.exotel.test_voice_calls import FROM, KEY, TO, Voice
from tests.support import Json, World

LINE: Final = "08047000001"
GOOD: Final = {"From": FROM, "To": TO, "CallerId": LINE}
STREAM: Final = {"To": None, "StreamUrl": "wss://b.example/s", "StreamType": "bidirectional"}
FLOW: Final = "http://my.exotel.com/acme/exoml/start_voice/1"
MULTIPART: Final = {"content-type": "multipart/form-data; boundary=x"}
URLENCODED: Final = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def voice(world: World) -> Voice:
    return Voice(world)


async def calls_of(world: World) -> Json:
    return (await world.control("GET", "/calls")).json()


def form(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (GOOD | fields).items() if value is not None}


@each_case("suffix", [".json", ""], ids=["json", "xml"])
@each_case(
    ("fields", "message"),
    [
        pytest.param({"From": None}, "The 'From' parameter is required.", id="no From"),
        pytest.param({"From": ""}, "The 'From' parameter is not a phone number.", id="empty"),
        pytest.param({"From": "someone"}, "The 'From' parameter is not a phone number.", id="word"),
        pytest.param({"To": None}, "The 'To' parameter is required.", id="no To"),
        pytest.param({"To": "12"}, "The 'To' parameter is not a phone number.", id="short"),
        pytest.param({"To": "1" * 16}, "The 'To' parameter is not a phone number.", id="long"),
        pytest.param({"CallerId": None}, "The 'CallerId' parameter is required.", id="no CallerId"),
        pytest.param(
            {"From": None, "from": FROM}, "The 'From' parameter is required.", id="lower case"
        ),
        pytest.param(
            {"TimeLimit": "14401"}, "The 'TimeLimit' parameter must be at most 14400.", id="limit"
        ),
        pytest.param(
            {"TimeLimit": "x"}, "The 'TimeLimit' parameter must be a whole number.", id="no number"
        ),
        pytest.param({"TimeOut": "0"}, "The 'TimeOut' parameter must be at least 1.", id="ring"),
        pytest.param(
            {"Record": "yes"}, "The 'Record' parameter must be true or false.", id="Record"
        ),
        pytest.param(
            {"CustomField": "x" * 129},
            "The 'CustomField' parameter must have at most 128 characters.",
            id="CustomField",
        ),
        pytest.param(
            {"StatusCallback": "ftp://x"},
            "The 'StatusCallback' parameter must be an http or https URL.",
            id="StatusCallback",
        ),
        pytest.param(
            {"StatusCallbackEvents[0]": "sung"},
            "The 'StatusCallbackEvents[0]' parameter must be answered, terminal or ringing.",
            id="event",
        ),
        pytest.param(
            {"StatusCallbackContentType": "text/xml"},
            "The 'StatusCallbackContentType' parameter must be multipart/form-data or"
            " application/json.",
            id="content type",
        ),
        pytest.param(
            {"To": None, "Url": "http://example.com/flow.xml"},
            "The 'Url' parameter must be a flow of the account, such as"
            " http://my.exotel.com/{account}/exoml/start_voice/{app_id}: other addresses are not"
            " supported.",
            id="external Url",
        ),
        pytest.param(
            {"To": None, "Url": FLOW},
            "The 'Url' parameter names the flow 1, which does not exist.",
            id="unknown flow",
        ),
        pytest.param({"Url": FLOW}, "The 'Url' parameter names the flow 1, which", id="two kinds"),
        pytest.param(
            {"To": None, "StreamUrl": "wss://b.example/s"},
            "The 'StreamType' parameter is required.",
            id="no StreamType",
        ),
        pytest.param(
            STREAM | {"StreamType": "one-way"},
            "The 'StreamType' parameter must be bidirectional.",
            id="StreamType",
        ),
        pytest.param(
            STREAM | {"StreamUrl": "b.example"},
            "The 'StreamUrl' parameter does not have the required form.",
            id="StreamUrl",
        ),
        pytest.param(
            STREAM | {"StreamUrl": "wss://b.example/" + "s" * 600},
            "The 'StreamUrl' parameter must have at most 599 characters.",
            id="long StreamUrl",
        ),
        pytest.param(
            STREAM | {"StreamName": "n" * 33},
            "The 'StreamName' parameter must have at most 32 characters.",
            id="StreamName",
        ),
    ],
)
async def test_connect_refuses_what_it_cannot_place(
    voice: Voice, suffix: str, fields: dict[str, Any], message: str
) -> None:
    """400 names the parameter in both formats, and nothing is placed."""
    response = await voice.request("POST", f"/Calls/connect{suffix}", data=form(fields))

    assert response.status_code == 400, response.text
    if suffix:
        error = response.json()["RestException"]
        assert (error["Status"], error["Message"][: len(message)]) == (400, message)
    else:
        assert message in response.text.replace("&apos;", "'")
    assert await calls_of(voice.world) == []


@pytest.mark.parametrize(
    ("sent", "hint"),
    [
        pytest.param({"from": FROM, "To": TO}, "from was sent, From is read", id="From"),
        pytest.param({"From": FROM, "to": TO}, "callerid was sent, CallerId is read", id="first"),
        pytest.param({"To": TO}, None, id="nothing like it"),
    ],
)
async def test_lower_case_is_the_missing_parameter_it_is(
    voice: Voice, sent: dict[str, str], hint: str | None
) -> None:
    """The hint says which name was sent in another case."""
    fields = sent | {"callerid": LINE}

    response = await voice.request("POST", "/Calls/connect.json", data=fields)

    shown = response.headers.get("x-emulator-hint")
    expected = None if hint is None else f"names are case-sensitive: {hint}"
    assert (response.status_code, shown) == (400, expected)


async def test_unknown_flow_is_refused_with_the_control_route(voice: Voice) -> None:
    """The hint names the route that creates the flow."""
    fields = form({"To": None, "Url": FLOW})
    response = await voice.request("POST", "/Calls/connect.json", data=fields)

    assert response.headers["x-emulator-hint"] == "PUT /_emulator/exotel/flows/1 creates it"


@each_case("suffix", [".json", ""], ids=["json", "xml"])
@each_case(
    ("content", "headers"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b'{"From": "1"}', {"content-type": "application/json"}, id="JSON"),
        pytest.param(b"<From>1</From>", {"content-type": "application/xml"}, id="XML"),
        pytest.param(b"--x\r\nbroken", MULTIPART, id="broken multipart"),
        pytest.param(b"--x--\r\n", MULTIPART, id="empty multipart"),
        pytest.param(b"From=%ff%fe", URLENCODED, id="no UTF-8"),
        pytest.param(b"From=1&From=2", URLENCODED, id="twice"),
        pytest.param(b"From[a]=1", URLENCODED, id="an object"),
        pytest.param(b"\x00" * 100, URLENCODED, id="zeros"),
        pytest.param(b"a" * 100_000, URLENCODED, id="a long name"),
        pytest.param(b"&".join(b"a%d=1" % n for n in range(20_000)), URLENCODED, id="many"),
        pytest.param(b"StatusCallbackEvents[99999999]=answered", URLENCODED, id="sparse list"),
    ],
)
async def test_body_that_is_no_form_is_refused(
    voice: Voice, suffix: str, content: bytes, headers: dict[str, str]
) -> None:
    """400 in the asked format; never a 500, and nothing is placed."""
    path = f"/Calls/connect{suffix}"

    response = await voice.request("POST", path, content=content, headers=headers)

    assert response.status_code == 400, response.text
    assert ("RestException" in response.text, response.text[:1]) == (True, "{" if suffix else "<")
    assert await calls_of(voice.world) == []


async def test_body_over_the_cap_is_refused(voice: Voice) -> None:
    """413 in the vendor's shape."""
    content = b"From=" + b"1" * 33_600_000

    response = await voice.request(
        "POST", "/Calls/connect.json", content=content, headers=URLENCODED
    )

    assert (response.status_code, response.json()["RestException"]["Status"]) == (413, 413)


@each_case("suffix", [".json", ""], ids=["json", "xml"])
@each_case_alone(
    "authorization",
    [None, "Basic", "Basic ?", "Basic " + "eA==", "Bearer token", "basic e", ""],
)
async def test_wrong_basic_is_refused_in_both_formats(
    world: World, suffix: str, authorization: str | None
) -> None:
    """Without HTTP Basic a request is refused with the published message."""
    headers = {} if authorization is None else {"Authorization": authorization}
    path = f"/v1/Accounts/{world.account}/Calls{suffix}"

    response = await world.http.get(path, headers=headers)

    message = "Authentication failed. Verify your API key and token."
    assert response.status_code == 401
    assert message in response.text
    assert response.text.startswith("{" if suffix else "<?xml")


@pytest.mark.parametrize("settings", [pytest.param({"auth": "strict"}, id="strict")])
async def test_strict_world_checks_key_and_token(voice: Voice) -> None:
    """Only the account's own key and token are accepted."""
    own = voice.world.made["credentials"]["exotel"]
    right = (own["api_key"], own["api_token"])

    answers = [
        await voice.request("GET", "/Calls.json", auth=auth)
        for auth in (right, KEY, (own["api_key"], "x"), ("x", own["api_token"]))
    ]

    assert [each.status_code for each in answers] == [200, 401, 401, 401]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param("out_of_balance", 402, id="balance"),
        pytest.param("suspended", 403, id="suspended"),
        pytest.param("active", 200, id="active"),
    ],
)
async def test_account_is_refused_by_control_route(voice: Voice, status: str, code: int) -> None:
    """Every operation answers 402 or 403 while the account is in that state."""
    account = f"/exotel/accounts/{voice.world.account}"
    changed = await voice.world.control("PUT", account, json={"status": status})

    answers = [
        await voice.request("POST", "/Calls/connect.json", data=GOOD),
        *[
            await voice.request("GET", path)
            for path in ("/Calls.json", "/IncomingPhoneNumbers", "/Numbers/09876543210.json")
        ],
    ]

    assert changed.json()["status"] == status
    assert {each.status_code for each in answers} == {code}
    assert len(await calls_of(voice.world)) == (code == 200)


async def test_exophones_are_set_by_control_route(voice: Voice) -> None:
    """The list has them, and can be asked for one in any spelling."""
    account = f"/exotel/accounts/{voice.world.account}"
    before = (await voice.world.control("GET", account)).json()
    body = {"exophones": ["08047111111", "+918047222222"]}
    await voice.world.control("PUT", account, json=body)

    async def listed(query: str = "") -> list[str]:
        response = await voice.request("GET", f"/IncomingPhoneNumbers.json{query}")
        found = response.json()["IncomingPhoneNumbers"]
        return [each["IncomingPhoneNumber"]["PhoneNumber"] for each in found]

    assert len(before["exophones"]) == 2
    assert await listed() == body["exophones"]
    assert await listed("?PhoneNumber=08047222222") == ["+918047222222"]
    assert await listed("?PhoneNumber=08047333333") == []


@each_case(
    "body",
    [{"status": "rich"}, {"exophones": []}, {"exophones": ["x"]}, {"colour": 1}, []],
)
async def test_account_change_that_does_not_fit_is_refused(voice: Voice, body: Json) -> None:
    """The account stays as it was."""
    account = f"/exotel/accounts/{voice.world.account}"
    before = (await voice.world.control("GET", account)).json()

    response = await voice.world.control("PUT", account, json=body)

    assert response.status_code == 400
    assert (await voice.world.control("GET", account)).json() == before


@pytest.mark.parametrize(
    "settings",
    [pytest.param({"options": {"exotel": {"unowned_exophone": "refuse"}}}, id="refuse")],
)
async def test_foreign_exophone_is_refused_by_option(voice: Voice) -> None:
    """The hint lists the account's own, which are accepted in any spelling."""
    own = await voice.exophone()

    refused = await voice.request("POST", "/Calls/connect.json", data=GOOD)
    accepted = await voice.request(
        "POST", "/Calls/connect.json", data=GOOD | {"CallerId": f"+91{own[1:]}"}
    )

    message = refused.json()["RestException"]["Message"]
    assert message == "The 'CallerId' parameter is not an ExoPhone of the account."
    assert own in refused.headers["x-emulator-hint"]
    assert accepted.status_code == 200
    assert len(await calls_of(voice.world)) == 1


@pytest.mark.parametrize(
    "settings", [pytest.param({"options": {"exotel": {"calls_per_minute": 3}}}, id="three")]
)
async def test_limit_is_counted_for_each_account(voice: Voice) -> None:
    """An account's request too many gets 429; other accounts and the Voicebot API continue."""
    answers = [await voice.request("GET", "/Calls.json") for _ in range(4)]
    other = await Voice(voice.world, "other").request("GET", "/Calls.json")
    bots = await voice.world.exotel("GET", "/voicebots")
    await voice.world.advance(60)
    later = await voice.request("GET", "/Calls")

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    message = answers[-1].json()["RestException"]["Message"]
    assert message == "Rate limit exceeded. Max 3 requests per minute."
    assert (other.status_code, bots.status_code, later.status_code) == (200, 200, 200)


@pytest.mark.parametrize("path", ["/Calls/nope.json", "/Calls/nope", "/Nothing.json", "/Nothing"])
async def test_unknown_record_or_path_is_answered_in_the_asked_format(
    voice: Voice, path: str
) -> None:
    """404 as RestException, in JSON or XML."""
    response = await voice.request("GET", path)

    is_json = path.endswith(".json")
    assert response.status_code == 404
    assert response.text.startswith("{" if is_json else "<?xml")
    assert "RestException" in response.text


@each_case("number", ["x", "12", "..", "%00", "+", "1" * 40])
async def test_number_that_is_none_is_refused(voice: Voice, number: str) -> None:
    """400, and never a 500."""
    response = await voice.request("GET", f"/Numbers/{number}.json")

    assert response.status_code in {400, 404}


async def test_number_has_the_same_metadata_in_every_spelling(voice: Voice) -> None:
    """What the emulator makes up of a number depends on the number alone."""
    found = []
    for number in ("09876543210", "+919876543210", "9876543210"):
        shown = (await voice.request("GET", f"/Numbers/{number}.json")).json()["Numbers"]
        assert shown.pop("PhoneNumber") == number
        found.append(shown)
    landline = (await voice.request("GET", "/Numbers/01141234567.json")).json()["Numbers"]

    assert found[0] == found[1] == found[2]
    assert (found[0]["Type"], landline["Type"]) == ("Mobile", "Landline")


async def test_text_that_xml_cannot_have_is_replaced(voice: Voice) -> None:
    """XML stays well-formed whatever was sent."""
    fields = GOOD | {"From": "sip:a&b@exotel.com"}
    placed = await voice.request("POST", "/Calls/connect", data=fields)
    shown = await voice.request("GET", "/Calls/%01%0b.json")

    assert "<From>sip:a&amp;b@exotel.com</From>" in placed.text
    assert shown.status_code == 404


@each_case("prefix", ["", "/exotel"], ids=["root", "name"])
@each_case(
    ("path", "hint"),
    [
        pytest.param("/v1/accounts/a/calls/connect.json", "accounts was sent, Accounts", id="all"),
        pytest.param("/v1/Accounts/a/calls/connect.json", "calls was sent, Calls is", id="one"),
        pytest.param("/v1/Accounts/a/CALLS.json", "CALLS was sent, Calls is read", id="list"),
        pytest.param("/v1/Accounts/a/Messages.json", None, id="another path"),
    ],
)
async def test_path_in_another_case_is_not_found(
    voice: Voice, prefix: str, path: str, hint: str | None
) -> None:
    """Paths are case-sensitive, too: 404 as RestException, and the hint names the word."""
    response = await voice.world.http.post(prefix + path, data=GOOD, auth=KEY)

    shown = response.headers.get("x-emulator-hint")
    assert (response.status_code, response.json()["RestException"]["Status"]) == (404, 404)
    assert shown is None if hint is None else hint in (shown or "")
