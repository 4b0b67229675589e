"""The options of the Tools Server.

https://developer.exotel.com/docs/voicebot-tools/mcp-integration
"""

from __future__ import annotations

from typing import Annotated, Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.lazy_model import LazyModel
from emulator.kit.world import World

with on_first_use():
    import pydantic

    from emulator.kit import fields


class ToolsOptions(LazyModel):
    """How a world's Tools Server calls tools."""

    tool_seconds: Annotated[float, pydantic.Field(gt=0, le=600, allow_inf_nan=False)] = 3.0
    """The real seconds that the endpoint of a tool may take. Documented as 3."""
    tool_retries: Annotated[tuple[fields.Delay, ...], pydantic.Field(max_length=10)] = ()
    """Seconds before each further attempt during a call. Assumed: no page has any."""


options: Final = ToolsOptions


def options_of(world: World) -> ToolsOptions:
    """Return the options that this world follows."""
    options: ToolsOptions = world.contexts.options["exotel"]
    return options
