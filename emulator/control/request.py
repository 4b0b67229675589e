"""What control routes read from requests, and how they write times and problems."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field
from starlette.requests import Request

from emulator.clock import reachable
from emulator.kit.platform import Platform
from emulator.kit.turns import load_once
from emulator.worlds import Worlds

CLOSED: Final = ConfigDict(extra="forbid", defer_build=True)
MAX_IDS: Final = 100
"""Records that are asked for by their ids at once."""
DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-", re.ASCII)


def _written(value: Any) -> Any:
    if not isinstance(value, str) or not DATE.match(value):
        raise ValueError("must be a time such as 2026-01-01T00:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(reachable)]
"""A time with its zone."""

Speed = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False, strict=True)]
"""How much faster than real time a live clock is."""


def worlds_of(request: Request) -> Worlds:
    """Return the worlds of this server."""
    worlds: Worlds = request.scope["emulator.worlds"]
    return worlds


def own_url(request: Request) -> str:
    """Return the base URL of this process: ``--public-url``, or the address that was asked."""
    settings = worlds_of(request).settings
    if settings.public_url is not None:
        return settings.base_url
    scheme = settings.local_url.partition("://")[0]
    return f"{scheme}://{request.headers['host']}"


def platforms_of(request: Request) -> Mapping[str, Platform]:
    """Return the platforms of this server, by name."""
    platforms: Mapping[str, Platform] = request.scope["emulator.platforms"]
    return platforms


async def loaded_platforms(request: Request) -> Mapping[str, Platform]:
    """Return the platforms, all of them loaded; without it the first to use one loads it."""
    platforms = platforms_of(request)
    await load_once("platforms", lambda: [each.hooks for each in platforms.values()])
    return platforms


async def load_options(request: Request) -> None:
    """Load the options of all platforms, and of those that were not used no other module."""
    platforms = platforms_of(request).values()
    await load_once("options", lambda: [each.options for each in platforms])


Ids = Annotated[str, Field(max_length=8_000)]
"""Ids, separated by commas; only the first 100 count."""


def split_ids(ids: str) -> Iterable[str]:
    """Return the ids of a query, each once."""
    return dict.fromkeys(ids.split(",")[:MAX_IDS])


def iso(moment: datetime | None) -> str | None:
    """Write a time: UTC, with a Z, and microseconds only where there are any."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
