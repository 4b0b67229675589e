"""Bots of Exotel's Voicebot API: made from texts, changed by versions, listed."""

from typing import Any, Final

import pytest

from tests.cases import each_case, each_case_alone
from tests.support import BOT, World, unwrapped

FORM: Final = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture(
    params=[pytest.param("plain", id="plain"), pytest.param("enveloped", id="enveloped")]
)
def settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Both published shapes come from the same handlers, and pass the same tests."""
    return {"options": {"exotel": {"voicebot_shape": request.param}}}


def message_of(body: Any) -> str:
    """Return the message of an error, in either shape."""
    if "error" in body:
        return str(body["error"]["message"])
    return str(body["response"]["error_data"]["description"])


async def job(world: World, text: str) -> str:
    created = await world.exotel("POST", "/bot-generation", files={"text_content": (None, text)})
    assert created.status_code == 201, created.text
    return str(unwrapped(created)["id"])


async def details(world: World, bot_id: str) -> Any:
    return (await world.control("GET", f"/exotel/bots/{bot_id}")).json()


async def test_job_goes_through_its_statuses_as_time_passes(world: World) -> None:
    """pending, in_progress, completed: on the world's clock, however often it is read."""
    job_id = await job(world, BOT)
    seen = []
    for seconds in (0, 1.9, 0.2, 7.8, 0.2):
        await world.advance(seconds)
        shown = unwrapped(await world.exotel("GET", f"/bot-generation/{job_id}"))
        seen.append((shown["status"], "bot_id" in shown))

    assert seen == [
        ("pending", False),
        ("pending", False),
        ("in_progress", False),
        ("in_progress", False),
        ("completed", True),
    ]


async def test_marker_in_the_text_makes_the_job_fail(world: World) -> None:
    """``[[fail: reason]]`` ends a job as failed, with that reason and no bot."""
    job_id = await job(world, "A bot for a bank [[fail: no suitable template]] please")

    await world.advance()

    shown = unwrapped(await world.exotel("GET", f"/bot-generation/{job_id}"))
    assert (shown["status"], shown["reason"]) == ("failed", "no suitable template")
    assert "bot_id" not in shown
    listed = (await world.exotel("GET", "/voicebots")).json()
    assert listed["metadata"]["total"] == 0


@pytest.mark.socket
@each_case_alone(
    ("text", "made"),
    [
        pytest.param(
            BOT,
            (
                "Customer Support Bot",
                "Hello! How can I help you today?",
                ["en"],
                ["order_status_inquiry", "return_request"],
            ),
            id="the page's",
        ),
        pytest.param(
            "Build a bot called Maya for a clinic. It books appointments and cancels bookings in "
            'English, Hindi and Tamil. Greet callers with "Namaste, this is Maya." '
            "Transfer to a human when asked.",
            (
                "Maya",
                "Namaste, this is Maya.",
                ["en", "hi", "ta"],
                ["book_appointment", "cancel_booking", "agent_transfer"],
            ),
            id="named",
        ),
        pytest.param(
            "Bot: Hi, thanks for calling Acme.\nUser: hello",
            (
                "Bot: Hi, Thanks For Calling Acme",
                "Hi, thanks for calling Acme.",
                ["en"],
                ["general_inquiry"],
            ),
            id="script",
        ),
        pytest.param(
            "ग्राहक सहायता बॉट। ऑर्डर की स्थिति, भुगतान और वापसी।",
            (
                "ग्राहक सहायता बॉट",
                "Hello! How can I help you today?",
                ["en"],
                ["ग्राहक_सहायता_बॉट_request", "ऑर्डर_की_स्थिति_request", "भुगतान_और_वापसी_request"],
            ),
            id="Devanagari",
        ),
        pytest.param(
            "A bot called மீனா. It handles ஆர்டர் நிலை, بل and café bookings in Tamil.",
            (
                "மீனா",
                "Hello! How can I help you today?",
                ["ta"],
                ["ஆர்டர்_நிலை_request", "بل_request", "café_booking_request"],
            ),
            id="scripts within English",
        ),
        pytest.param(
            "Used by a shop called so, named Bọ́lá Adé: tracks orders. 客服。",
            ("Bọ́lá Adé", "Hello! How can I help you today?", ["en"], ["track_order"]),
            id="name with marks",
        ),
    ],
)
async def test_bot_is_generated_from_its_text(
    world: World, text: str, made: tuple[str, str, list[str], list[str]]
) -> None:
    """Name, greeting, languages and intents are read out of the text."""
    shown = await details(world, await world.bot(text))

    fields = ("name", "greeting", "supported_languages", "intents")
    shown["greeting"] = shown["greeting_message"]["text"]
    assert tuple(shown[field] for field in fields) == made
    assert shown["text"] == text


