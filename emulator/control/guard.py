"""Who may use the control API: not a page of another site, and not another machine unasked."""

from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from emulator.kit.auth import bearer
from emulator.kit.errors import ApiError

RESERVED: Final = (".localhost", ".test", ".internal")
TOKEN_HEADER: Final = "x-emulator-token"
OPEN_PATHS: Final = ("/health", "/inbox/")


@dataclass(frozen=True, slots=True)
class Guard:
    """Checks Host and Origin on every request, and the token where one is set.

    A Host that somebody could own in public DNS is refused: that is how a page rebinds its name
    to this machine. Addresses, single labels and reserved names cannot be owned.
    """

    token: str | None = None
    own_host: str = ""
    """The host of the address the emulator says it is reached at."""

    def check(self, headers: Headers, path: str) -> None:
        """Raise ApiError 403 or 401 for a request that must not pass."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            raise ApiError(
                403, "wrong_host", f"the Host {host[:100]} is not an address of this emulator"
            )
        site = headers.get("sec-fetch-site")
        if site not in (None, "same-origin", "none"):
            raise ApiError(403, "cross_site", "a page of another site must not use this API")
        origin = headers.get("origin")
        if site is None and origin is not None and urlsplit(origin).netloc != host:
            raise ApiError(403, "cross_site", f"the Origin {origin[:100]} must not use this API")
        if self.token is not None and not path.startswith(OPEN_PATHS):
            given = headers.get(TOKEN_HEADER) or bearer(headers) or ""
            if not compare_digest(given.encode(), self.token.encode()):
                raise ApiError(
                    401,
                    "token",
                    "the control API asks for its token here",
                    headers={"WWW-Authenticate": "Bearer"},
                )

    def check_page(self, headers: Headers) -> None:
        """Raise ApiError 403 for a request for the dashboard's files that must not pass.

        They hold no data, so that they ask for no token, and a link on another site may lead to
        them; nothing but such a link may.
        """
        host = headers.get("host", "")
        if not self._is_ours(host):
            raise ApiError(
                403, "wrong_host", f"the Host {host[:100]} is not an address of this emulator"
            )
        followed = headers.get("sec-fetch-mode") == "navigate"
        framed = headers.get("sec-fetch-dest") not in (None, "document")
        site = headers.get("sec-fetch-site")
        if site not in (None, "same-origin", "none") and (framed or not followed):
            raise ApiError(403, "cross_site", "a page of another site must not use the dashboard")

    def _is_ours(self, host: str) -> bool:
        if "@" in host:
            return False
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if "." not in name and ":" not in name:
            return bool(name)
        try:
            ip_address(name)
        except ValueError:
            return name == self.own_host or name.endswith(RESERVED)
        return True
