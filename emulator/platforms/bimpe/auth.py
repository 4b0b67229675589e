"""What a request to Bimpe is recognised by: a team's key, or the ticket of a stream."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.auth import Auth, bearer, bearer_header

PREFIX: Final = "sk_"
OWN: Final = 16
"""Digits that say which world a key or a ticket is of."""
TICKET: Final = "ticket"


def key_of(headers: Headers) -> str | None:
    """The key of a request, sent either way."""
    return bearer(headers) or headers.get("x-api-key", "").strip() or None


def _credential(headers: Headers, params: Mapping[str, str]) -> str | None:
    """What a request is recognised by: the beginning of its ticket or of its key."""
    if ticket := params.get(TICKET):
        return ticket[:OWN]
    key = key_of(headers)
    return None if key is None else key.removeprefix(PREFIX)[:OWN]


def _issue(secret: str) -> dict[str, str]:
    """Make the key of a world's team."""
    return {"api_key": f"{PREFIX}{secret}"}


def _headers(own: Mapping[str, str]) -> dict[str, str]:
    return bearer_header(own["api_key"])


auth: Final = Auth(issue=_issue, headers=_headers, credential=_credential)
