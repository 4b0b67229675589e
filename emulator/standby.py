"""A standby: waits until the database gives it the lock of its shard, and says so when asked."""

import json
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from starlette.types import Receive, Scope, Send

from emulator import __version__
from emulator.callbacks.peers import STANDBY_HEADER
from emulator.listeners import CannotStartError
from emulator.persistence.database_file import open_session
from emulator.persistence.database_session import DatabaseSession
from emulator.persistence.wal import WorldFileError
from emulator.settings import Settings

if TYPE_CHECKING:
    from emulator.certificates import Certificate

HEALTH: Final = "/_emulator/health"
SHUTDOWN_SECONDS: Final = 1


class Standby:
    """An app that answers 503 to everything: another process has the worlds."""

    def __init__(self, settings: Settings) -> None:
        shard, shards = settings.shard or 0, settings.shards or 1
        detail = f"a standby of shard {shard} of {shards}: another process has its worlds"
        health = {"status": "standby", "version": __version__, "store": "database"}
        problem = {
            "type": "about:blank",
            "title": "Service Unavailable",
            "status": 503,
            "code": "standby",
            "detail": f"this is {detail}",
            "hint": "send the request to the process that has the worlds; this one waits for them",
        }
        self._health = json.dumps(health | {"shard": shard, "shards": shards}).encode()
        self._problem = json.dumps(problem).encode()
        self._shard = str(shard).encode()

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Answer a request."""
        is_health = scope["path"] == HEALTH
        kind = b"application/json" if is_health else b"application/problem+json"
        body = self._health if is_health else self._problem
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (STANDBY_HEADER.lower().encode(), self._shard),
        ]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class StandbyServer(uvicorn.Server):
    """Serves until the lock is there."""

    def __init__(self, config: uvicorn.Config, is_done: Callable[[], bool]) -> None:
        super().__init__(config)
        self._is_done = is_done

    async def on_tick(self, counter: int) -> bool:
        """Stop as soon as there is nothing to wait for any more."""
        self.should_exit = self.should_exit or self._is_done()
        return await super().on_tick(counter)


class LockWait:
    """Waits for the lock in a thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: DatabaseSession | None = None
        self._error: BaseException | None = None
        self._is_decided = threading.Event()
        """The lock is there, or is to be waited for, or cannot be had."""
        self._thread = threading.Thread(target=self._run, name="lock", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._session = open_session(self._settings, lambda _: self._is_decided.set())
        except BaseException as error:  # noqa: BLE001  # raised in the thread that waits
            self._error = error
        finally:
            self._is_decided.set()

    @property
    def is_over(self) -> bool:
        """The lock is there, or cannot be had; waits until that is known or takes time."""
        self._is_decided.wait()
        return self._session is not None or self._error is not None

    def session(self) -> DatabaseSession:
        """Return the session that has the lock, or raise why there is none."""
        self._thread.join()
        if self._session is None:
            raise self._error or RuntimeError("no session")
        return self._session


def acquire(
    settings: Settings,
    listeners: list[socket.socket],
    certificate: "Certificate | None",
    on_lost: Callable[[str], None],
) -> DatabaseSession:
    """Return a session that has the lock, and meanwhile answer those who connect.

    ``on_lost``: called in a thread if another process has taken over. CannotStartError if the
    database cannot be used.
    """
    waiting = LockWait(settings)
    if not waiting.is_over:
        config: Any = uvicorn.Config(
            Standby(settings),
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            ssl_certfile=None if certificate is None else certificate.cert,
            ssl_keyfile=None if certificate is None else certificate.key,
        )
        server = StandbyServer(config, lambda: waiting.is_over)
        server.run(sockets=[each.dup() for each in listeners])  # it closes what it serves on
    try:
        session = waiting.session()
    except WorldFileError as error:
        raise CannotStartError(str(error)) from None
    session.on_lost = on_lost
    if session.is_lost:  # meanwhile
        on_lost(session.problem)
    return session
