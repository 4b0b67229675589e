"""How the body of a request is received."""

from starlette.requests import Request
from starlette.types import Message

from emulator.kit.http import receive_body


async def test_body_in_one_piece_is_not_copied() -> None:
    """Its sender may keep it too, and then it takes its memory once."""
    body = b"x" * 1000
    parts: list[Message] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.request", "body": b"", "more_body": False},
    ]

    async def receive() -> Message:
        return parts.pop(0)

    request = Request({"type": "http"}, receive)

    assert await receive_body(request, len(body), None) is body
