"""How many writes a response takes on its connection."""

from typing import Any

import pytest

from emulator.http.responses import JoinedTransport


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
