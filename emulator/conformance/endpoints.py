"""The world from which a vendor's check of an endpoint sends its requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from pydantic import BaseModel

from emulator.app import create_app
from emulator.kit.endpoint_check import EndpointCheck
from emulator.settings import Settings
from emulator.world.world import World

NOWHERE: Final = "http://endpoint-check.invalid"
"""An address of the emulator that no endpoint has."""


@asynccontextmanager
async def check_world(
    settings: Settings, platform: str, check: EndpointCheck, options: BaseModel
) -> AsyncIterator[World]:
    """Create a world for one check; it ends with the check."""
    app = create_app(settings.model_copy(update={"public_url": NOWHERE}))
    chosen = check.platform_options
    own = {} if chosen is None else {platform: chosen(options)}
    try:
        yield app.worlds.create(name="check", options=own)
    finally:
        await app.worlds.stop()
