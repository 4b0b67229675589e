"""Credentials: how requests show them, and what each world is given."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import Headers

from emulator import ids

if TYPE_CHECKING:
    from emulator.kit.selectors import Selectors  # only where several processes share the worlds

SLOT_DIGITS: Final = ids.SLOT_DIGITS
"""Digits at the start of a secret that are the slot of its world: all that is minted shows them."""
Credentials = Mapping[str, str]
"""A world's credentials for one vendor, by the vendor's names: ``{"api_key": "..."}``."""


def _no_others(own: Credentials) -> Iterable[str]:  # noqa: ARG001  # a default
    return ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Auth:
    """Who a request is from, by the vendor's way to authenticate."""

    issue: Callable[[str], dict[str, str]]
    """Make a world's credentials from a secret of 32 hexadecimal digits that only it has."""
    headers: Callable[[Credentials], dict[str, str]]
    """Return the headers by which a request shows these credentials."""
    credential: Callable[[Headers, Mapping[str, str]], str | None]
    """Return what selects the world of a request (its headers and path parameters), or None.

    The parameters include the query's ticket, for an operation that takes one.
    """
    selector: Callable[[Credentials], str] | None = None
    """Return what ``credential`` finds in the requests of these credentials.

    By default: what it finds in ``headers``.
    """
    others: Callable[[Credentials], Iterable[str]] = _no_others
    """Return what else ``credential`` finds, where a path does not name an account."""
    verify: Callable[[Headers, Credentials], bool] | None = None
    """Check what ``credential`` does not, such as a password; asked in strict mode only."""

    default_selectors: "Callable[[], Selectors | None]" = lambda: None
    """Return what a proxy sees of this way to authenticate, without a module ``selectors``."""

    security: Mapping[str, Any] = field(default_factory=dict)
    """OpenAPI security schemes by name."""

    def selects(self, credentials: Credentials) -> str:
        """Return the part of a world's credentials that its requests are recognised by."""
        if self.selector is not None:
            return self.selector(credentials)
        found = self.credential(Headers(self.headers(credentials)), credentials)
        if found is None:
            raise ValueError("auth.credential finds nothing in auth.headers")
        return found

    def identities(self, credentials: Credentials) -> tuple[str, ...]:
        """Return every text by which requests of these credentials are recognised."""
        return (self.selects(credentials), *self.others(credentials))

    def is_verified(self, headers: Headers, credentials: Credentials) -> bool:
        """Check a request that was recognised; in strict mode only."""
        return self.verify is None or self.verify(headers, credentials)


def bearer_auth(prefix: str, *, field: str = "api_key") -> Auth:
    """``Authorization: Bearer`` with a key that begins with ``prefix``."""
    return Auth(
        issue=lambda secret: {field: f"{prefix}{secret}"},
        headers=lambda own: bearer_header(own[field]),
        credential=lambda headers, _: bearer(headers),
        default_selectors=lambda: _selectors_of(prefix),
        security={"bearer": {"type": "http", "scheme": "bearer"}},
    )


def basic_auth(user: str, password: str, *, prefix: str = "") -> Auth:
    """HTTP Basic: the user selects the world, the password is checked in strict mode.

    ``user`` and ``password`` are the names of both in the world's credentials. A parameter of the
    path that is called as the user is, such as an account, must be the user in strict mode.
    """

    def credential(headers: Headers, params: Mapping[str, str]) -> str | None:
        scheme, _, encoded = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic" or not encoded.strip():
            return None
        found, _ = basic(headers) or (encoded, "")
        return params.get(user) or found or None

    return Auth(
        issue=lambda secret: {user: f"{prefix}{secret[:32]}", password: secret[::-1]},
        headers=lambda own: basic_header(own[user], own[password]),
        credential=credential,
        default_selectors=lambda: _selectors_of(prefix, user),
        verify=lambda headers, own: basic(headers) == (own[user], own[password]),
        security={"basic": {"type": "http", "scheme": "basic"}},
    )


def _selectors_of(prefix: str, user: str | None = None) -> "Selectors":
    """Return what selects a world by a key, or by a user whom the path may name."""
    from emulator.kit import selectors  # noqa: PLC0415  # several processes alone

    user_places = (selectors.PathParameter((user or "",)), selectors.BasicUser())
    return selectors.Selectors(
        places=(selectors.Bearer(),) if user is None else user_places,
        minted=(selectors.Minted(prefix, ids.DIGITS),),
    )


def bearer(headers: Headers) -> str | None:
    """Return the token of ``Authorization: Bearer``, or None."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def cookie(headers: Headers, name: str) -> str | None:
    """Return the value of a cookie, or None."""
    for part in headers.get("cookie", "").split(";"):
        key, found, value = part.strip().partition("=")
        if found and key == name:
            return value.strip('"')
    return None


def basic(headers: Headers) -> tuple[str, str] | None:
    """Return the user and password of ``Authorization: Basic``, or None."""
    return _basic(headers.get("authorization", ""))


@lru_cache(maxsize=1024)
def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, found, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (Error, ValueError):
        return None
    return (user, password) if found else None


def bearer_header(token: str) -> dict[str, str]:
    """Return the header that ``bearer`` reads."""
    return {"Authorization": f"Bearer {token}"}


def basic_header(user: str, password: str) -> dict[str, str]:
    """Return the header that ``basic`` reads."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}
