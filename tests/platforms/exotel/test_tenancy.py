"""Several accounts in one world: each sees what is its own, and nothing else."""

from typing import Any, Final

import httpx
import pytest

from tests.support import BOT, World

V1: Final = "/voicebot/api/v1"
V2: Final = "/voicebot/api/v2"
FORM: Final = {"text_content": (None, BOT)}


async def control(http: httpx.AsyncClient, method: str, path: str, **body: Any) -> Any:
    response = await http.request(method, f"/_emulator{path}", json=body or None)
    assert response.is_success, response.text
    return response.json()


async def make_bot(http: httpx.AsyncClient, account: str) -> dict[str, str]:
    """Generate a bot of an account in the default world, and return its job and id."""
    job = (await http.post(f"{V2}/accounts/{account}/bot-generation", files=FORM)).json()
    await control(http, "POST", "/clock/advance", seconds=10)
    shown = (await http.get(f"{V2}/accounts/{account}/bot-generation/{job['id']}")).json()
    return {"job": job["id"], "bot": shown["bot_id"], "account": shown["account_id"]}


@pytest.fixture
async def made(http: httpx.AsyncClient) -> dict[str, dict[str, str]]:
    """A record of every kind for each of two accounts of the default world."""
    records: dict[str, dict[str, str]] = {}
    await control(http, "PUT", "/clock", mode="frozen")
    for account in ("acme", "other"):
        found = records[account] = await make_bot(http, account)
        created = await http.post(f"{V2}/accounts/{account}/assistants", json={"name": account})
        found["assistant"] = created.json()["assistant_id"]
        for kind in ("personas", "specializations"):
            body = {"name": account, "type": "t"}
            profile = await http.post(f"{V1}/accounts/{account}/{kind}", json=body)
            found[kind] = profile.json()["id"]
        call = await control(
            http, "POST", "/calls", platform="exotel", bot_id=found["bot"], scenario="answered"
        )
        found |= {"conversation": call["conversation_id"], "session": call["session_id"]}
    await control(http, "POST", "/clock/advance", until="idle")
    return records


def paths(account: str, records: dict[str, str]) -> list[tuple[str, str, Any]]:
    """Return a request for each record, in the account's paths."""
    v1, v2 = f"{V1}/accounts/{account}", f"{V2}/accounts/{account}"
    version = {"source_version": "v1", "data": {}}
    return [
        ("GET", f"{v2}/bot-generation/{records['job']}", None),
        ("GET", f"{v2}/voicebots/{records['bot']}", None),
        ("POST", f"{v2}/voicebots/{records['bot']}/versions", version),
        ("GET", f"{v1}/voicebots/{records['bot']}", None),
        ("PUT", f"{v1}/voicebots/{records['bot']}", {}),
        ("GET", f"{v1}/bots/{records['bot']}/dp-endpoint", None),
        ("GET", f"{v2}/assistants/{records['assistant']}", None),
        ("POST", f"{v2}/assistants/{records['assistant']}/versions", version),
        ("POST", f"/api/v2/accounts/{account}/assistants/{records['assistant']}/versions", version),
        ("PUT", f"{v1}/personas/{records['personas']}", {}),
        ("PUT", f"{v1}/specializations/{records['specializations']}", {}),
        ("GET", f"{v2}/voicebot-conversations/{records['conversation']}", None),
        ("GET", f"{v2}/sessions/{records['session']}/transcript", None),
        ("GET", f"/exotelrecordings/{account}/{records['conversation']}.wav", None),
        ("DELETE", f"{v2}/voicebots/{records['bot']}", None),
    ]


async def test_record_is_found_under_its_own_account_alone(
    http: httpx.AsyncClient, made: dict[str, dict[str, str]]
) -> None:
    """On a server as it starts, an account finds its own records and no other account's."""
    found = [
        [(await http.request(method, path, json=body)).status_code for method, path, body in some]
        for some in (paths("acme", made["other"]), paths("acme", made["acme"]))
    ]

    assert found == [[404] * 15, [200] * 15]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param(f"{V2}/accounts/acme/voicebots", "bot_id", id="bots"),
        pytest.param(
            f"{V2}/accounts/acme/voicebot-conversations", "conversation_id", id="conversations"
        ),
        pytest.param(f"{V1}/accounts/acme/personas", "id", id="personas"),
        pytest.param(f"{V1}/accounts/acme/specializations", "id", id="specializations"),
    ],
)
async def test_list_has_the_accounts_own_records(
    http: httpx.AsyncClient, made: dict[str, dict[str, str]], path: str, name: str
) -> None:
    """A list and its total count what is the account's own."""
    listed = (await http.get(path)).json()

    (entry,) = listed["data"]
    assert listed["metadata"]["total"] == 1
    assert entry[name] in made["acme"].values()


async def test_account_without_records_has_empty_lists(http: httpx.AsyncClient) -> None:
    """An account that nothing was created for has nothing, in either reading of dates."""
    await make_bot(http, "acme")

    for dates in ("created", "version"):
        await control(http, "PATCH", "/settings", options={"exotel": {"bot_dates": dates}})
        listed = (await http.get(f"{V2}/accounts/new/voicebots")).json()
        assert (listed["metadata"]["total"], listed["data"]) == (0, [])


