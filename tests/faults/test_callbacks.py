"""Callbacks that go wrong, as an endpoint sees them."""

import json
from typing import Any

import pytest

from emulator.domain.faults import CallbackShape, Effect, StatusField
from emulator.faults.callbacks import Outgoing, sendings
from emulator.faults.catalogue import CATALOGUE
from tests.cases import each_case, each_case_alone
from tests.faults.support import applied, break_it
from tests.support import Json, World

NUMBER = "+2348055599001"


async def enqueue(world: World, **answers: Any) -> str:
    """Place calls that Intron reports; the inbox answers as scripted, then 200."""
    if answers:
        await world.control("PUT", "/inboxes/done", json=answers)
    scenario = {"behavior": "answered", "ring_seconds": 2, "talk_seconds": 30}
    await world.behave(n2348055599001=scenario)
    workflow = await world.workflow(call_back_url=f"{world.inbox_url}done")
    return await world.place(workflow, NUMBER, "+2348055599011")


async def arrived(world: World) -> list[Json]:
    """The bodies that arrived, in their order."""
    return [message["json"] for message in await world.inbox("done")]


async def callbacks(world: World) -> list[Json]:
    """Every callback with its details, in the order they were due."""
    listed = (await world.control("GET", "/callbacks")).json()[::-1]
    return [(await world.control("GET", f"/callbacks/{each['id']}")).json() for each in listed]


async def truth(world: World) -> Json:
    """What the callback would say without a fault."""
    (first, *_) = await callbacks(world)
    return json.loads(first["body"])


def seconds(message: Json) -> str:
    """The minutes and seconds a message came at."""
    return str(message["received_at"])[14:19]


async def test_duplicate_is_sent_again_byte_for_byte(world: World) -> None:
    """After it was acknowledged the same callback comes once more; its response changes nothing."""
    fault = await break_it(world, "duplicate", seconds=5)
    await enqueue(world, answers=[500, 200, 500])

    await world.advance()

    refused, taken, again = await world.inbox("done")
    assert refused["body"] == taken["body"] == again["body"]
    assert refused["headers"] == taken["headers"] == again["headers"]
    assert [seconds(each) for each in (taken, again)] == ["01:02", "01:07"]
    original, echo = await callbacks(world)
    assert (original["status"], echo["status"]) == ("delivered", "failed")
    assert echo["echo_of"] == original["id"]
    assert [attempt.get("fault_id") for attempt in original["attempts"]] == [None, None]
    assert [attempt["fault_id"] for attempt in echo["attempts"]] == [fault["id"]]
    assert await applied(world) == [(fault["id"], "duplicate")]


async def test_duplicate_may_come_more_often(world: World) -> None:
    """As many copies come as were asked for."""
    await break_it(world, "duplicate", copies=3, seconds=0)
    await enqueue(world)

    await world.advance()

    assert len(await arrived(world)) == 4


async def test_delay_is_virtual_time(world: World) -> None:
    """A delayed callback is sent so many seconds of the world's time after it was due."""
    await break_it(world, "delay", seconds=600)
    await enqueue(world)

    await world.advance(599)
    assert await arrived(world) == []
    await world.advance()

    (message,) = await world.inbox("done")
    assert seconds(message) == "10:32"


async def test_dropped_callback_never_leaves(world: World) -> None:
    """Nothing arrives, then or later; the attempt says which fault it was."""
    fault = await break_it(world, "drop")
    await enqueue(world)

    await world.advance()

    assert await arrived(world) == []
    (callback,) = await callbacks(world)
    assert callback["status"] == "dropped"
    (attempt,) = callback["attempts"]
    assert (attempt["fault_id"], attempt["error"]) == (fault["id"], "dropped by a fault")
    entries = (await world.control("GET", "/history?kind=attempt")).json()
    assert [entry["fault_id"] for entry in entries] == [fault["id"]]


async def test_late_regression_tells_of_an_older_status(world: World) -> None:
    """After the last status was acknowledged an older one is reported; the API has the last."""
    await break_it(world, "late_regression", seconds=30)
    await enqueue(world)

    await world.advance()

    last, older = await arrived(world)
    assert [each["status"] for each in (last, older)] == ["COMPLETED", "PROCESSING"]
    assert {call["status"] for call in older["request_calls"]} == {"PROCESSING"}
    assert [seconds(each) for each in await world.inbox("done")] == ["00:32", "01:02"]
    _, echo = await callbacks(world)
    assert json.loads(echo["body"]) == last
    assert json.loads(echo["sent"]["body"]) == older
    statuses = {call["status"] for call in (await world.control("GET", "/calls")).json()}
    assert statuses == {"completed", "no_answer"}


