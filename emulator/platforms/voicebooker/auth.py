"""Who asks: the header ``Token``, and the number by which a world's business is reached.

https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.auth import Auth
from emulator.kit.world import World

HEADER: Final = "Token"


def _credential(headers: Headers, _: Mapping[str, str]) -> str | None:
    """The token; the reference backend takes it too, and its bot sends it."""
    return headers.get(HEADER, "").strip() or None


def _issue(secret: str) -> dict[str, str]:
    """Make a token, and the id of a number of the demo business."""
    return {"token": f"voicebooker_{secret}", "sip_id": f"phoneSipId{secret[:8]}"}


def own_credentials(world: World) -> dict[str, str]:
    """The credentials that lead to this world."""
    return _issue(world.ids.secret(f"voicebooker {world.name}"))


def _headers(own: Mapping[str, str]) -> dict[str, str]:
    return {HEADER: own["token"]}


auth: Final = Auth(issue=_issue, headers=_headers, credential=_credential)
