"""How many writes a response takes on its connection, and how a body is taken from it."""

import asyncio
import logging
from typing import Any

import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from emulator.http.responses import JoinedTransport, take_whole


class FakeTransport:
    """A transport that keeps what is written to it, write by write."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def ignored(self, *_: object) -> None:
        """Stand in for what is not called here."""

    is_closing = close = abort = get_extra_info = get_write_buffer_size = ignored


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
def joined(transport: Any) -> JoinedTransport:
    return JoinedTransport(transport)


def test_head_leaves_with_its_body(joined: JoinedTransport, transport: FakeTransport) -> None:
    """The head of a whole response and its body are one write, an empty body's too."""
    for body in (b"body", b""):
        joined.hold()
        joined.write(b"head ")
        joined.write(body)

    assert transport.writes == [b"head body", b"head "]


def test_head_of_a_stream_leaves_at_once(joined: JoinedTransport, transport: FakeTransport) -> None:
    """A head is sent at once where no body is ready to go with it."""
    joined.write(b"head")

    assert transport.writes == [b"head"]


@pytest.fixture
def cycle(transport: Any) -> RequestResponseCycle:
    """A request whose body is here."""
    log = logging.getLogger("test")
    scope: Any = {"method": "POST"}
    made = RequestResponseCycle(
        scope,
        transport,
        FlowControl(transport),
        log,
        log,
        access_log=False,
        default_headers=[],
        message_event=asyncio.Event(),
        expect_100_continue=False,
        keep_alive=True,
        on_response=lambda: None,
    )
    made.body += b"body"
    made.more_body = False
    made.message_event.set()
    return made


async def test_whole_body_is_taken_at_once(cycle: Any) -> None:
    """It is what ``receive`` would hand over, which then waits for the client to leave."""
    assert take_whole(cycle.receive, 4) == b"body"

    assert not cycle.message_event.is_set()
    assert take_whole(cycle.receive, 4) == b""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("more_body", True, id="the-rest-is-to-come"),
        pytest.param("disconnected", True, id="the-client-has-left"),
        pytest.param("waiting_for_100_continue", True, id="the-client-waits"),
        pytest.param("body", bytearray(b"large"), id="it-is-too-large"),
    ],
)
async def test_other_bodies_are_received(cycle: Any, name: str, value: object) -> None:
    """A body that is not whole, or not to be taken, is left to ``receive``."""
    setattr(cycle, name, value)

    assert take_whole(cycle.receive, 4) is None
    assert cycle.message_event.is_set()
