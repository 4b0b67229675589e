"""POST requests that are written here, beside those that aiohttp writes."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
import pytest
from yarl import URL

from emulator.callbacks.courier import headers_of
from emulator.callbacks.egress import Egress
from emulator.callbacks.posts import MAX_BODY_BYTES, Posts
from emulator.callbacks.socket_transport import SocketTransport
from emulator.domain.callbacks import Callback
from tests.cases import each_case
from tests.fakes import new_callback

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Twice: a\r\nx-twice: b\r\n\r\nok"


class Recorder:
    """An endpoint that keeps connections open, and every byte that it gets."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.response = OK

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Respond to each request of a connection."""
        self.connections += 1
        while head := await self._head(reader):
            lines = head.decode("latin-1").lower().split("\r\n")
            length = next((line[16:] for line in lines if line.startswith("content-length: ")), "0")
            self.requests.append(head + await reader.readexactly(int(length)))
            writer.write(self.response)
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""


@pytest.fixture
async def recorder() -> AsyncIterator[tuple[Recorder, str]]:
    """A recorder, and the origin at which it listens."""
    made = Recorder()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    yield made, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.fixture
async def transport() -> AsyncIterator[SocketTransport]:
    """A transport with a long time-out."""
    made = SocketTransport(Egress(allow_public=False), 30)
    yield made
    await made.close()


async def sent_by_aiohttp(callback: Callback, headers: dict[str, str]) -> None:
    """Send a callback as a session does that adds nothing."""
    skipped = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
    url = URL(callback.url, encoded=callback.url.isascii())
    async with (
        aiohttp.ClientSession(skip_auto_headers=skipped) as session,
        session.request(
            callback.method, url, data=callback.content, headers=headers, allow_redirects=False
        ) as response,
    ):
        await response.read()


@each_case(
    ("url", "fields", "headers"),
    [
        pytest.param("/hook", {}, {}, id="plain"),
        pytest.param("", {}, {}, id="no-path"),
        pytest.param("/a/../b//c?x=%2f&y=1+2#part", {}, {}, id="odd-path"),
        pytest.param("/é?ü=%C3%A9", {}, {}, id="not-ascii"),
        pytest.param("/a b", {}, {}, id="space"),
        pytest.param("/hook", {"content": b""}, {}, id="empty"),
        pytest.param("/hook", {"content": None}, {}, id="none"),
        pytest.param("/hook", {"content": b"\r\n\0\xff" * 99}, {}, id="binary"),
        pytest.param("/hook", {"content": b"x" * (MAX_BODY_BYTES + 1)}, {}, id="large"),
        pytest.param("/hook", {"method": "PUT"}, {}, id="put"),
        pytest.param("/hook", {"method": "GET", "content": None}, {}, id="get"),
        pytest.param("/hook", {}, {"X-Signature": "t=1,v1=abc", "x-b": "two words"}, id="signed"),
        pytest.param("/hook", {}, {"X-Space": " a  b\t", "X-None": ""}, id="odd-value"),
        pytest.param("/hook", {}, {"X-Name": "Adé"}, id="value-not-ascii"),
        pytest.param("/hook", {}, {"content-type": "text/x"}, id="header-twice"),
        pytest.param("/hook", {}, {"Host": "other.test"}, id="host"),
        pytest.param("/hook", {}, {"Cookie": "a=b; c=d"}, id="cookie"),
        pytest.param("/hook", {}, {"Content-Encoding": "gzip"}, id="encoded"),
    ],
)
async def test_requests_are_those_of_aiohttp(
    recorder: tuple[Recorder, str],
    transport: SocketTransport,
    url: str,
    fields: dict[str, Any],
    headers: dict[str, str],
) -> None:
    """An endpoint gets the same bytes as from a session of aiohttp."""
    made, origin = recorder
    callback = new_callback(url=f"http://{origin}{url}", **fields)
    sent = headers_of(callback) | headers

    said = await transport.send(callback, sent)
    await sent_by_aiohttp(callback, sent)

    ours, theirs = made.requests[-2:]
    assert ours == theirs
    assert (said.status, said.body, said.error) == (200, b"ok", None)
    assert [pair for pair in said.headers if pair[0] != "Content-Length"] == [
        ("X-Twice", "a"),
        ("x-twice", "b"),
    ]


@each_case(
    ("version", "is_known"),
    [
        pytest.param("3.14.1", True, id="tested"),
        pytest.param("3.15.0", False, id="later"),
        pytest.param("4.0.0a1", False, id="next"),
    ],
)
def test_other_aiohttp_sends_requests_itself(version: str, *, is_known: bool) -> None:
    """Only connections of a version that was tested are written to."""
    module: Any = SimpleNamespace(__version__=version, ClientTimeout=aiohttp.ClientTimeout)
    posts = Posts(module, SimpleNamespace(connector=None))

    head = posts.head(URL("http://127.0.0.1:1/hook"), {}, 2)

    assert (head is not None) is is_known


async def test_credentials_of_a_url_are_sent(
    recorder: tuple[Recorder, str], transport: SocketTransport
) -> None:
    """A user and a password in front of the host become a header."""
    made, origin = recorder

    await transport.send(new_callback(url=f"http://user:word@{origin}/hook"), {})

    assert b"Authorization: Basic dXNlcjp3b3Jk\r\n" in made.requests[0]


@each_case(
    ("name", "value"),
    [
        pytest.param("X-A", "a\r\nX-B: b", id="value"),
        pytest.param("X-A: a\r\nX-B", "b", id="name"),
        pytest.param("X-A", "a\nX-B: b", id="line-feed"),
        pytest.param("X-A", "a\0", id="null"),
    ],
)
async def test_header_that_is_none_is_refused(
    recorder: tuple[Recorder, str], transport: SocketTransport, name: str, value: str
) -> None:
    """No header is sent that is two."""
    made, origin = recorder

    said = await transport.send(new_callback(url=f"http://{origin}/"), {name: value})

    assert (said.error or "").startswith("invalid response: ")
    assert made.requests == []


async def test_all_requests_share_connections(
    recorder: tuple[Recorder, str], transport: SocketTransport
) -> None:
    """One after another, requests of any kind are sent over the same connection."""
    made, origin = recorder
    for method in ("POST", "PUT", "POST", "GET", "POST"):
        said = await transport.send(new_callback(url=f"http://{origin}/x", method=method), {})
        assert said.status == 200

    assert made.connections == 1


async def test_closed_connection_is_not_used_again(
    recorder: tuple[Recorder, str], transport: SocketTransport
) -> None:
    """After a response that says so, the next request has a connection of its own."""
    made, origin = recorder
    made.response = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    for _ in range(3):
        said = await transport.send(new_callback(url=f"http://{origin}/x"), {})
        assert said.body == b"ok"

    assert made.connections == 3
