"""Keeps web pages and other machines from using the emulator unasked."""

import re
from collections.abc import Mapping
from functools import lru_cache
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from emulator.kit.auth import bearer
from emulator.kit.errors import ApiError

RESERVED_SUFFIXES: Final = (".localhost", ".test", ".internal", ".local", ".home.arpa")
"""Names below these cannot be registered in public DNS."""
TOKEN_HEADER: Final = "x-emulator-token"
OPEN_PATHS: Final = ("/health", "/inbox/")
ANY: Final = "*"
HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]*))(?::[0-9]*)?", re.ASCII)
"""An address or a name, and a port: what else a parser of URLs takes for a part of a name is none.

https://www.rfc-editor.org/rfc/rfc9110#section-7.2
"""
MAX_CACHED_HOSTS: Final = 256


class Guard(NamedTuple):
    """Checks Host, Origin and Sec-Fetch-Site on every request, and the control API's token.

    A Host that can be registered in public DNS is refused: that is how a web page rebinds its
    name to this machine. Addresses, single labels and reserved names cannot be registered.
    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    """

    token: str | None = None
    own_host: str = ""
    """The host of the address the emulator is reached at."""
    hosts: frozenset[str] = frozenset()
    """Further Host names that are accepted (``--allow-host``)."""
    origins: frozenset[str] = frozenset()
    """Origins whose pages may use the vendors' paths (``--allow-origin``)."""

    def check(self, headers: Headers, path: str) -> str | None:
        """Raise ApiError 403 for a request that must not use the control API.

        Return the token that it came with if it asks for one and this is not the server's: it may
        be the token of a world.
        """
        self._check_host(headers.get("host", ""))
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site not in (None, "same-origin", "none"):
            raise ApiError(403, "cross_site", "requests from pages of other sites are refused")
        if site is None and origin is not None and not _is_same(origin, headers.get("host", "")):
            raise ApiError(403, "cross_site", f"the Origin {origin[:100]} may not use this API")
        if self.token is None or path.startswith(OPEN_PATHS):
            return None
        given = headers.get(TOKEN_HEADER) or bearer(headers) or ""
        return None if compare_digest(given.encode(), self.token.encode()) else given

    def check_page(self, headers: Headers) -> None:
        """Raise ApiError 403 for a request that must not load the dashboard's files.

        They hold no data, so they ask for no token, and a link on another site may lead to them;
        nothing but such a link may.
        """
        self._check_host(headers.get("host", ""))
        followed = headers.get("sec-fetch-mode") == "navigate"
        framed = headers.get("sec-fetch-dest") not in (None, "document")
        site = headers.get("sec-fetch-site")
        if site not in (None, "same-origin", "none") and (framed or not followed):
            raise ApiError(
                403, "cross_site", "the dashboard refuses requests from pages of other sites"
            )

    def check_vendor(
        self, found: Mapping[bytes, bytes], vendor_hosts: tuple[str, ...]
    ) -> str | None:
        """Raise ApiError 403 for a request that must not use a vendor's path.

        Return the origin of a page that may use it, for CORS; None for other clients. A vendor's
        own host names pass, as clients come with them whose hosts file points here. ``found``: the
        headers by their names.
        """
        sent = found.get(b"host", b"")
        if sent and not _is_safe_value(sent):
            host = sent.decode("latin-1")
            if not self._is_accepted(host) and not _is_below(host, vendor_hosts):
                raise _wrong_host(host)
        if b"origin" not in found and b"sec-fetch-site" not in found:
            return None
        return self._origin_of_page(found)

    def _origin_of_page(self, found: Mapping[bytes, bytes]) -> str | None:
        """Return the origin of a page that may use a vendor's path, or raise ApiError 403."""
        host = found.get(b"host", b"").decode("latin-1")
        origin = found.get(b"origin", b"").decode("latin-1")
        site = found.get(b"sec-fetch-site", b"").decode("latin-1")
        asking = origin or _origin_of(found.get(b"referer", b"").decode("latin-1"))
        if origin and _is_same(origin, host):
            return None
        if asking and (asking in self.origins or ANY in self.origins):
            return origin or None
        if origin or site not in ("same-origin", "none"):
            raise ApiError(
                403,
                "cross_site",
                f"a page of {asking[:100] or 'another site'} may not use this API; "
                "start the emulator with --allow-origin to allow it",
            )
        return None

    def _check_host(self, host: str) -> None:
        if not host or not self._is_accepted(host):
            raise _wrong_host(host)

    def _is_accepted(self, host: str) -> bool:
        if (is_safe := _is_safe(host)) is not None:
            return is_safe
        name = _name_of(host)
        return name == self.own_host or name in self.hosts


def wrong_token() -> ApiError:
    """Return the error for a request that needs a token and has none that is known."""
    return ApiError(
        401,
        "token",
        "the token of the control API is missing or wrong",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _wrong_host(host: str) -> ApiError:
    return ApiError(
        403,
        "wrong_host",
        f"the Host {host[:100]} is not an address of this emulator; "
        "start it with --allow-host to accept the name",
    )


@lru_cache(maxsize=MAX_CACHED_HOSTS)
def _is_safe(host: str) -> bool | None:
    """Return whether a Host cannot be registered in public DNS; None for any other name.

    Cached, as nearly every request of a client has the same one.
    """
    name = _name_of(host)
    if name is None:
        return False
    if "." not in name and ":" not in name:
        return bool(name)
    try:
        ip_address(name)
    except ValueError:
        return True if name.endswith(RESERVED_SUFFIXES) else None
    return True


@lru_cache(maxsize=MAX_CACHED_HOSTS)
def _is_safe_value(value: bytes) -> bool | None:
    """Return the same for the value of a Host header."""
    return _is_safe(value.decode("latin-1"))


def _name_of(host: str) -> str | None:
    """Return the name of a Host header without its port, in lower case; None for what is none."""
    found = HOST.fullmatch(host)
    return None if found is None else (found[1] or found[2]).lower().rstrip(".")


def _is_below(host: str, names: tuple[str, ...]) -> bool:
    own = _name_of(host) or ""
    return any(own == name or own.endswith(f".{name}") for name in names)


def _is_same(origin: str, host: str) -> bool:
    """Return whether an origin is that of the host asked; a malformed one is not."""
    scheme, separator, rest = origin.partition("://")
    return bool(separator) and scheme in {"http", "https"} and rest == host


def _origin_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
