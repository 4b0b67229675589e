"""WebSockets to bots: how they are opened, what they carry, and how each one ends."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from emulator.callbacks.dialer import StreamDialer
from emulator.callbacks.egress import Egress
from emulator.callbacks.streams import (
    MAX_MESSAGE_BYTES,
    MAX_WAITING_MESSAGES,
    SocketEnd,
    StreamSocket,
)
from emulator.callbacks.tls import CallbackTls
from tests.bots import Bot, Handler, echo, read_all, serving
from tests.cases import each_case


class Dialled:
    """A socket, what it received, and what waits for its end."""

    def __init__(self, dialer: StreamDialer, url: str) -> None:
        self.received: list[str | bytes] = []
        self._changed = asyncio.Event()
        self.socket: StreamSocket = dialer.open(url, self._take, self._changed.set)

    def _take(self, message: str | bytes) -> None:
        self.received.append(message)
        self._changed.set()

    async def came(self, count: int) -> None:
        """Wait for so many messages."""
        while len(self.received) < count:
            self._changed.clear()
            await self._changed.wait()

    async def end(self) -> SocketEnd:
        """Wait for the end."""
        while self.socket.end is None:
            self._changed.clear()
            await self._changed.wait()
        return self.socket.end


@asynccontextmanager
async def dialled(
    handler: Handler, *, stall: float = 10, handshake: float = 10, **rest: list[int]
) -> AsyncIterator[tuple[Dialled, Bot]]:
    """Dial a bot with this handler."""
    bot = Bot(handler, **rest)
    dialer = StreamDialer(
        Egress(allow_public=False), handshake_seconds=handshake, stall_seconds=stall
    )
    async with serving(bot):
        made = Dialled(dialer, bot.url)
        await made.socket.settle()
        yield made, bot
        await dialer.close()


async def test_messages_travel_both_ways_in_order() -> None:
    """What is sent arrives, and so does what the bot sends; an orderly end has its code."""
    async with dialled(echo) as (made, bot):
        for number in range(50):
            made.socket.send(str(number))
        await made.came(50)
        made.socket.close()
        end = await made.end()

    assert made.received == [str(number) for number in range(50)]
    assert (end, bot.close_codes) == (SocketEnd(1000, is_ours=True), [1000])


async def test_credentials_leave_as_basic_and_the_query_as_it_is() -> None:
    """User and password are decoded into the header; neither is in the address."""
    bot = Bot(read_all)
    dialer = StreamDialer(Egress(allow_public=False))
    async with serving(bot):
        url = bot.url.replace("//", "//key%40x:to%3Aken@") + "s?sample-rate=8000&a=%20b"
        made = Dialled(dialer, url)
        await made.socket.settle()
        await dialer.close()

    (request,) = bot.requests
    assert request.headers["Authorization"] == "Basic a2V5QHg6dG86a2Vu"
    assert request.raw_path == "/s?sample-rate=8000&a=%20b"
    assert "@" not in request.headers["Host"]


async def test_certificates_are_read_for_secure_addresses_only(tmp_path: Path) -> None:
    """To read all root certificates takes as long as to dial many bots."""
    tls = CallbackTls(ca=tmp_path / "missing.pem")
    dialer = StreamDialer(Egress(allow_public=False), tls)
    bot = Bot(read_all)
    async with serving(bot):
        plain = Dialled(dialer, bot.url)
        await plain.socket.settle()
        secure = Dialled(dialer, bot.url.replace("ws:", "wss:"))
        error = (await secure.end()).error
        await dialer.close()

    assert len(bot.requests) == 1
    assert "missing.pem" in str(error)


@each_case(
    ("url", "error"),
    [
        pytest.param("ws://169.254.169.254/", "refused: 169.254.169.254", id="metadata"),
        pytest.param("wss://93.184.216.34/", "refused: 93.184.216.34", id="public"),
        pytest.param("ws://127.0.0.1/_emulator/worlds", "refused: /_emulator", id="control"),
        pytest.param("ws://127.0.0.1:1/", "connection refused", id="no listener"),
        pytest.param("ws://[::1/", "", id="no address"),
    ],
)
async def test_address_out_of_bounds_is_not_dialled(url: str, error: str) -> None:
    """The rules are those of callbacks, and the error says which."""
    dialer = StreamDialer(Egress(allow_public=False))
    end = await Dialled(dialer, url).end()
    await dialer.close()

    assert end.code is None
    assert end.error
    assert end.error.startswith(error)


@each_case("status", [200, 302, 404, 503])
async def test_other_statuses_than_101_are_no_handshake(status: int) -> None:
    """A redirect is not followed: it could lead out of bounds."""
    async with dialled(read_all, answers=[status]) as (made, bot):
        end = await made.end()

    assert end == SocketEnd(error=f"the bot answered {status} instead of 101")
    assert len(bot.requests) == 1


async def test_handshake_that_hangs_is_given_up() -> None:
    """The time limit is real, whatever a world's clock shows."""

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(ignore, "127.0.0.1", 0)
    dialer = StreamDialer(Egress(allow_public=False), handshake_seconds=0.05)
    async with server:
        port = server.sockets[0].getsockname()[1]
        end = await Dialled(dialer, f"ws://127.0.0.1:{port}/").end()
        await dialer.close()

    assert end == SocketEnd(error="no handshake within 0.05 s")


