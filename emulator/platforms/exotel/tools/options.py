"""The options of the Tools Server.

https://developer.exotel.com/docs/voicebot-tools/mcp-integration
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.world import World

Delay = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class ToolsOptions(BaseModel):
    """How a world's Tools Server calls tools."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    tool_seconds: Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)] = 3.0
    """The real seconds that the endpoint of a tool may take. Documented as 3."""
    tool_retries: Annotated[tuple[Delay, ...], Field(max_length=10)] = ()
    """Seconds before each further attempt during a call. Assumed: no page has any."""


options: Final = ToolsOptions


def options_of(world: World) -> ToolsOptions:
    """Return the options that this world follows."""
    options: ToolsOptions = world.contexts.options["exotel"]
    return options
