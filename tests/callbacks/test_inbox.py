"""The built-in endpoint."""

import asyncio

from emulator.callbacks.inbox import Inbox, Inboxes, InboxMessage, ScriptedResponse
from emulator.clock import EPOCH
from tests.limits import LIMIT_SECONDS


def message(content: bytes = b"") -> InboxMessage:
    """A request as an inbox takes it."""
    return InboxMessage(received_at=EPOCH, method="POST", path="/", headers=(), content=content)


async def test_waiting_ends_with_the_message_that_was_waited_for() -> None:
    """Who waits for two messages goes on when the second arrives, and not before."""
    inbox = Inbox(100, 10_000)
    waiting = asyncio.ensure_future(inbox.wait(2, LIMIT_SECONDS))
    await asyncio.sleep(0)  # noqa: TID251  # gives way
    inbox.receive(message())
    await asyncio.sleep(0)  # noqa: TID251  # gives way
    assert not waiting.done()

    inbox.receive(message())

    assert await waiting


async def test_waiting_for_what_never_comes_ends() -> None:
    """Waiting ends after its time-out, and leaves nothing behind."""
    inbox = Inbox(100, 10_000)

    assert not await inbox.wait(1, 0)

    inbox.receive(message())
    assert await inbox.wait(1, 0)


async def test_several_can_wait() -> None:
    """Everybody who waits hears, each at the number waited for."""
    inbox = Inbox(100, 10_000)
    waiting = asyncio.gather(*(inbox.wait(count, LIMIT_SECONDS) for count in (1, 2, 2, 3)))
    await asyncio.sleep(0)  # noqa: TID251  # gives way

    for _ in range(3):
        inbox.receive(message())

    assert await waiting == [True] * 4


def test_scripted_answers_are_given_once_each() -> None:
    """Answers are given in the order of the script; then it is 200 again."""
    inbox = Inbox(100, 10_000)
    inbox.responses.extend([ScriptedResponse(status=500), ScriptedResponse(status=404)])

    assert [inbox.receive(message()).status for _ in range(3)] == [500, 404, 200]


def test_inbox_keeps_the_newest() -> None:
    """An inbox holds so many messages and bytes, the newest, and counts what it dropped."""
    inbox = Inbox(3, 10_000)
    for number in range(5):
        inbox.receive(message(str(number).encode()))

    assert [each.content for _, each in inbox.messages.after(0)] == [b"2", b"3", b"4"]
    assert inbox.messages.evicted == 2
    inbox.empty()
    assert len(inbox.messages) == 0


def test_inbox_is_made_when_first_named() -> None:
    """A name stands for one inbox, from the first time it is used."""
    inboxes = Inboxes(3, 10_000)

    assert inboxes["a"] is inboxes["a"]
    assert inboxes["a"] is not inboxes["b"]
    assert inboxes.names() == ["a", "b"]
