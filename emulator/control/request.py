"""What every control route reads from its request, and how it writes times."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from emulator.kit.fields import Whole
from emulator.kit.platform import Platform
from emulator.worlds import Worlds

CLOSED = ConfigDict(extra="forbid", defer_build=True)


def worlds_of(request: Request) -> Worlds:
    """All worlds of this server."""
    worlds: Worlds = request.scope["emulator.worlds"]
    return worlds


def platforms_of(request: Request) -> Mapping[str, Platform]:
    """All platforms of this server."""
    platforms: Mapping[str, Platform] = request.scope["emulator.platforms"]
    return platforms


class Slice(BaseModel):
    """``limit`` and ``offset`` of a list."""

    model_config = CLOSED

    limit: Annotated[Whole, Field(ge=1, le=1000)] = 100
    offset: Annotated[Whole, Field(ge=0)] = 0


def iso(moment: datetime | None) -> str | None:
    """Write a time: UTC, with a Z, microseconds only where there are any."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
