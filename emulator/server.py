"""The emulator on a socket: binding, readiness and shutdown."""

import asyncio
import gc
import signal
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.app import Emulator, create_app
from emulator.kit.connection import CONNECTION
from emulator.settings import Settings
from emulator.store.frames import WorldFileError

GRACE: Final = 3
"""Seconds that open requests have to end when the server stops."""

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class CannotStartError(Exception):
    """The address cannot be served; the message says why."""


def _breakable() -> type[asyncio.Protocol]:
    """Uvicorn's protocol, whose requests can break their connections off (kit.faulting)."""
    from uvicorn.protocols.http.auto import AutoHTTPProtocol  # noqa: PLC0415  # picks one

    class Breakable(AutoHTTPProtocol):  # type: ignore[misc,valid-type]  # one of two classes
        """Hands each request the ways to end its connection, as an extension of ASGI."""

        app: ASGIApp

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            app = self.app
            ways = {"reset": partial(_reset, transport), "close": transport.close}
            extensions = {CONNECTION: ways}

            def served(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
                scope["extensions"] = extensions
                return app(scope, receive, send)

            self.app = served

    return Breakable


def _reset(transport: asyncio.Transport) -> None:
    """Close a connection so that its other end is told of a reset, not of an end."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Server(uvicorn.Server):
    """A uvicorn server that tells when it is ready."""

    def __init__(self, app: Emulator, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_breakable(),
                ws="none",  # no vendor is served over WebSockets; saves importing them
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=False,  # answers depend on no clock but the world's
                timeout_graceful_shutdown=GRACE,
                timeout_keep_alive=65,
            )
        )
        self._app = app
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End every world first, so that whoever waits for one is answered."""
        await self._app.worlds.stop()
        await super().shutdown(sockets)


def bind(settings: Settings) -> tuple[socket.socket, Settings]:
    """Take the address, and settle which port it is; CannotStartError when it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # with the protocol named, asyncio turns off Nagle's algorithm on what is accepted
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        address = f"{settings.host}:{settings.port}"
        raise CannotStartError(f"cannot listen on {address}: {error.strerror or error}") from None
    return listener, settings.model_copy(update={"port": listener.getsockname()[1]})


def serve(settings: Settings, announce: Callable[[Emulator], None]) -> None:
    """Serve until told to stop by SIGINT or SIGTERM."""
    listener, settings = bind(settings)
    gc.disable()  # a file may hold a million records, none of which is garbage
    app = _made(listener, settings)
    gc.enable()
    gc.freeze()  # without a collection before: it takes longer than the whole of create_app
    gc.set_threshold(300_000, 20, 50)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ended)  # uvicorn raises the signal again once it has stopped
    with listener:
        Server(app, lambda: announce(app)).run(sockets=[listener])


def _made(listener: socket.socket, settings: Settings) -> Emulator:
    """Make what listens there; CannotStartError, and nothing listens, for a file of no use."""
    try:
        return create_app(settings)
    except WorldFileError as error:
        listener.close()
        raise CannotStartError(str(error)) from None
    except OSError as error:
        listener.close()
        raise CannotStartError(f"cannot use {error.filename}: {error.strerror}") from None


def _ended(_number: int, _frame: object) -> None:
    """The server has stopped as it was told to: the program ends with exit code 0."""


@contextmanager
def running(settings: Settings) -> Iterator[Emulator]:
    """Serve from a thread of its own, on a port that is free for ``port`` 0.

    CannotStartError as for ``serve``.
    """
    listener, settings = bind(settings)
    app = _made(listener, settings)
    ready = threading.Event()
    server = Server(app, ready.set)

    def run() -> None:
        try:
            server.run(sockets=[listener])
        finally:
            ready.set()

    # a daemon: however the program ends, the server does not keep it from ending
    thread = threading.Thread(target=run, name="emulator", daemon=True)
    thread.start()
    try:
        ready.wait()
        if not server.started:
            raise CannotStartError("the server stopped before it was ready")
        yield app
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