@each_case(
    ("code", "end"),
    [
        pytest.param(1000, SocketEnd(1000), id="normal"),
        pytest.param(1001, SocketEnd(1001), id="going away"),
        pytest.param(1011, SocketEnd(1011, "closed with 1011: no model"), id="error"),
        pytest.param(4400, SocketEnd(4400, "closed with 4400: no model"), id="own code"),
    ],
)
async def test_bot_that_closes_says_why(code: int, end: SocketEnd) -> None:
    """The close code and the reason are kept."""

    async def close(socket: web.WebSocketResponse) -> None:
        await socket.close(code=code, message=b"no model")

    async with dialled(close) as (made, _):
        assert await made.end() == end


async def test_line_that_breaks_is_1006() -> None:
    """No close frame came."""

    async def drop(socket: web.WebSocketResponse) -> None:
        transport = socket._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.abort()

    async with dialled(drop) as (made, _):
        assert await made.end() == SocketEnd(1006, "the connection broke")


async def test_bot_that_never_reads_is_disconnected() -> None:
    """What is sent waits, and never for longer than the time limit."""
    released = asyncio.Event()

    async def sleep(socket: web.WebSocketResponse) -> None:  # noqa: ARG001  # it reads nothing
        await released.wait()

    async with dialled(sleep, stall=0.2) as (made, _):
        for _ in range(MAX_WAITING_MESSAGES):
            made.socket.send("x" * 20_000)
        end = await made.end()
        released.set()

    assert end == SocketEnd(1006, "not reading")


async def test_more_than_the_limit_may_not_wait() -> None:
    """A bot that makes the emulator answer, and reads nothing, takes no memory."""
    async with dialled(read_all) as (made, _):
        for _ in range(MAX_WAITING_MESSAGES + 1):
            made.socket.send("x")
        assert made.socket.end == SocketEnd(1006, "not reading")


async def test_message_that_is_too_big_ends_the_connection() -> None:
    """The limit is on memory: what the vendor would take is far below."""

    async def flood(socket: web.WebSocketResponse) -> None:
        with suppress(ConnectionError):
            await socket.send_str("x" * (MAX_MESSAGE_BYTES + 1))
            await read_all(socket)

    async with dialled(flood) as (made, _):
        end = await made.end()

    assert end == SocketEnd(1009, f"a message of more than {MAX_MESSAGE_BYTES} bytes")


async def test_what_is_no_frame_ends_the_connection() -> None:
    """Garbage on the line is a protocol error."""

    async def babble(socket: web.WebSocketResponse) -> None:
        transport = socket._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.write(b"\xff\xff\xff garbage")
        await read_all(socket)

    async with dialled(babble) as (made, _):
        end = await made.end()

    assert end.code == 1002
    assert end.error is not None
    assert end.error.startswith("not a WebSocket frame: ")


async def test_barrier_waits_for_what_the_bot_answers() -> None:
    """After it, the echo of everything that was sent has been received."""
    async with dialled(echo) as (made, _):
        for number in range(40):
            made.socket.send(str(number))
            await made.socket.pass_barrier()
            assert len(made.received) == number + 1


async def test_socket_over_tls_needs_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    """``--callback-ca`` is for streams too; ``--insecure-streams`` accepts any."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    found = []
    async with serving(Bot(echo), context) as bot:
        for tls in (
            CallbackTls(),
            CallbackTls(tmp_path / "ca.pem"),
            CallbackTls(is_verified=False),
        ):
            dialer = StreamDialer(Egress(allow_public=False), tls)
            made = Dialled(dialer, bot.url)
            await made.socket.settle()
            found.append(made.socket.end and made.socket.end.error)
            await dialer.close()

    reason = "no secure connection: unable to get local issuer certificate"
    assert found == [reason, None, None]


async def test_shutdown_closes_what_is_open_and_gives_up_what_is_not() -> None:
    """An open socket is closed with 1001; a handshake is broken off."""
    async with dialled(read_all) as (made, bot):
        pass

    assert (await made.end(), bot.close_codes) == (SocketEnd(1001, is_ours=True), [1001])
