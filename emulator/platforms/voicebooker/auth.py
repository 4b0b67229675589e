"""Credentials: the header ``Token``, and the number on which a world's business is called.

https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.auth import Auth, Credentials
from emulator.kit.world import World

TOKEN_HEADER: Final = "Token"


def _credential(headers: Headers, _: Mapping[str, str]) -> str | None:
    """Return the token; the bot sends it to the reference backend, too."""
    return headers.get(TOKEN_HEADER, "").strip() or None


def _issue(secret: str) -> dict[str, str]:
    """Return a token, and the id of a number of the demo business."""
    return {"token": f"voicebooker_{secret}", "sip_id": f"phoneSipId{secret[:8]}"}


def own_credentials(world: World) -> dict[str, str]:
    """Return the credentials that select this world."""
    return _issue(world.ids.secret("voicebooker", world.name))


def _headers(credentials: Credentials) -> dict[str, str]:
    return {TOKEN_HEADER: credentials["token"]}


auth: Final = Auth(issue=_issue, headers=_headers, credential=_credential)
