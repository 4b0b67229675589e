"""The sockets of a host with several addresses."""

import socket
from typing import Any, Final

import pytest

from emulator.listeners import CannotStartError, bind
from emulator.settings import Settings

V4: Final = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))
V6: Final = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0))
ABSENT: Final = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.7", 0))


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def addresses_of(listeners: list[socket.socket]) -> set[tuple[str, int]]:
    found = {each.getsockname()[:2] for each in listeners}
    for each in listeners:
        each.close()
    return found


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_name_is_served_on_each_of_its_addresses() -> None:
    """A client that tries only one address of ``localhost``, as Node 17 does, gets a response."""
    listeners, settings = bind(Settings(host="localhost", port=0), lambda *_: [V4, V6])

    assert addresses_of(listeners) == {("127.0.0.1", settings.port), ("::1", settings.port)}
    assert settings.base_url == f"http://localhost:{settings.port}"


@pytest.mark.parametrize(
    "found", [pytest.param([ABSENT, V4], id="first"), pytest.param([V4, ABSENT], id="last")]
)
def test_address_that_the_machine_does_not_have_is_left_out(found: list[Any]) -> None:
    """Where IPv6 is off, ``localhost`` is served on 127.0.0.1 alone."""
    listeners, settings = bind(Settings(host="localhost", port=0), lambda *_: found)

    assert addresses_of(listeners) == {("127.0.0.1", settings.port)}


def test_name_with_no_address_of_this_machine_is_refused() -> None:
    """A host none of whose addresses is here cannot be served."""
    with pytest.raises(CannotStartError, match=r"away\.test:0"):
        bind(Settings(host="away.test", port=0), lambda *_: [ABSENT])


def test_unknown_name_is_refused() -> None:
    """A host that does not resolve is named in one sentence."""

    def unknown(*_: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(CannotStartError, match=r"nowhere\.test:0: Name or service not known"):
        bind(Settings(host="nowhere.test", port=0), unknown)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_port_that_is_taken_on_one_address_is_refused() -> None:
    """A port must be free on every address of the host; nothing stays bound if it is not."""
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStartError, match=str(port)):
            bind(Settings(host="localhost", port=port), lambda *_: [V4, V6])
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
