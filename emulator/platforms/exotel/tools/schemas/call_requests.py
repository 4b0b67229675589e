"""What the control API places calls with."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.scenarios import ScenarioTool


class ToolUsesRequest(BaseModel):
    """The tools that the bot uses, whatever the person says."""

    model_config = ConfigDict(defer_build=True)

    tools: Annotated[list[ScenarioTool], Field(max_length=50)] = Field(default_factory=list)