@each_case_alone(
    ("request_", "reason"),
    [
        pytest.param({"json": {"text_content": BOT}}, "multipart/form-data", id="json"),
        pytest.param({"data": {"text_content": BOT}}, "multipart/form-data", id="urlencoded"),
        pytest.param({}, "multipart/form-data", id="nothing"),
        pytest.param({"files": {"text": (None, BOT)}}, "text_content is required", id="missing"),
        pytest.param(
            {"files": {"text_content": (None, " \n")}}, "text_content must not be empty", id="blank"
        ),
        pytest.param(
            {"files": {"text_content": ("bot.txt", BOT)}}, "text_content must be a text", id="file"
        ),
        pytest.param(
            {"files": [("text_content", (None, BOT)), ("text_content", (None, BOT))]},
            "text_content must be given once",
            id="twice",
        ),
        pytest.param(
            {"files": {"text_content": (None, "x" * 10_001)}},
            "text_content must have at most 10000",
            id="long",
        ),
        pytest.param(
            {"headers": {"Content-Type": "multipart/form-data"}, "content": b"x"},
            "boundary",
            id="no boundary",
        ),
        pytest.param({"headers": FORM, "content": b""}, "text_content is required", id="empty"),
        pytest.param(
            {"headers": FORM, "content": b"--x\r\nfoo\r\n\r\nbar"}, "multipart", id="garbage"
        ),
        pytest.param({"headers": FORM, "content": b"\xff\x00" * 50}, "multipart", id="bytes"),
        pytest.param(
            {
                "headers": {"Content-Type": "multipart/form-data; boundary=x; charset=utf-7"},
                "content": b'--x\r\nContent-Disposition: form-data; name="text_content"\r\n\r\n'
                b"a +2AA- b\r\n--x--\r\n",
            },
            "must be text in UTF-8",
            id="half a character",
        ),
    ],
)
async def test_text_that_cannot_be_used_is_refused(
    world: World, request_: dict[str, Any], reason: str
) -> None:
    """A file, a missing or blank field, too much text, another content type: a clear 400."""
    response = await world.exotel("POST", "/bot-generation", **request_)

    assert response.status_code == 400, response.text
    assert reason in message_of(response.json())
    assert (await world.control("GET", "/clock")).json()["next_due"] is None


@pytest.mark.socket
async def test_text_of_10000_characters_is_taken(world: World) -> None:
    """The limit is on characters, and it is inclusive."""
    assert await job(world, "ह" * 10_000)


async def version(world: World, bot_id: str, **body: Any) -> Any:
    response = await world.exotel("POST", f"/voicebots/{bot_id}/versions", json=body)
    assert response.status_code == 200, response.text
    return unwrapped(response)


async def test_partial_update_keeps_the_rest_of_its_source(world: World) -> None:
    """A version is its source with the fields that were sent; any version can be the source."""
    bot_id = await world.bot()
    await version(world, bot_id, source_version="v1", data={"name": "Second"})
    await version(world, bot_id, source_version="v2", data={"supported_languages": ["hi"]})

    third = unwrapped(await world.exotel("GET", f"/voicebots/{bot_id}"))
    stale = await version(
        world, bot_id, source_version="v1", data={"enable_greeting_interruption": True}
    )
    fourth = unwrapped(await world.exotel("GET", f"/voicebots/{bot_id}"))

    assert (third["version"], third["name"], third["supported_languages"]) == (
        "v3",
        "Second",
        ["hi"],
    )
    assert (stale["version"], stale["name"]) == ("v4", "Customer Support Bot")
    assert fourth["supported_languages"] == ["en"]
    assert fourth["enable_greeting_interruption"] is True


async def test_empty_data_copies_its_source(world: World) -> None:
    """Without fields a version is a copy, which is how an old version is restored."""
    bot_id = await world.bot()
    await version(world, bot_id, source_version="v1", data={"name": "Second"})

    made = await version(world, bot_id, source_version="v1", data={})

    assert (made["version"], made["name"]) == ("v3", "Customer Support Bot")


async def test_fields_no_page_names_are_kept(world: World) -> None:
    """Unknown fields of a configuration are kept, shown, and copied to later versions."""
    bot_id = await world.bot()
    more = {"voice_config": {"speed": 1.1}, "owner": "crm-7"}
    await version(world, bot_id, source_version="v1", data=more)
    await version(world, bot_id, source_version="v2", data={"name": "Third"})

    shown = unwrapped(await world.exotel("GET", f"/voicebots/{bot_id}"))

    assert {name: shown[name] for name in more} == more


