"""The emulator on a socket: binding, readiness and shutdown."""

import asyncio
import atexit
import gc
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from emulator.app import Emulator, create_app
from emulator.clock import Clock
from emulator.collector import keep_collections_short
from emulator.http.connection import KEEP_ALIVE_SECONDS, Connection
from emulator.listeners import CannotStartError, bind
from emulator.persistence.wal import WorldFileError
from emulator.process import abandon, end_at_once, log_to_stderr, raise_file_limit, watchdog
from emulator.settings import Settings

SHUTDOWN_SECONDS: Final = 3
"""Time that open requests have to end when the server stops."""
CUT_OFF_SECONDS: Final = 1
"""Time before the end of that, when clients that have not read their responses are cut off."""
STOP_SECONDS: Final = 4.5
"""Time until a server that was told to stop ends in any case, unless it makes a checkpoint.

A checkpoint has its own limit, ``--checkpoint-timeout``.
"""
MIN_END_SECONDS: Final = 0.5
"""Time to end in order after a checkpoint that took longer."""
TICKS_PER_SECOND: Final = 10
"""How often uvicorn calls ``on_tick``."""
CHECKS_PER_TIMEOUT: Final = 4
"""How often a connection is checked within the time that a client has."""

if TYPE_CHECKING:
    from emulator.certificates import Certificate
    from emulator.persistence.database_session import DatabaseSession

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Server(uvicorn.Server):
    """A uvicorn server that tells when it is ready."""

    def __init__(
        self,
        app: Emulator,
        certificate: "Certificate | None",
        on_ready: Callable[[], None],
        write_log: Callable[[], None] | None = None,
        prepare: Callable[[Emulator], Awaitable[None]] | None = None,
    ) -> None:
        """``write_log`` and ``prepare``: see ``serve``."""
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",  # no vendor is served over WebSockets; saves importing them
                lifespan="off",  # a checkpoint at its end would have no more time than requests
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=False,  # answers depend on no clock but the world's
                proxy_headers=False,  # nothing asks for the address of a client
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                ssl_certfile=None if certificate is None else certificate.cert,
                ssl_keyfile=None if certificate is None else certificate.key,
            )
        )
        self._app = app
        self._on_ready = on_ready
        self._write_log = write_log
        self._prepare = prepare
        self._preparing: asyncio.Future[None] | None = None
        self._stopped_at: float | None = None
        """When it was told to stop, in real seconds."""
        self._watchdog = watchdog(STOP_SECONDS, abandon)
        self._client_timeout = app.worlds.settings.client_timeout
        shortest = min(self._client_timeout, KEEP_ALIVE_SECONDS)
        self._check_every = max(1, int(shortest * TICKS_PER_SECOND / CHECKS_PER_TIMEOUT))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Fill the worlds, start to listen, then say so."""
        if self._prepare is not None and not await self._prepared(self._prepare):
            return
        self._app.start()
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()

    async def _prepared(self, prepare: Callable[[Emulator], Awaitable[None]]) -> bool:
        """Wait for ``prepare``; return False if a signal stopped the server meanwhile."""
        self._preparing = asyncio.ensure_future(prepare(self._app))
        try:
            await self._preparing
        except asyncio.CancelledError:
            await self._close()
        except BaseException:
            await self._close()
            raise
        return not self.should_exit

    async def on_tick(self, counter: int) -> bool:
        """Close the connections of clients that are too slow, every few ticks."""
        if counter % self._check_every == 0:
            for connection in self._connections():
                connection.check(self._client_timeout)
        if self._write_log is not None:
            self._write_log()
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop after a last checkpoint if there is the time for it; on a second signal, at once."""
        super().handle_exit(sig, frame)
        if self._stopped_at is None:
            self._stopped_at = Clock.real()
            self._watchdog.start()
            if self._preparing is not None:
                self._preparing.get_loop().call_soon_threadsafe(self._preparing.cancel)
        self._app.worlds.begin_shutdown(at_once=self.force_exit)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End every world first, so that waiting requests are answered; the data file is last.

        The time that a long request has kept the signal waiting is part of what there is.
        """
        await self._app.worlds.end()
        waited = 0.0 if self._stopped_at is None else Clock.real() - self._stopped_at
        left = max(0.0, SHUTDOWN_SECONDS - waited)
        self.config.timeout_graceful_shutdown = left  # type: ignore[assignment]  # seconds
        cutting = asyncio.get_running_loop().call_later(max(0.0, left - CUT_OFF_SECONDS), self._cut)
        await super().shutdown(sockets)
        cutting.cancel()
        await self._close()
        if self._write_log is not None:
            self._write_log()

    async def _close(self) -> None:
        """Close the data file, then end in any case: what threads still do is for no one."""
        self._watchdog.cancel()
        await self._app.worlds.stop()
        if self._stopped_at is not None:
            left = STOP_SECONDS - (Clock.real() - self._stopped_at)
            watchdog(max(left, MIN_END_SECONDS), end_at_once).start()

    def _cut(self) -> None:
        for connection in self._connections():
            connection.transport.abort()

    def _connections(self) -> Iterable[Connection]:
        connections: Any = self.server_state.connections
        return list(connections)


def serve(
    settings: Settings,
    announce: "Callable[[Emulator, Certificate | None], None]",
    write_log: Callable[[], None] | None = None,
    prepare: Callable[[Emulator], Awaitable[None]] | None = None,
    on_lost: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until it is stopped by SIGINT or SIGTERM; CannotStartError says why it cannot.

    ``write_log``: called ten times a second, and once at the end. ``prepare``: run before the
    first connection is accepted; what it raises ends the server. ``on_lost``: called in a thread
    if another process has taken over the database's shard, with the problem.
    """
    for number in STOP_SIGNALS:
        signal.signal(number, _end)  # while files are loaded
    log_to_stderr(settings.log_level)
    raise_file_limit()
    atexit.register(gc.freeze)  # or Python frees a million records one by one before it ends
    listeners, settings = bind(settings)
    with _closing(listeners), _certificate_of(settings) as certificate:
        session = None
        if isinstance(settings.data, str):
            from emulator.standby import acquire  # noqa: PLC0415  # for those with a database

            session = acquire(settings, listeners, certificate, on_lost)
        gc.disable()  # a file may hold a million records, none of which is garbage
        app = _create(settings, session)
        gc.enable()
        keep_collections_short()
        server = Server(app, certificate, lambda: announce(app, certificate), write_log, prepare)
        for number in STOP_SIGNALS:
            signal.signal(number, server.handle_exit)  # uvicorn raises it again in the end
        server.run(sockets=listeners)


