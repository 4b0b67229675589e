"""The emulator on a socket: binding, readiness and shutdown."""

import asyncio
import atexit
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

import uvicorn

from emulator.app import Emulator, create_app
from emulator.http.connection import Connection
from emulator.persistence.wal import WorldFileError
from emulator.settings import Settings

SHUTDOWN_SECONDS: Final = 3
"""Time that open requests have to end when the server stops."""
CUT_OFF_SECONDS: Final = 1
"""Time before the end of that, when clients that have not read their responses are cut off."""
TICKS_PER_SECOND: Final = 10
"""How often uvicorn calls ``on_tick``."""
CHECKS_PER_TIMEOUT: Final = 4
"""How often a connection is checked within the time that a client has."""
MAX_OPEN_FILES: Final = 65_536
"""Open files, and so connections, of the process, where the system allows it."""

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class CannotStartError(Exception):
    """The address cannot be served; the message says why."""


class Server(uvicorn.Server):
    """A uvicorn server that tells when it is ready."""

    def __init__(self, app: Emulator, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",  # no vendor is served over WebSockets; saves importing them
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=False,  # answers depend on no clock but the world's
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
                timeout_keep_alive=65,
            )
        )
        self._app = app
        self._on_ready = on_ready
        self._client_timeout = app.worlds.settings.client_timeout
        self._check_every = max(
            1, int(self._client_timeout * TICKS_PER_SECOND / CHECKS_PER_TIMEOUT)
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Close the connections of clients that are too slow, every few ticks."""
        if counter % self._check_every == 0:
            for connection in self._connections():
                connection.check(self._client_timeout)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop after a last checkpoint if there is the time for it; on a second signal, at once."""
        super().handle_exit(sig, frame)
        self._app.worlds.begin_shutdown(at_once=self.force_exit)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End every world first, so that waiting requests are answered; the data file is last."""
        await self._app.worlds.end()
        cutting = asyncio.get_running_loop().call_later(
            SHUTDOWN_SECONDS - CUT_OFF_SECONDS, self._cut
        )
        await super().shutdown(sockets)
        cutting.cancel()
        await self._app.worlds.stop()

    def _cut(self) -> None:
        for connection in self._connections():
            connection.transport.abort()

    def _connections(self) -> Iterable[Connection]:
        connections: Any = self.server_state.connections
        return list(connections)


def bind(settings: Settings) -> tuple[socket.socket, Settings]:
    """Listen on the address, and return the settings with the port; CannotStartError if taken."""
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
    log_to_stderr(settings.log_level)
    _raise_file_limit()
    listener, settings = bind(settings)
    gc.disable()  # a file may hold a million records, none of which is garbage
    app = _create(listener, settings)
    gc.enable()
    gc.freeze()  # without a collection before: it takes longer than the whole of create_app
    gc.set_threshold(300_000, 20, 50)
    atexit.register(gc.freeze)  # or Python frees a million records one by one before it ends
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)  # uvicorn raises the signal again once it has stopped
    with listener:
        Server(app, lambda: announce(app)).run(sockets=[listener])


def log_to_stderr(level: str) -> None:
    """Write the emulator's log to stderr, from this level on."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("emulator")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(level.upper())


def _raise_file_limit() -> None:
    """Allow as many open connections as the system lets us."""
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # some systems allow less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _create(listener: socket.socket, settings: Settings) -> Emulator:
    """Create the app; CannotStartError, and the listener is closed, for a file it cannot use."""
    try:
        return create_app(settings)
    except WorldFileError as error:
        listener.close()
        raise CannotStartError(str(error)) from None
    except OSError as error:
        listener.close()
        raise CannotStartError(f"cannot use {error.filename}: {error.strerror}") from None


def _end(_number: int, _frame: object) -> None:
    """Let the program end with exit code 0: the server has stopped as it was told to."""


@contextmanager
def running(settings: Settings) -> Iterator[Emulator]:
    """Serve in a thread; port 0 picks a free one.

    CannotStartError as for ``serve``.
    """
    listener, settings = bind(settings)
    app = _create(listener, settings)
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