async def test_fields_no_page_names_are_refused_by_option(world: World) -> None:
    """With ``unknown_fields`` at ``refuse``, each is named and nothing changes."""
    bot_id = await world.bot()
    await world.control(
        "PATCH", "/settings", json={"options": {"exotel": {"unknown_fields": "refuse"}}}
    )
    body = {"source_version": "v1", "data": {"nme": "x"}, "extra": 1}

    response = await world.exotel("POST", f"/voicebots/{bot_id}/versions", json=body)

    assert response.status_code == 400
    assert "data.nme is not a field" in message_of(response.json())
    assert "extra is not a field" in message_of(response.json())
    assert (await details(world, bot_id))["version"] == "v1"


@each_case_alone(
    ("body", "reason"),
    [
        pytest.param({"data": {}}, "source_version is required", id="no source"),
        pytest.param({"source_version": "v1"}, "data is required", id="no data"),
        pytest.param(
            {"source_version": "v9", "data": {}}, "source_version v9 is not a version", id="unknown"
        ),
        pytest.param(
            {"source_version": "v0", "data": {}}, "source_version v0 is not a version", id="v0"
        ),
        pytest.param(
            {"source_version": "latest", "data": {}}, "source_version latest is not", id="word"
        ),
        pytest.param(
            {"source_version": "v\u0661", "data": {}},
            "source_version v\u0661 is not",
            id="other digits",
        ),
        pytest.param({"source_version": 1, "data": {}}, "source_version must be a string", id="1"),
        pytest.param({"source_version": "v1", "data": []}, "data must be an object", id="array"),
        pytest.param(
            {"source_version": "v1", "data": {"name": ""}}, "data.name must not be empty", id="name"
        ),
        pytest.param(
            {"source_version": "v1", "data": {"name": None}},
            "data.name must be a string",
            id="null",
        ),
        pytest.param(
            {"source_version": "v1", "data": {"enable_greeting_interruption": "yes"}},
            "data.enable_greeting_interruption must be true or false",
            id="flag",
        ),
        pytest.param(
            {"source_version": "v1", "data": {"supported_languages": "en"}},
            "data.supported_languages must be an array",
            id="language",
        ),
        pytest.param(
            {"source_version": "v1", "data": {"supported_languages": ["en", 1]}},
            "data.supported_languages[1] must be a string",
            id="languages",
        ),
        pytest.param([], "the body must be an object", id="no object"),
    ],
)
async def test_version_that_does_not_fit_is_refused(world: World, body: Any, reason: str) -> None:
    """A 400 names the field, and the bot does not change."""
    bot_id = await world.bot()
    before = await details(world, bot_id)

    response = await world.exotel("POST", f"/voicebots/{bot_id}/versions", json=body)

    assert response.status_code == 400, response.text
    assert reason in message_of(response.json())
    assert await details(world, bot_id) == before


async def test_old_versions_stay_readable(world: World) -> None:
    """The control API shows every version with its configuration, and a page of all."""
    bot_id = await world.bot()
    await version(
        world, bot_id, source_version="v1", version_description="Renamed", data={"name": "Second"}
    )

    path = f"/exotel/bots/{bot_id}/versions"
    old = (await world.control("GET", f"{path}/v1")).json()
    listed = await world.control("GET", path, params={"limit": 1})

    assert (old["config"]["name"], old["is_active"]) == ("Customer Support Bot", True)
    assert listed.headers["X-Total-Count"] == "2"
    assert [(each["version"], each["version_description"]) for each in listed.json()] == [
        ("v2", "Renamed")
    ]
    assert (await world.control("GET", f"{path}/v3")).status_code == 404


async def test_latest_active_version_is_shown(world: World) -> None:
    """A deactivated version is skipped; the last active one cannot be deactivated."""
    bot_id = await world.bot()
    await version(world, bot_id, source_version="v1", data={"name": "Second"})
    path = f"/exotel/bots/{bot_id}/versions"

    await world.control("PATCH", f"{path}/v2", json={"is_active": False})
    shown = unwrapped(await world.exotel("GET", f"/voicebots/{bot_id}"))
    refused = await world.control("PATCH", f"{path}/v1", json={"is_active": False})
    third = await version(world, bot_id, source_version="v2", data={})

    assert (shown["version"], shown["name"]) == ("v1", "Customer Support Bot")
    assert refused.status_code == 409
    assert (third["version"], third["name"]) == ("v3", "Second")


async def bots_at_different_times(world: World, count: int) -> list[str]:
    made = []
    for number in range(count):
        made.append(await world.bot(f"A bot called Number{number}"))
        await world.advance(3590)
    return made


async def names(world: World, **query: Any) -> list[str]:
    response = await world.exotel("GET", "/voicebots", params=query)
    assert response.status_code == 200, response.text
    body = response.json()
    shown = body["response"]["data"] if "response" in body else body["data"]
    assert body["metadata"]["count"] == len(shown)
    return [each["name"] for each in shown]