def _create(settings: Settings, session: "DatabaseSession | None" = None) -> Emulator:
    """Create the app; CannotStartError for a file it cannot use."""
    try:
        return create_app(settings, session=session)
    except (WorldFileError, OSError) as error:
        problem = (
            f"cannot use {error.filename}: {error.strerror}"
            if isinstance(error, OSError)
            else str(error)
        )
        raise CannotStartError(problem) from None


@contextmanager
def _closing(listeners: list[socket.socket]) -> Iterator[None]:
    with ExitStack() as stack:
        for each in listeners:
            stack.enter_context(each)
        yield


@contextmanager
def _certificate_of(settings: Settings) -> "Iterator[Certificate | None]":
    if settings.tls is None and settings.tls_cert is None:
        yield None
        return
    from emulator.certificates import CertificateError, certificate_of  # noqa: PLC0415  # start-up

    try:
        with certificate_of(settings) as certificate:
            yield certificate
    except CertificateError as error:
        raise CannotStartError(str(error)) from None


def _end(_number: int, _frame: object) -> None:
    """End the program with exit code 0, as it was told to: nothing that was answered is lost."""
    raise SystemExit(0)


@contextmanager
def running(
    settings: Settings,
    prepare: Callable[[Emulator], Awaitable[None]] | None = None,
    use_certificate: "Callable[[Certificate | None], None]" = lambda _: None,
) -> Iterator[Emulator]:
    """Serve in a thread; port 0 picks a free one.

    CannotStartError as for ``serve``.
    """
    listeners, settings = bind(settings)
    ready = threading.Event()
    with _closing(listeners), _certificate_of(settings) as certificate:
        app = _create(settings)
        use_certificate(certificate)
        server = Server(app, certificate, ready.set, prepare=prepare)
        yield from _served(app, server, listeners, ready)


def _served(
    app: Emulator, server: Server, listeners: list[socket.socket], ready: threading.Event
) -> Iterator[Emulator]:
    """Run a server in a thread while its app is used."""
    problem = CannotStartError("the server stopped before it was ready")

    def run() -> None:
        nonlocal problem
        try:
            server.run(sockets=listeners)
        except CannotStartError as error:
            problem = error
        finally:
            ready.set()

    # a daemon: however the program ends, the server does not keep it from ending
    thread = threading.Thread(target=run, name="emulator", daemon=True)
    thread.start()
    try:
        ready.wait()
        if not server.started:
            raise problem
        yield app
    finally:
        server.should_exit = True
        thread.join()
