"""Where callbacks may go: this machine and its private networks, unless told otherwise."""

from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from emulator.callbacks.lookups import Lookups

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Awaitable[list[str]]]

PRIVATE: Final = tuple(
    ip_network(network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
FORBIDDEN: Final = tuple(
    ip_network(network)
    for network in (
        "169.254.0.0/16",  # link-local, and the metadata service of most clouds
        "fe80::/10",
        "100.100.100.200/32",  # Alibaba's metadata service
        "fd00:ec2::/32",  # Amazon's
        "192.0.0.192/32",  # Oracle's
        "0.0.0.0/8",
        "::/128",
        "224.0.0.0/4",
        "ff00::/8",
        "255.255.255.255/32",
    )
)
NAT64: Final = ip_network("64:ff9b::/96")


class RefusedError(Exception):
    """The emulator's rules keep this callback from leaving; the message says which and why."""


class Egress:
    """Decides which addresses a callback may be sent to."""

    def __init__(self, *, allow_public: bool, resolve: Resolve | None = None) -> None:
        self._allow_public = allow_public
        self._resolve = resolve or Lookups()

    async def addresses(self, host: str) -> list[str]:
        """List the addresses of a host, or raise RefusedError if one of them is out of bounds."""
        found = await self._resolve(host)
        for address in found:
            self.check(host, ip_address(address.partition("%")[0]))
        return found

    def check(self, host: str, address: Address) -> None:
        """Raise RefusedError unless callbacks may go to this address."""
        real = _unwrapped(address)
        if any(real in network for network in FORBIDDEN):
            raise RefusedError(f"{host} ({address}) is a link-local, metadata or reserved address")
        if not self._allow_public and not any(real in network for network in PRIVATE):
            raise RefusedError(
                f"{host} ({address}) is a public address; "
                "start the emulator with --allow-public-callbacks to let callbacks leave"
            )


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
