"""What every control route reads from its request, and how it writes times."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from starlette.requests import Request

from emulator.clock import reachable
from emulator.kit.fields import Whole
from emulator.kit.platform import Platform
from emulator.worlds import Worlds

CLOSED: Final = ConfigDict(extra="forbid", defer_build=True)
DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-", re.ASCII)


def _written(value: Any) -> Any:
    if not isinstance(value, str) or not DATE.match(value):
        raise ValueError("must be a time such as 2026-01-01T00:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(reachable)]
"""A time, written out with its zone."""

Speed = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False, strict=True)]
"""How much faster than the wall a live clock is."""


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