async def test_conflicting_final_contradicts_the_first(world: World) -> None:
    """Two last statuses of the same calls are reported, one after the other."""
    await break_it(world, "conflicting_final")
    await enqueue(world)

    await world.advance()

    first, second = await arrived(world)
    assert [each["status"] for each in (first, second)] == ["COMPLETED", "FAILED"]
    words = [[call["status"] for call in each["request_calls"]] for each in (first, second)]
    assert words == [["COMPLETED", "TIMEOUT"], ["FAILED", "COMPLETED"]]


async def test_unknown_status_is_not_documented(world: World) -> None:
    """Every status is a word that no page names, on every attempt; nothing else differs."""
    await break_it(world, "unknown_status", status="PONDERING")
    await enqueue(world, answers=[500, 200])

    await world.advance()

    first, second = await arrived(world)
    true = await truth(world)
    assert first == second
    assert first["status"] == "PONDERING"
    assert first == true | {"status": "PONDERING"} | {
        "request_calls": [call | {"status": "PONDERING"} for call in true["request_calls"]]
    }


@pytest.mark.parametrize(
    ("field", "gone"),
    [
        pytest.param(None, "status", id="the-status"),
        pytest.param("request_id", "request_id", id="another"),
        pytest.param("request_calls.*.phone_number", None, id="of-each-call"),
    ],
)
async def test_missing_field_is_not_there(
    world: World, field: str | None, gone: str | None
) -> None:
    """One field is missing: the status, or the one that was named."""
    await break_it(world, "missing_field", **({} if field is None else {"field": field}))
    await enqueue(world)

    await world.advance()

    (body,) = await arrived(world)
    true = await truth(world)
    assert set(true) - set(body) == ({gone} if gone else set())
    assert ("phone_number" in body["request_calls"][0]) == (field != "request_calls.*.phone_number")


async def test_wrong_content_type_is_all_that_differs(world: World) -> None:
    """The bytes are as they should be, the content type is not."""
    await break_it(world, "wrong_content_type", content_type="text/html")
    await enqueue(world)

    await world.advance()

    (message,) = await world.inbox("done")
    (callback,) = await callbacks(world)
    assert dict(message["headers"])["content-type"] == "text/html"
    assert message["body"] == callback["body"]


async def test_bad_signature_where_a_vendor_has_one(world: World) -> None:
    """VoiceBooker's bot proves itself by a token, which is garbled; what it asks is as it was."""
    await break_it(world, "bad_signature", times=1)
    asked = {"webhook_url": f"{world.inbox_url}done", "webhook_headers": {"Token": "secret"}}
    body = {"platform": "voicebooker", "intent": "book", "scenario": "answered"}

    await world.control("POST", "/calls", json=body | asked)
    await world.advance()

    first, *_ = await world.inbox("done")
    assert dict(first["headers"])["token"] == "terces0"
    assert first["json"]["action"] == "getEntityForSipId"


async def test_reordered_callbacks_are_swapped(world: World) -> None:
    """The first of two callbacks about a call comes after the second, and nothing is lost."""
    bot = await world.bot()
    hook = {"url": f"{world.inbox_url}done"}
    hooks = {"session_end": hook, "transcript_events": hook}
    await world.control("PUT", f"/exotel/bots/{bot}/webhooks", json=hooks)
    await break_it(world, "reorder", match={"event": "transcript_events"}, times=1)
    await world.call(bot)

    await world.advance()

    sequences = [
        event["event_data"]["transcript_segments"][0]["sequence"]
        for body in await arrived(world)
        for event in body["events"]
    ]
    assert sequences == [2, 1, *range(3, len(sequences) + 1)]


async def start_late(world: World, most: float) -> None:
    """Place a call of ten seconds, whose start is reported after its end, or so late at most."""
    bot = await world.bot()
    hook = {"url": f"{world.inbox_url}done"}
    hooks = {"session_start": hook, "session_end": hook}
    await world.control("PUT", f"/exotel/bots/{bot}/webhooks", json=hooks)
    await break_it(world, "reorder", match={"event": "session_start"}, seconds=most)
    own = {"behavior": "answered", "ring_seconds": 1, "talk_seconds": 10}
    await world.call(bot, scenario=own)


async def test_reordered_callback_leaves_once_when_it_waits_for_the_same_moment(
    world: World,
) -> None:
    """What may leave at the latest just when it leaves after the next one leaves only once."""
    await start_late(world, 11)
    await world.advance(11.5)
    made = await world.http.post("/_emulator/worlds", json={"from": world.name})
    fork = World(world.http, made.json())

    for each in (world, fork):
        await each.advance()

        states = [body["session_state"] for body in await arrived(each)]
        assert states == ["session_end", "session_start"]
    await world.http.delete(f"/_emulator/worlds/{fork.name}")


async def test_reordered_callback_that_nothing_follows_leaves_in_the_end(world: World) -> None:
    """What waits for another to go before it waits only so long."""
    await break_it(world, "reorder", seconds=40)
    await enqueue(world)

    await world.advance()

    assert [seconds(each) for each in await world.inbox("done")] == ["01:12"]


