"""How requests authenticate: with an API key of the team, or with the ticket of a stream."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.auth import Auth, Credentials, bearer, bearer_header

KEY_PREFIX: Final = "sk_"
WORLD_DIGITS: Final = 16
"""How many digits at the start of a key or ticket select its world."""
TICKET_PARAMETER: Final = "ticket"


def sent_key(headers: Headers) -> str | None:
    """Return the API key of a request, from either of its headers, or None."""
    return bearer(headers) or headers.get("x-api-key", "").strip() or None


def _credential(headers: Headers, params: Mapping[str, str]) -> str | None:
    """Return the digits that select the world, from the ticket or the key."""
    if ticket := params.get(TICKET_PARAMETER):
        return ticket[:WORLD_DIGITS]
    key = sent_key(headers)
    return None if key is None else key.removeprefix(KEY_PREFIX)[:WORLD_DIGITS]


def _issue(secret: str) -> dict[str, str]:
    return {"api_key": f"{KEY_PREFIX}{secret}"}


def _headers(credentials: Credentials) -> dict[str, str]:
    return bearer_header(credentials["api_key"])


auth: Final = Auth(issue=_issue, headers=_headers, credential=_credential)
