"""Egress rules: callbacks go to this machine and private networks, elsewhere only by a flag."""

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network
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
        "168.63.129.16/32",  # Azure's
        "fe80::/10",
        "100.100.100.200/32",  # Alibaba's metadata service
        "fd00:ec2::/32",  # Amazon's
        "fd20:ce::/32",  # Google's
        "fd00:42::42/128",  # Scaleway's
        "192.0.0.192/32",  # Oracle's
        "0.0.0.0/8",
        "::/128",
        "224.0.0.0/4",
        "ff00::/8",
        "255.255.255.255/32",
    )
)
METADATA: Final = frozenset(
    map(
        IPv4Address,
        (
            "169.254.169.254",  # most clouds
            "169.254.169.253",
            "169.254.170.2",  # Amazon's containers
            "169.254.170.23",
            "169.254.0.23",  # Tencent's
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
        ),
    )
)
"""What an IPv6 address under any prefix may not hold: a network may translate a prefix of its own.
"""
LOCAL_NAT64: Final = ip_network("64:ff9b:1::/48")
HOLDING_LAST: Final = tuple(
    ip_network(network)
    for network in (
        "64:ff9b::/96",  # NAT64
        "::/96",  # compatible
        "::ffff:0:0:0/96",  # translated
    )
)
"""Networks whose addresses end in an IPv4 address and stand for nothing else."""
THIS_NETWORK: Final = IPv4Network("0.0.0.0/8")
"""What the zeros after a shorter prefix look like."""
ISATAP: Final = 0x00005EFE
"""The four bytes before the IPv4 address, but for the bit that says it is unique."""
PLACES: Final = {
    32: (4, 5, 6, 7),
    40: (5, 6, 7, 9),
    48: (6, 7, 9, 10),
    56: (7, 9, 10, 11),
    64: (9, 10, 11, 12),
    96: (12, 13, 14, 15),
}
"""The bytes that hold the IPv4 address after a prefix of so many bits.

https://www.rfc-editor.org/rfc/rfc6052#section-2.2
"""
LOCAL_PREFIXES: Final = (48, 56, 64, 96)
"""The prefixes that a network may choose under 64:ff9b:1::/48."""


class EgressError(Exception):
    """The egress rules refuse a callback; the message says which rule and why."""


class Egress:
    """Decides which addresses a callback may be sent to."""

    def __init__(self, *, allow_public: bool, resolve: Resolve | None = None) -> None:
        self._allow_public = allow_public
        self._resolve = resolve or Lookups()

    async def addresses(self, host: str) -> list[str]:
        """List the addresses of a host, or raise EgressError if one of them is out of bounds."""
        self.check_literal(host)
        found = await self._resolve(host)
        for address in found:
            self.check(host, ip_address(address.partition("%")[0]))
        return found

    def check_literal(self, host: str) -> None:
        """Raise EgressError for a host that is an address out of bounds, or nearly an address.

        Resolvers read 2852039166, 0251.0376.0251.0376 and 169.254.43518 as 169.254.169.254.
        """
        _check_literal(host, allow_public=self._allow_public)

    def check(self, host: str, address: Address) -> None:
        """Raise EgressError unless callbacks may go to this address."""
        _check_address(host, address, allow_public=self._allow_public)


@lru_cache(maxsize=256)
def _check_literal(host: str, *, allow_public: bool) -> None:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        if _looks_numeric(host):
            raise EgressError(
                f"{host[:100]} is an IP address in an unusual form; write it like 127.0.0.1"
            ) from None
    else:
        _check_address(host, address, allow_public=allow_public)


def _check_address(host: str, address: Address, *, allow_public: bool) -> None:
    readings = _readings(address)
    shown = host if host == str(address) else f"{host} ({address})"
    if any(each in network for each in readings for network in FORBIDDEN):
        raise EgressError(f"{shown} is a link-local, metadata or reserved address")
    if not allow_public and not all(map(_is_private, readings)):
        raise EgressError(
            f"{shown} is a public address; "
            "start the emulator with --allow-public-callbacks to let callbacks leave"
        )


def _is_private(address: Address) -> bool:
    return any(address in network for network in PRIVATE)


def _readings(address: Address) -> list[Address]:
    """Return the address, or the IPv4 addresses that an IPv6 one may stand for.

    https://www.rfc-editor.org/rfc/rfc6052 (NAT64), rfc8215 (local NAT64), rfc4380 (Teredo),
    rfc3056 (6to4), rfc5214 (ISATAP), rfc4291 (mapped and compatible), rfc2765 (translated)
    """
    if isinstance(address, IPv4Address):
        return [address]
    number = int(address)
    last = _held(address, 96)
    if number > 1 and any(address in each for each in HOLDING_LAST):  # not :: and ::1
        return [last]
    if address in LOCAL_NAT64:
        held = [_held(address, bits) for bits in LOCAL_PREFIXES]
        return [last, *(each for each in held if each not in THIS_NETWORK)]
    if address.teredo is not None:
        return list(address.teredo)
    if number >> 32 & 0xFDFFFFFF == ISATAP:
        return [address, last]
    unwrapped = address.ipv4_mapped or address.sixtofour
    return [unwrapped] if unwrapped is not None else [address, *_metadata_in(address)]


def _held(address: IPv6Address, bits: int) -> IPv4Address:
    """Return the IPv4 address that follows a prefix of so many bits."""
    return IPv4Address(bytes(address.packed[place] for place in PLACES[bits]))


def _metadata_in(address: IPv6Address) -> list[Address]:
    """Return the metadata addresses that an address holds in a place that RFC 6052 knows."""
    return [held for bits in PLACES if (held := _held(address, bits)) in METADATA]


def _looks_numeric(host: str) -> bool:
    """Return whether a resolver may read a host as a number, as the last label decides.

    https://url.spec.whatwg.org/#ends-in-a-number-checker
    """
    label = host.removesuffix(".").rpartition(".")[2]
    return label.isdigit() or re.fullmatch(r"0[xX][0-9a-fA-F]*", label) is not None
