"""The built-in endpoint."""

import asyncio

from emulator.callbacks.inbox import Inbox, Inboxes, InboxMessage, ScriptedResponse
from emulator.clock import EPOCH
from emulator.store.meter import Meter
from tests.limits import LIMIT_SECONDS


def message(content: bytes = b"") -> InboxMessage:
    """Return a request as an inbox receives it."""
    return InboxMessage(received_at=EPOCH, method="POST", path="/", headers=(), content=content)


async def test_wait_ends_when_enough_messages_arrive() -> None:
    """A wait for two messages ends with the second, not before."""
    inbox = Inbox(100, 10_000)
    waiting = asyncio.ensure_future(inbox.wait(2, LIMIT_SECONDS))
    await asyncio.sleep(0)  # noqa: TID251  # gives way
    inbox.receive(message())
    await asyncio.sleep(0)  # noqa: TID251  # gives way
    assert not waiting.done()

    inbox.receive(message())

    assert await waiting


async def test_wait_times_out() -> None:
    """A wait ends after its time-out, and leaves nothing behind."""
    inbox = Inbox(100, 10_000)

    assert not await inbox.wait(1, 0)

    inbox.receive(message())
    assert await inbox.wait(1, 0)


async def test_several_can_wait() -> None:
    """Several waits end, each at its own number of messages."""
    inbox = Inbox(100, 10_000)
    waiting = asyncio.gather(*(inbox.wait(count, LIMIT_SECONDS) for count in (1, 2, 2, 3)))
    await asyncio.sleep(0)  # noqa: TID251  # gives way

    for _ in range(3):
        inbox.receive(message())

    assert await waiting == [True] * 4


def test_scripted_responses_are_used_once_each() -> None:
    """Responses are used in the order of the script; afterwards the status is 200 again."""
    inbox = Inbox(100, 10_000)
    inbox.responses.extend([ScriptedResponse(status=500), ScriptedResponse(status=404)])

    assert [inbox.receive(message()).status for _ in range(3)] == [500, 404, 200]


def test_inbox_evicts_the_oldest_messages() -> None:
    """An inbox keeps the newest messages within its limits, and counts the evicted ones."""
    inbox = Inbox(3, 10_000)
    for number in range(5):
        inbox.receive(message(str(number).encode()))

    assert [each.content for _, each in inbox.messages.after(0)] == [b"2", b"3", b"4"]
    assert inbox.messages.evicted == 2
    inbox.empty()
    assert len(inbox.messages) == 0


def test_inbox_is_created_on_first_use() -> None:
    """A name stands for one inbox, which is created when it is first used."""
    inboxes = Inboxes(3, 10_000, Meter(10**9, ""))

    assert inboxes["a"] is inboxes["a"]
    assert inboxes["a"] is not inboxes["b"]
    assert inboxes.names() == ["a", "b"]
