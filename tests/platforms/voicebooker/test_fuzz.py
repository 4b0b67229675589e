"""VoiceBooker with arbitrary input: no 500, no partial change, no lost call."""

import asyncio
from typing import Any, Final

import httpx
from hypothesis import given, settings as effort, strategies as some

from emulator.app import create_app
from emulator.platforms.voicebooker import platform
from emulator.platforms.voicebooker.schemas.words import Action
from emulator.settings import Settings
from tests.effort import examples
from tests.platforms.voicebooker.support import ENTITY, MASSAGE, finished, slots
from tests.support import World

MONDAY: Final = "2026-01-05"
KNOWN: Final[dict[str, Any]] = {
    "sipId": "phoneSipId12345678",
    "entityId": ENTITY,
    **MASSAGE,
    "agentId": "abcAgentId",
    "dateTime": MONDAY,
    "timezone": "Europe/Berlin",
    "id": "abcUserId",
    "bookingId": "abcBookingId",
    "participant": {"firstname": "Erika", "lastname": "Mustermann"},
    "booker": {"firstname": "Erika", "lastname": "Mustermann"},
}
FIELDS: Final = (*KNOWN, "slotId", "slotIdOld", "slotIdNew", "start", "dest", "botId", "state")
VALUES: Final = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=20)
    | some.sampled_from([*map(str, KNOWN.values()), "2026-01-05T08:00:00+01:00", "SLOT"]),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(some.sampled_from(FIELDS) | some.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=10,
)
CHANGES: Final = some.dictionaries(some.sampled_from(FIELDS), VALUES, max_size=4)


async def one_world() -> tuple[Any, httpx.AsyncClient, World]:
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    http = httpx.AsyncClient(transport=transport, base_url=app.worlds.settings.base_url)
    made = (await http.post("/_emulator/worlds", json={"clock": {"mode": "frozen"}})).json()
    return app, http, World(http, made)


async def hold(action: str, changes: dict[str, Any]) -> None:
    app, http, world = await one_world()
    (slot, *_) = await slots(world, MONDAY)
    right = {**KNOWN, "slotId": slot["id"], "slotIdNew": slot["id"], "start": slot["start"]}
    body = {"action": action, **right, **changes}
    book = f"/voicebooker/book?day={MONDAY}&days=9"
    before = (await world.control("GET", book)).json()

    answered = await http.post(
        "/voicebooker/webhook", json=body, headers={"X-Emulator-World": world.name}
    )

    assert answered.status_code in {200, 400, 404, 409}, answered.text
    after = (await world.control("GET", book)).json()
    if answered.is_error:
        assert set(answered.json()) == {"error"}
        assert after == before
    await http.aclose()
    await app.worlds.stop()


@effort(max_examples=examples(10))
@given(action=some.sampled_from([*map(str, Action), "dance"]), changes=CHANGES)
def test_backend_refuses_or_responds(action: str, changes: dict[str, Any]) -> None:
    """A refusal names the problem of the request and leaves the book as it was."""
    asyncio.run(hold(action, changes))


async def hear(answers: list[Any], intent: str) -> None:
    app, http, world = await one_world()
    script = [{"status": 200, "json": each} for each in answers]
    put = await world.control("PUT", "/inboxes/bot", json={"answers": script})
    assert put.status_code == 200, put.text

    placed = await finished(world, intent=intent, webhook_url=world.inbox_url + "bot")

    assert placed["status"] == "completed"
    assert placed["outcome"] == placed["details"]["outcome"]
    assert placed["details"]["webhooks"]
    history = (await world.control("GET", "/history?limit=1000")).json()
    assert not [each for each in history if each.get("problem")]
    await http.aclose()
    await app.worlds.stop()