async def test_job_and_conversation_name_their_account(
    http: httpx.AsyncClient, made: dict[str, dict[str, str]]
) -> None:
    """A job shows its own account, and a recording's URL has it and works as it is."""
    conversation = made["other"]["conversation"]
    url = f"{V2}/accounts/other/voicebot-conversations/{conversation}"
    recording = (await http.get(url)).json()["call_metadata"]["recording_url"]

    assert made["other"]["account"] == "other"
    assert recording.endswith(f"/exotelrecordings/other/{conversation}.wav")
    assert (await http.get(recording)).status_code == 200


async def test_call_without_a_bot_takes_one_of_the_account(
    http: httpx.AsyncClient, made: dict[str, dict[str, str]]
) -> None:
    """``account_id`` alone chooses among that account's bots; without it any account's will do.

    An account without bots gets one.
    """
    call = await control(http, "POST", "/calls", platform="exotel", account_id="other")
    any_call = await control(http, "POST", "/calls", platform="exotel")
    new = await control(http, "POST", "/calls", platform="exotel", account_id="third")

    assert (call["account_id"], call["bot_id"]) == ("other", made["other"]["bot"])
    assert any_call["account_id"] == "acme"
    assert new["account_id"] == "third"
    assert new["bot_id"] not in {each["bot"] for each in made.values()}


async def test_call_takes_no_bot_of_another_account(
    http: httpx.AsyncClient, made: dict[str, dict[str, str]]
) -> None:
    """A bot of another account is unknown, named in the request or by a flow; nothing is placed."""
    foreign = made["other"]["bot"]
    before = len((await http.get("/_emulator/calls")).json())

    asked = {"platform": "exotel", "account_id": "acme"}
    direct = await http.post("/_emulator/calls", json=asked | {"bot_id": foreign})
    path = "/exotel/accounts/acme/flows/f"
    await control(http, "PUT", path, kind="voicebot", bot_id=foreign)
    placed = await control(http, "POST", "/calls", **asked, flow_id="f")
    shown = await control(http, "GET", f"/calls/{placed['id']}")
    await control(http, "POST", "/clock/advance", until="idle")
    listed = (await http.get(f"{V2}/accounts/acme/voicebot-conversations")).json()

    assert (direct.status_code, direct.json()["detail"]) == (404, f"voicebot {foreign} not found")
    assert "conversation_id" not in shown["details"]
    assert shown["details"]["voice_call"]["notes"] == [
        f"the flow names bot {foreign}, which the account does not have"
    ]
    assert listed["metadata"]["total"] == 1
    assert before + 1 == len((await http.get("/_emulator/calls")).json())


async def test_accounts_stay_apart_in_a_fork(world: World) -> None:
    """A fork's own account has what was the source's own; other accounts keep their names."""
    bot_id = await world.bot()
    made = await world.http.post("/_emulator/worlds", json={"from": world.name})
    fork = World(world.http, made.json())

    mine = await fork.exotel("GET", f"/voicebots/{bot_id}")
    foreign = await fork.http.get(
        f"{V2}/accounts/acme/voicebots/{bot_id}", headers={"X-Emulator-World": fork.name}
    )

    assert (mine.status_code, foreign.status_code) == (200, 404)
    await world.http.delete(f"/_emulator/worlds/{fork.name}")


@pytest.mark.parametrize(
    "settings",
    [pytest.param({"options": {"exotel": {"voicebot_shape": "enveloped"}}}, id="enveloped")],
)
@pytest.mark.parametrize(
    "prefix", [pytest.param("", id="root"), pytest.param("/exotel", id="name")]
)
async def test_unknown_path_under_an_account_is_answered_in_its_worlds_shape(
    world: World, prefix: str
) -> None:
    """A path that is no operation is answered as the account's world answers, and noted there."""
    paths = ("/nothing", "/voicebots/b/nothing/at/all")

    answers = [await world.exotel("GET", each, f"{prefix}{V2}") for each in paths]
    wrong = await world.exotel("PATCH", "/voicebots", f"{prefix}{V2}")

    assert [each.json()["http_code"] for each in (*answers, wrong)] == [404, 404, 405]
    history = (await world.control("GET", "/history?kind=exchange")).json()
    assert [each["status"] for each in history][-3:] == [404, 404, 405]


async def test_bot_shows_the_date_that_lists_filter_by(world: World) -> None:
    """By default all dates are the bot's creation; by option all are the shown version's."""
    bot_id = await world.bot()
    older = await world.bot()
    await world.advance(3600)
    version = {"source_version": "v1", "data": {"name": "Later"}}
    await world.exotel("POST", f"/voicebots/{bot_id}/versions", json=version)

    async def shown() -> list[Any]:
        bot = (await world.exotel("GET", f"/voicebots/{bot_id}")).json()["date_created"]
        listed = (await world.exotel("GET", "/voicebots?endDate=2026-01-01T00:30:00Z")).json()
        later = (await world.exotel("GET", "/voicebots?startDate=2026-01-01T00:30:00Z")).json()
        entries = (await world.exotel("GET", "/voicebots?limit=1")).json()["data"]
        return [
            bot,
            [each["bot_id"] for each in listed["data"]],
            [each["bot_id"] for each in later["data"]],
            later["metadata"]["total"],
            entries[0]["bot_id"],
        ]

    by_creation = await shown()
    options = {"options": {"exotel": {"bot_dates": "version"}}}
    await world.control("PATCH", "/settings", json=options)
    by_version = await shown()

    assert by_creation == ["2026-01-01T00:00:10Z", [older, bot_id], [], 0, older]
    assert by_version == ["2026-01-01T01:00:20Z", [older], [bot_id], 1, bot_id]
