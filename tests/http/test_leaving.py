"""Clients that leave in the middle of whatever they have asked for, or never read it."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from signal import SIGTERM
from typing import Final

import httpx
import pytest

from tests.limits import LIMIT_SECONDS
from tests.processes import serving

HEAD: Final = " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n"
WORKFLOWS: Final = f"POST /voicebot/v1/workflows{HEAD}"
RESET: Final = struct.pack("ii", 1, 0)
MESSAGES: Final = 20
MESSAGE: Final = b"x" * 1_000_000
LATE: Final = 0.1
"""Seconds after which a client leaves that has begun to be answered."""


def requests() -> Iterator[bytes]:
    """Yield requests whose answer is long, slow or never comes, and some that are not whole."""
    for path in ("export", "inboxes/big", "events", "inboxes/b/wait?timeout=600", "ui"):
        yield f"GET /_emulator/{path}{HEAD}\r\n".encode()
    yield f"GET /_emulator/export{HEAD}\r\n".encode() * 5
    yield f"POST /_emulator/inbox/default/a{HEAD}Content-Length: 9\r\n\r\nabc".encode()
    yield f"{WORKFLOWS}Content-Length: 9\r\n\r\nabc".encode()
    yield f"{WORKFLOWS}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n".encode()
    yield f"{WORKFLOWS}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode()


def leave(port: int, sent: bytes, how: str, stack: ExitStack) -> None:
    """Send a request, and leave: by a reset, by closing, by closing one way, or never."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(sent)
    client.settimeout(LATE)
    with suppress(OSError):
        client.recv(1)
    if how == "half":
        client.shutdown(socket.SHUT_WR)
    if how in {"half", "never"}:
        stack.callback(client.close)
        return
    if how == "reset":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    client.close()


@pytest.mark.parametrize("clock", ["live", "auto"])
def test_client_that_leaves_leaves_no_traceback(clock: str) -> None:
    """Nothing is logged about it, the server serves on, and stops as it always does."""
    with serving("--clock", clock, "--client-timeout", "1") as (process, url), ExitStack() as stack:
        port = int(url.rpartition(":")[2])
        with httpx.Client(base_url=url, trust_env=False, timeout=LIMIT_SECONDS) as http:
            for _ in range(MESSAGES):
                http.post("/_emulator/inbox/default/big", content=MESSAGE)
            for sent in requests():
                for how in ("reset", "close", "half", "never"):
                    leave(port, sent, how, stack)
            assert http.get("/_emulator/health").status_code == 200
            for sent in requests():
                leave(port, sent, "never", stack)
        process.send_signal(SIGTERM)
        _, errors = process.communicate(timeout=LIMIT_SECONDS)
    assert errors == ""
    assert process.returncode == 0
