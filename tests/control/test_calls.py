"""Calls of all platforms, in our words, and moved by hand."""

from typing import Any

import pytest

from tests.cases import each_case_alone
from tests.support import World

PLAIN = "+2348000000001"
BUSY = "+23480099012"


async def only_call(world: World) -> Any:
    """The one call there is."""
    (call,) = (await world.control("GET", "/calls")).json()
    return call


async def test_call_is_shown_in_our_words(world: World) -> None:
    """A call tells its numbers, status, times and what its vendor knows of it."""
    workflow = await world.workflow()
    batch = await world.place(workflow, "+23480099001")
    await world.advance()

    listed = await only_call(world)
    call = (await world.control("GET", f"/calls/{listed['id']}")).json()

    assert call.items() >= listed.items()
    assert {name: call[name] for name in ("platform", "direction", "to", "status", "outcome")} == {
        "platform": "intron",
        "direction": "outbound",
        "to": "+23480099001",
        "status": "completed",
        "outcome": "replied",
    }
    assert (call["scenario"], call["keys"], call["hangup_cause"]) == (
        "answered_1",
        "1",
        "normal_clearing",
    )
    assert (call["workflow_id"], call["batch_id"]) == (workflow, batch)
    assert [step["status"] for step in call["steps"]] == [
        "queued",
        "ringing",
        "in_progress",
        "completed",
    ]
    assert [step["at"] for step in call["steps"]] == [
        call["created_at"],
        call["ringing_at"],
        call["answered_at"],
        call["ended_at"],
    ]
    assert call["details"]["message"] == "Hello Ada"


async def test_calls_are_listed_newest_first_with_their_number(world: World) -> None:
    """A list is a slice of all that match, and says how many those are."""
    batch = await world.place(await world.workflow(), *[PLAIN, BUSY] * 5)
    await world.place(await world.workflow(), PLAIN)
    await world.advance()

    async def listed(query: str) -> tuple[list[str], str]:
        answered = await world.control("GET", f"/calls?{query}")
        return [call["to"] for call in answered.json()], answered.headers["X-Total-Count"]

    assert await listed("") == ([PLAIN, *[BUSY, PLAIN] * 5], "11")
    assert await listed("limit=2&offset=1") == ([BUSY, PLAIN], "11")
    assert await listed("status=busy") == ([BUSY] * 5, "5")
    assert await listed(f"batch_id={batch}&status=completed&limit=3") == ([PLAIN] * 3, "5")
    assert await listed("platform=intron&limit=1") == ([PLAIN], "11")
    assert await listed("platform=exotel") == ([], "0")
    assert await listed(f"platform=exotel&batch_id={batch}") == ([], "0")
    assert await listed("offset=1000") == ([], "11")
    assert await listed("status=canceled") == ([], "0")


@each_case_alone(
    ("path", "field"),
    [
        pytest.param("/calls?limit=0", "limit", id="no-limit"),
        pytest.param("/calls?limit=1001", "limit", id="limit-too-large"),
        pytest.param("/calls?limit=ten", "limit", id="limit-is-a-word"),
        pytest.param("/calls?offset=-1", "offset", id="before-the-first"),
        pytest.param("/calls?status=lost", "status", id="status"),
        pytest.param("/calls?colour=red", "colour", id="unknown-filter"),
        pytest.param("/callbacks?status=lost", "status", id="callback-status"),
        pytest.param("/callbacks?limit=1.5", "limit", id="callbacks-limit"),
        pytest.param("/history?kind=gossip", "kind", id="history-kind"),
        pytest.param("/history?after=-1", "after", id="history-after"),
        pytest.param("/history?limit=10001", "limit", id="history-limit"),
        pytest.param("/history?call=1", "call", id="history-unknown-filter"),
        pytest.param("/inboxes/a?limit=0", "limit", id="inbox-limit"),
        pytest.param("/inboxes/a/wait?count=0", "count", id="wait-for-none"),
        pytest.param("/inboxes/a/wait?timeout=601", "timeout", id="wait-too-long"),
        pytest.param("/inboxes/a/wait?timeout=nan", "timeout", id="wait-nan"),
        pytest.param("/inboxes/a/wait?for=1", "for", id="wait-unknown"),
    ],
)
async def test_bad_query_is_refused_and_the_field_named(
    world: World, path: str, field: str
) -> None:
    """A filter that does not fit is a problem that names it, on every list."""
    refused = await world.control("GET", path)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert refused.json()["detail"].startswith(f"{field} ")


