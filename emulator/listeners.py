"""The sockets that a server listens on: one for each address of its host."""

import errno
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Final

from emulator.settings import Settings

ATTEMPTS: Final = 20
"""How often another free port is tried, if the first is taken on another address of the host."""
NO_SUCH_ADDRESS: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
"""The machine does not have this address, such as ::1 where IPv6 is off."""

Resolve = Callable[[str, int], Sequence[tuple[Any, ...]]]


class CannotStartError(Exception):
    """The address cannot be served; the message says why."""


def _resolve(host: str, port: int) -> Sequence[tuple[Any, ...]]:
    # as bytes: of text, Python loads the tables of international names
    name = host.encode() if host.isascii() else host
    return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)


def bind(settings: Settings, resolve: Resolve = _resolve) -> tuple[list[socket.socket], Settings]:
    """Listen on every address of the host; return the sockets, and the settings with the port.

    CannotStartError if the host is unknown or the port is taken on one of its addresses.
    """
    address = f"{settings.host}:{settings.port}"
    try:
        found = resolve(settings.host, settings.port)
    except OSError as error:
        raise CannotStartError(f"cannot listen on {address}: {error.strerror or error}") from None
    families = list(dict.fromkeys((family, name[0]) for family, _, _, _, name in found))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            listeners = _bound(families, settings.port)
        except OSError as error:
            if settings.port or error.errno != errno.EADDRINUSE or attempt == ATTEMPTS:
                reason = error.strerror or error
                advice = "; --port chooses another" if error.errno == errno.EADDRINUSE else ""
                raise CannotStartError(f"cannot listen on {address}: {reason}{advice}") from None
        else:
            port = listeners[0].getsockname()[1]
            return listeners, settings.model_copy(update={"port": port})
    raise AssertionError  # the last attempt returns or raises


def _bound(families: list[tuple[int, str]], port: int) -> list[socket.socket]:
    """Bind one socket for each address, all of them to the same port."""
    made: list[socket.socket] = []
    missing: OSError | None = None
    with ExitStack() as on_error:
        for family, host in families:
            try:
                listener = _listener(family, host, port, is_only=len(families) == 1)
            except OSError as error:
                if error.errno not in NO_SUCH_ADDRESS:
                    raise
                missing = error
                continue
            on_error.enter_context(listener)
            made.append(listener)
            port = listener.getsockname()[1]
        if missing is not None and not made:
            raise missing
        on_error.pop_all()
    return made


def _listener(family: int, host: str, port: int, *, is_only: bool) -> socket.socket:
    # with the protocol named, asyncio turns off Nagle's algorithm on what is accepted
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and not is_only:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