@each_case_alone(
    ("kind", "more"),
    [
        pytest.param("duplicate", {"seconds": 5}, id="duplicate"),
        pytest.param("delay", {"seconds": 100}, id="delay"),
        pytest.param("late_regression", {}, id="late-regression"),
        pytest.param("unknown_status", {}, id="unknown-status"),
        pytest.param("reorder", {}, id="reorder"),
    ],
)
async def test_fork_goes_on_with_what_is_done_to_callbacks(
    world: World, kind: str, more: Json
) -> None:
    """A fork taken while a callback is on its way sends what the original sends, rule or no."""
    fault = await break_it(world, kind, times=1, **more)
    await enqueue(world, answers=[500])
    await world.advance(40)
    made = await world.http.post("/_emulator/worlds", json={"from": world.name})
    fork = World(world.http, made.json())
    await world.control("DELETE", f"/faults/{fault['id']}")

    await world.advance()
    await fork.advance()

    bodies, forked = [[each["body"] for each in await one.inbox("done")] for one in (world, fork)]
    assert bodies == forked
    assert len(bodies) > 1
    await world.http.delete(f"/_emulator/worlds/{fork.name}")


async def test_truth_is_replayed(world: World) -> None:
    """A callback that is sent again by hand is falsified as it was: the same bytes."""
    await break_it(world, "unknown_status")
    await enqueue(world)
    await world.advance()
    (callback,) = await callbacks(world)

    await world.control("POST", f"/callbacks/{callback['id']}/replay")

    first, again = await world.inbox("done")
    assert first["body"] == again["body"]


SENT = Outgoing(
    content=b'{"id": 1, "state": "done", "legs": [{"state": "done"}, {"state": "rung"}]}',
    content_type="application/json",
    headers=(("X-Signed", "abc"), ("X-Time", "1000000")),
)
SHAPE = CallbackShape(
    fields=("id", "state", "legs"),
    statuses=(
        StatusField(path=("state",), earlier={"done": "going"}, contrary={"done": "failed"}),
        StatusField(path=("legs", "*", "state"), earlier={"done": "going"}),
    ),
    signature="x-signed",
    timestamp="x-time",
)


def body(state: str, *legs: str) -> bytes:
    """What is sent with these statuses."""
    return json.dumps(
        {"id": 1, "state": state, "legs": [{"state": leg} for leg in legs]}, separators=(",", ":")
    ).encode()


@each_case(
    ("effect", "fields", "expected"),
    [
        pytest.param(Effect.DROP, {}, [], id="drop"),
        pytest.param(Effect.DELAY, {"seconds": 9}, [(9, SENT.content)], id="delay"),
        pytest.param(
            Effect.DUPLICATE,
            {"seconds": 2, "copies": 2},
            [(0, SENT.content), (2, SENT.content), (2, SENT.content)],
            id="duplicate",
        ),
        pytest.param(
            Effect.LATE_REGRESSION,
            {"seconds": 30},
            [(0, SENT.content), (30, body("going", "going", "rung"))],
            id="late-regression",
        ),
        pytest.param(
            Effect.CONFLICTING_FINAL,
            {"seconds": 1},
            [(0, SENT.content), (1, body("failed", "done", "rung"))],
            id="conflicting-final",
        ),
        pytest.param(
            Effect.UNKNOWN_STATUS, {"status": "x"}, [(0, body("x", "x", "x"))], id="unknown-status"
        ),
        pytest.param(
            Effect.MISSING_FIELD,
            {"field": None},
            [(0, b'{"id":1,"legs":[{"state":"done"},{"state":"rung"}]}')],
            id="missing-field",
        ),
    ],
)
def test_sendings_are_plain_values(
    effect: Effect, fields: dict[str, Any], expected: list[tuple[float, bytes]]
) -> None:
    """What an endpoint gets instead of a request follows from the request and the fault alone."""
    found = sendings(effect, fields, SENT, SHAPE)

    assert [(each.after, each.request.content) for each in found] == expected


@pytest.mark.parametrize(
    ("effect", "headers"),
    [
        pytest.param(Effect.BAD_SIGNATURE, (("X-Signed", "cba0"), ("X-Time", "1000000")), id="bad"),
        pytest.param(Effect.STALE_SIGNATURE, (("X-Signed", "abc"), ("X-Time", "999940")), id="old"),
    ],
)
def test_signature_is_falsified(effect: Effect, headers: tuple[tuple[str, str], ...]) -> None:
    """A bad signature is another one; a stale one was made so many seconds before."""
    (only,) = sendings(effect, {"seconds": 60}, SENT, SHAPE)

    assert (only.request.headers, only.request.content) == (headers, SENT.content)


def test_catalogue_has_every_effect() -> None:
    """Every effect is described, with what a good client does."""
    assert set(CATALOGUE) == set(Effect)
    assert all(kind.does.endswith(".") and kind.wants.endswith(".") for kind in CATALOGUE.values())
    assert all(kind.effect is effect for effect, kind in CATALOGUE.items())
