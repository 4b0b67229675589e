"""Reading and showing credentials the ways vendors ask for them."""

from base64 import b64decode, b64encode
from binascii import Error

from starlette.datastructures import Headers


def bearer(headers: Headers) -> str | None:
    """The token of ``Authorization: Bearer``, or None."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def basic(headers: Headers) -> tuple[str, str] | None:
    """The user and password of ``Authorization: Basic``, or None."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, found, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (Error, ValueError):
        return None
    return (user, password) if found else None


def shown_bearer(token: str) -> dict[str, str]:
    """The header that ``bearer`` reads."""
    return {"Authorization": f"Bearer {token}"}


def shown_basic(user: str, password: str) -> dict[str, str]:
    """The header that ``basic`` reads."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}