@each_case_alone(
    ("method", "path", "kind"),
    [
        pytest.param("GET", "/calls/nope", "call", id="call"),
        pytest.param("POST", "/calls/nope/move", "call", id="move"),
        pytest.param("GET", "/calls?batch_id=nope", "batch", id="batch"),
        pytest.param("GET", "/callbacks/nope", "callback", id="callback"),
        pytest.param("POST", "/callbacks/nope/resend", "callback", id="resend"),
        pytest.param("GET", "/worlds/nope", "world", id="world"),
        pytest.param("DELETE", "/worlds/nope", "world", id="delete-world"),
        pytest.param("POST", "/inbox/nope/x", "world", id="inbox-of-no-world"),
    ],
)
async def test_what_is_not_there_is_not_found(
    world: World, method: str, path: str, kind: str
) -> None:
    """An unknown id is 404; the detail names it, and the hint is about the world."""
    refused = await world.control(method, path, json={"status": "ringing"})

    assert refused.status_code == 404
    assert refused.json()["detail"] == f"{kind} nope not found"
    where = "/_emulator/worlds" if kind == "world" else "X-Emulator-World"
    assert where in refused.json()["hint"]


async def test_call_of_another_world_is_not_found(world: World) -> None:
    """A world's calls cannot be reached from another world."""
    await world.place(await world.workflow(), PLAIN)
    call = await only_call(world)

    refused = await world.http.get(f"/_emulator/calls/{call['id']}")

    assert refused.status_code == 404


async def test_call_can_be_moved_step_by_step(world: World) -> None:
    """Each legal step is taken when it is asked for, at the time it is asked for."""
    await world.place(await world.workflow(), PLAIN)
    call_id = (await only_call(world))["id"]

    async def move(**body: Any) -> Any:
        await world.control("PUT", "/clock", json={"mode": "frozen"})
        return (await world.control("POST", f"/calls/{call_id}/move", json=body)).json()

    ringing = await move(status="ringing")
    await world.advance(2)
    talking = await move(status="in_progress")
    await world.advance(5)
    ended = await move(status="completed", keys="2")

    assert (ringing["status"], ringing["ringing_at"]) == ("ringing", "2026-01-01T00:00:00Z")
    assert (talking["status"], talking["answered_at"]) == ("in_progress", "2026-01-01T00:00:02Z")
    assert (ended["status"], ended["ended_at"]) == ("completed", "2026-01-01T00:00:07Z")
    assert (ended["keys"], ended["outcome"], ended["talk_seconds"]) == ("2", "replied", 5.0)


async def test_impossible_step_is_a_conflict_that_names_the_possible_ones(world: World) -> None:
    """A step that cannot be is refused with what can be, and nothing happens."""
    await world.place(await world.workflow(), PLAIN)
    call = await only_call(world)

    refused = await world.control("POST", f"/calls/{call['id']}/move", json={"status": "completed"})

    assert refused.status_code == 409
    assert refused.json()["detail"] == f"call {call['id']} is queued and cannot become completed"
    assert refused.json()["hint"] == "it can become: canceled, failed, ringing"
    assert await only_call(world) == call


async def test_ended_call_can_become_nothing(world: World) -> None:
    """A call that has ended stays as it is, and the refusal says so."""
    await world.place(await world.workflow(), BUSY)
    await world.advance()
    call = await only_call(world)

    refused = await world.control("POST", f"/calls/{call['id']}/move", json={"status": "ringing"})

    assert refused.status_code == 409
    assert refused.json()["hint"] == "it can become: nothing: it has ended"


@each_case_alone(
    ("body", "field"),
    [
        pytest.param({}, "status", id="no-status"),
        pytest.param({"status": "done"}, "status", id="no-such-status"),
        pytest.param({"status": "failed", "keys": "1"}, "keys", id="keys-without-an-answer"),
        pytest.param({"status": "completed", "keys": "7"}, "keys", id="key-not-offered"),
        pytest.param({"status": "completed", "keys": "12"}, "keys", id="two-keys"),
        pytest.param({"status": "completed", "keys": 1}, "keys", id="key-is-a-number"),
        pytest.param({"status": "failed", "why": "x"}, "why", id="unknown-field"),
    ],
)
async def test_bad_move_is_refused(world: World, body: dict[str, Any], field: str) -> None:
    """A move that makes no sense names the field, and the call stays where it was."""
    await world.place(await world.workflow(), PLAIN)
    await world.advance(0)
    call = await only_call(world)

    refused = await world.control("POST", f"/calls/{call['id']}/move", json=body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert await only_call(world) == call


async def test_batch_ends_with_a_call_that_is_ended_by_hand(world: World) -> None:
    """The last call of a batch completes it, even if ended by hand; the callback is then due."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, PLAIN)
    call = await only_call(world)

    await world.control("POST", f"/calls/{call['id']}/move", json={"status": "canceled"})
    assert await world.inbox("done") == []
    await world.advance()

    (message,) = await world.inbox("done")
    assert message["json"]["stats"]["total_calls"] == 1
    assert message["received_at"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        pytest.param({"platform": "nope"}, 400, "must be one of", id="unknown-platform"),
        pytest.param({}, 400, "platform is required", id="no-platform"),
        pytest.param({"platform": "intron"}, 400, "to is required", id="no-number"),
    ],
)
async def test_call_is_placed_only_if_its_platform_can(
    world: World, body: dict[str, Any], status: int, said: str
) -> None:
    """Each platform has fields of its own; a request that lacks one is refused."""
    refused = await world.control("POST", "/calls", json=body)

    assert refused.status_code == status
    assert said in refused.json()["detail"]
