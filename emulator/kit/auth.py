"""Reading credentials the ways vendors ask for them."""

from starlette.datastructures import Headers


def bearer(headers: Headers) -> str | None:
    """The token of ``Authorization: Bearer``, or None."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
