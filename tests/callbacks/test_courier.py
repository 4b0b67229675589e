"""Delivering callbacks: attempts, retries, resends."""

import pytest

from emulator.callbacks.courier import USER_AGENT
from emulator.clock import EPOCH
from emulator.domain.callbacks import CallbackResponse, CallbackStatus
from emulator.domain.errors import ConflictError, UnknownError
from emulator.history.entries import Attempted, whole
from emulator.world.world import World
from tests.cases import each_case
from tests.fakes import DOWN, OK, FakeTransport, after, make_world, new_callback

LOST = CallbackResponse(error="timeout")
REFUSED = CallbackResponse(error="refused: it is public", refused=True)


def attempts_in(world: World) -> list[tuple[str, int, int | None, str | None]]:
    """Return the attempts in the history."""
    entries = (whole(entry) for _, entry in world.history.after(0))
    return [
        (entry.callback_id, entry.number, entry.status, entry.error)
        for entry in entries
        if isinstance(entry, Attempted)
    ]


@each_case(
    ("answers", "status", "made"),
    [
        pytest.param([OK], CallbackStatus.DELIVERED, [0], id="at-once"),
        pytest.param([DOWN, OK], CallbackStatus.DELIVERED, [0, 30], id="at-the-second"),
        pytest.param([LOST, DOWN, OK], CallbackStatus.DELIVERED, [0, 30, 150], id="at-the-last"),
        pytest.param([DOWN] * 3, CallbackStatus.FAILED, [0, 30, 150], id="given-up"),
        pytest.param([LOST] * 3, CallbackStatus.FAILED, [0, 30, 150], id="never-heard"),
        pytest.param([REFUSED], CallbackStatus.REFUSED, [0], id="refused-is-final"),
        pytest.param(
            [DOWN, REFUSED], CallbackStatus.REFUSED, [0, 30], id="refused-later-is-final-too"
        ),
    ],
)
async def test_attempts_follow_the_retry_schedule(
    answers: list[CallbackResponse], status: CallbackStatus, made: list[int]
) -> None:
    """A failed attempt is followed by a retry after its delay, a refused one by none."""
    world = make_world(transport=FakeTransport(*answers))
    callback = new_callback(retries=after(30, 120))
    world.courier.enqueue(callback)

    await world.advance(None)

    times = [(attempt.started_at - EPOCH).total_seconds() for attempt in callback.attempts]
    assert (callback.status, times) == (status, made)
    assert [attempt.response for attempt in callback.attempts] == answers
    assert [attempt.number for attempt in callback.attempts] == list(range(1, len(made) + 1))
    assert (callback.due_at, world.timeline.next_due) == (None, None)
    assert attempts_in(world) == [
        (callback.id, number, said.status, said.error) for number, said in enumerate(answers, 1)
    ]


@each_case(
    ("accepts", "said", "status"),
    [
        pytest.param(range(200, 300), 204, CallbackStatus.DELIVERED, id="any-2xx"),
        pytest.param(range(200, 300), 302, CallbackStatus.FAILED, id="a-redirect-is-none"),
        pytest.param(range(200, 201), 200, CallbackStatus.DELIVERED, id="only-200"),
        pytest.param(range(200, 201), 201, CallbackStatus.FAILED, id="201-is-not-200"),
    ],
)
async def test_only_the_vendors_status_codes_acknowledge(
    accepts: range, said: int, status: CallbackStatus
) -> None:
    """A callback is delivered by the status codes that its vendor names."""
    world = make_world(transport=FakeTransport(CallbackResponse(status=said)))
    callback = new_callback(accepts=accepts)
    world.courier.enqueue(callback)

    await world.advance(None)

    assert callback.status is status


async def test_pending_callback_shows_its_due_time() -> None:
    """A pending callback has the time of its next attempt."""
    world = make_world(transport=FakeTransport(DOWN))
    callback = new_callback(retries=after(30))
    world.courier.enqueue(callback)

    await world.advance(EPOCH)

    assert callback.status is CallbackStatus.PENDING
    assert callback.due_at == world.timeline.next_due
    assert callback.retries == ()


async def test_request_has_our_user_agent_unless_the_vendor_sets_one() -> None:
    """Our headers are sent, and a vendor's header wins over ours."""
    transport = FakeTransport()
    world = make_world(transport=transport)
    world.courier.enqueue(new_callback("a", headers=(("X-Signature", "s"),)))
    world.courier.enqueue(new_callback("b", headers=(("User-Agent", "Vendor/1"),)))

    await world.advance(None)

    (_, first), (_, second) = transport.sent
    assert first == {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "X-Signature": "s",
    }
    assert second["User-Agent"] == "Vendor/1"


async def test_callbacks_leave_in_the_order_they_were_enqueued() -> None:
    """Callbacks due at the same time are sent and recorded in the order they were enqueued."""
    transport = FakeTransport()
    world = make_world(transport=transport)
    for number in range(20):
        world.courier.enqueue(new_callback(f"c{number}"))

    await world.advance(None)

    order = [f"c{number}" for number in range(20)]
    assert [callback.id for callback, _ in transport.sent] == order
    assert [callback_id for callback_id, *_ in attempts_in(world)] == order


async def test_resend_sends_the_same_bytes_once() -> None:
    """A settled callback can be resent: the same bytes, one more attempt, no retries."""
    transport = FakeTransport(DOWN, DOWN, OK)
    world = make_world(transport=transport)
    callback = new_callback(content=b'{"n":1}')
    world.courier.enqueue(callback)
    await world.advance(None)
    statuses = [callback.status]

    for _ in range(2):
        await world.courier.resend(callback.id)
        statuses.append(callback.status)

    assert statuses == [
        CallbackStatus.FAILED,
        CallbackStatus.FAILED,
        CallbackStatus.DELIVERED,
    ]
    assert [number for _, number, _, _ in attempts_in(world)] == [1, 2, 3]
    assert {sent.content for sent, _ in transport.sent} == {b'{"n":1}'}
    assert world.timeline.next_due is None


async def test_failed_resend_keeps_a_callback_delivered() -> None:
    """A delivered callback stays delivered, whatever the response to a resend."""
    world = make_world(transport=FakeTransport(OK, DOWN))
    callback = new_callback(retries=after(30))
    world.courier.enqueue(callback)
    await world.advance(None)

    await world.courier.resend(callback.id)

    assert (callback.status, callback.due_at) == (CallbackStatus.DELIVERED, None)


async def test_pending_callback_is_not_resent() -> None:
    """A callback with an attempt still scheduled cannot be resent."""
    world = make_world(transport=FakeTransport(DOWN))
    callback = new_callback(retries=after(30))
    world.courier.enqueue(callback)
    await world.advance(EPOCH)

    with pytest.raises(ConflictError, match="still pending"):
        await world.courier.resend(callback.id)

    assert len(callback.attempts) == 1


async def test_callback_without_its_body_is_not_resent() -> None:
    """A callback whose body was evicted cannot be resent, and the error says so."""
    world = make_world()
    callback = new_callback()
    world.courier.enqueue(callback)
    await world.advance(None)
    callback.content = None

    with pytest.raises(ConflictError, match="was evicted"):
        await world.courier.resend(callback.id)


async def test_unknown_callback_is_not_resent() -> None:
    """An unknown id is an UnknownError."""
    with pytest.raises(UnknownError):
        await make_world().courier.resend("nope")
