"""Who asks: the header ``Token``, and the number by which a world's business is reached.

https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.world import World

HEADER: Final = "Token"


def credential(headers: Headers, _: Mapping[str, str]) -> str | None:
    """The token; the reference backend takes it too, and its bot sends it."""
    return headers.get(HEADER, "").strip() or None


def credentials(secret: str) -> dict[str, str]:
    """Make a token, and the id of a number of the demo business."""
    return {"token": f"voicebooker_{secret}", "sip_id": f"phoneSipId{secret[:8]}"}


def identity(own: Mapping[str, str]) -> str:
    """A world is recognised by its token."""
    return own["token"]


def own_credentials(world: World) -> dict[str, str]:
    """The credentials that lead to this world."""
    return credentials(world.ids.secret(f"voicebooker {world.name}"))