ITEMS: Final = some.lists(
    some.fixed_dictionaries(
        {},
        optional={
            "id": some.text(min_size=1, max_size=5) | some.integers(),
            "name": some.text(max_size=5) | some.none(),
            "start": some.sampled_from(
                [
                    f"{MONDAY}T08:00:00+01:00",
                    f"{MONDAY}T08:00:00",
                    "0001-01-01T00:00:00+14:00",
                    "9999-12-31T23:59:59-14:00",
                    "2026",
                    "",
                ]
            )
            | some.text(max_size=10),
            "slotId": VALUES,
            "slot": VALUES,
            "firstname": VALUES,
            "products": some.lists(VALUES, max_size=2),
        },
    )
    | VALUES,
    max_size=4,
)
ANSWERS: Final = some.fixed_dictionaries(
    {},
    optional={
        "entityId": some.text(min_size=1, max_size=5),
        "name": VALUES,
        "bookerInfo": some.lists(some.text(max_size=8) | VALUES, max_size=3),
        "participantInfo": some.lists(some.text(max_size=8) | VALUES, max_size=3),
    },
)


@effort(max_examples=examples(10))
@given(
    rest=some.lists(ITEMS | ANSWERS | VALUES, max_size=10),
    intent=some.sampled_from(["book", "modify", "cancel"]),
)
def test_every_conversation_ends(rest: list[Any], intent: str) -> None:
    """Every call has an outcome, whatever the webhook responds."""
    asyncio.run(hear([{"entityId": "e"}, {"name": "n"}, *rest], intent))


CALLS: Final = some.fixed_dictionaries(
    {"platform": some.just("voicebooker")},
    optional={
        "intent": some.sampled_from(["book", "modify", "cancel"]) | VALUES,
        "sip_id": VALUES,
        "from": some.just("+4935155500") | VALUES,
        "persona": some.dictionaries(some.text(max_size=8), some.text(max_size=8)) | VALUES,
        "booker": VALUES,
        "wishes": some.fixed_dictionaries(
            {},
            optional={
                "day": some.sampled_from(["today", "friday", MONDAY, "0001-01-01"]) | VALUES,
                "time": some.sampled_from(["08:30", "25:00"]) | VALUES,
                "agent": VALUES,
                "booking": VALUES,
            },
        ),
        "timezone": some.sampled_from(["Asia/Tokyo", "Europe"]) | VALUES,
        "webhook_url": VALUES,
        "scenario": some.sampled_from(["hung_up", "answered_silent"]) | VALUES,
    },
)


async def dial(body: dict[str, Any]) -> None:
    app, http, world = await one_world()

    answered = await world.control("POST", "/calls", json=body)

    assert answered.status_code in {201, 400}, answered.text
    await world.advance()
    listed = (await world.control("GET", "/calls")).json()
    assert len(listed) == (answered.status_code == 201)
    assert all(each["ended_at"] for each in listed)
    await http.aclose()
    await app.worlds.stop()


@effort(max_examples=examples(8))
@given(body=CALLS)
def test_call_is_placed_or_refused(body: dict[str, Any]) -> None:
    """An invalid call is refused before it rings; a valid one runs to its end."""
    asyncio.run(dial(body))


async def place(body: Any) -> None:
    app, http, world = await one_world()
    answered = await http.post(
        platform.hooks.operations[0].path,
        json=body,
        headers={"Token": world.made["credentials"]["voicebooker"]["token"]},
    )

    assert answered.status_code in {200, 400}, answered.text
    assert len((await world.control("GET", "/calls")).json()) == answered.is_success
    await http.aclose()
    await app.worlds.stop()


@effort(max_examples=examples(8))
@given(
    body=some.fixed_dictionaries(
        {},
        optional={
            "dest": some.just("+49-351-123456789") | VALUES,
            "botId": some.just("b") | VALUES,
            "sipAccountId": some.just("s") | VALUES,
            "startTimeout": VALUES,
            "state": some.dictionaries(some.text(max_size=8), VALUES, max_size=3) | VALUES,
        },
    )
    | VALUES
)
def test_make_call_places_or_refuses(body: Any) -> None:
    """MakeCall with arbitrary input."""
    asyncio.run(place(body))