async def test_bots_are_listed_by_page_date_and_status(world: World) -> None:
    """Newest first; by creation date with both ends included; by status, as the client asks."""
    bots = await bots_at_different_times(world, 4)  # at 00:00:10, 01:00:10, 02:00:10, 03:00:10
    await world.control("PATCH", f"/exotel/bots/{bots[1]}", json={"status": "inactive"})

    assert await names(world) == ["Number3", "Number2", "Number1", "Number0"]
    assert await names(world, limit=2, offset=1) == ["Number2", "Number1"]
    assert await names(world, offset=9) == []
    assert await names(world, startDate="2026-01-01T01:00:10Z") == ["Number3", "Number2", "Number1"]
    assert await names(world, endDate="2026-01-01T01:00:10Z") == ["Number1", "Number0"]
    assert await names(world, startDate="2026-01-01", endDate="2026-01-01", limit=1) == ["Number3"]
    assert await names(world, endDate="2025-12-31") == []
    assert await names(world, startDate="2026-01-01T07:30:10+05:30") == ["Number3", "Number2"]
    assert await names(world, status="inactive") == ["Number1"]
    assert await names(world, status="active", offset=1) == ["Number2", "Number0"]
    unencoded = await world.exotel("GET", "/voicebots?startDate=2026-01-01T07:30:10+05:30")
    assert unencoded.json()["metadata"]["total"] == 2


@each_case(
    "path",
    [
        pytest.param("/voicebots", id="bots"),
        pytest.param("/voicebot-conversations", id="conversations"),
    ],
)
@each_case_alone(
    ("query", "reason"),
    [
        pytest.param("limit=101", "limit must be at most 100", id="large limit"),
        pytest.param("limit=0", "limit must be at least 1", id="no limit"),
        pytest.param("limit=ten", "limit must be a whole number", id="limit in words"),
        pytest.param("limit=", "limit must be a whole number", id="empty limit"),
        pytest.param("offset=-1", "offset must be at least 0", id="negative"),
        pytest.param("offset=1.5", "offset must be a whole number", id="fraction"),
        pytest.param("startDate=yesterday", "startDate must be an ISO 8601", id="date in words"),
        pytest.param("endDate=2026-13-01", "endDate must be an ISO 8601", id="no such month"),
        pytest.param("endDate=", "endDate must be an ISO 8601", id="empty date"),
        pytest.param("startDate=0001-01-01T00:00:00%2B23:00", "startDate must be", id="too early"),
        pytest.param("startDate=2026-02-01&endDate=2026-01-01", "after its endDate", id="order"),
    ],
)
async def test_bad_queries_are_refused(world: World, path: str, query: str, reason: str) -> None:
    """A bad value is a 400 that names it."""
    response = await world.exotel("GET", f"{path}?{query}")

    assert response.status_code == 400, response.text
    assert reason in message_of(response.json())


async def test_deleted_bot_is_gone_but_its_conversations_stay(world: World) -> None:
    """The vendor's own client deletes bots this way."""
    bot_id = await world.bot()
    call = await world.call(bot_id)
    await world.advance()

    deleted = await world.exotel("DELETE", f"/voicebots/{bot_id}")

    assert deleted.status_code == 200
    assert (await world.exotel("GET", f"/voicebots/{bot_id}")).status_code == 404
    assert await names(world) == []
    assert (await world.conversation(call))["bot_id"] == bot_id


async def test_configuration_is_read_changed_and_written(world: World) -> None:
    """The client reads ``response.data``, merges, and writes it back: a new version."""
    bot_id = await world.bot()
    api = "/voicebot/api/v1"
    read = (await world.exotel("GET", f"/voicebots/{bot_id}", api)).json()["response"]["data"]

    written = await world.exotel(
        "PUT", f"/voicebots/{bot_id}", api, json=read | {"name": "Renamed", "status": "inactive"}
    )

    again = (await world.exotel("GET", f"/voicebots/{bot_id}", api)).json()["response"]["data"]
    assert written.json()["response"]["data"] == again
    assert (again["name"], again["version"], again["status"]) == ("Renamed", "v2", "inactive")
    assert again["intents"] == read["intents"]
    assert await names(world, status="inactive") == ["Renamed"]


async def test_stream_address_has_the_form_the_client_accepts(world: World) -> None:
    """A top-level value that begins with wss://, in every shape."""
    bot_id = await world.bot()

    found = await world.exotel("GET", f"/bots/{bot_id}/dp-endpoint", "/voicebot/api/v1")

    assert found.json()["stream_url"].startswith("wss://")
