"""Routes of the control API: the results of tools in Python, which the emulator never runs."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.exotel.tools.records.tools import VoicebotTool
from emulator.platforms.exotel.tools.state import state_of


class ToolScript(BaseModel):
    """The result of a tool in Python."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    result: Any


async def show_tool_script(request: Request) -> Response:
    """Show what a tool in Python results in."""
    return json_response({"result": _tool(request).script})


async def set_tool_script(request: Request) -> Response:
    """Set what a tool in Python results in, in tests and during calls; null at first."""
    tool = _tool(request)
    tool.script = read_body(request, ToolScript).result
    state_of(world_of(request)).tools.save(tool)
    return json_response({"result": tool.script})


def _tool(request: Request) -> VoicebotTool:
    return state_of(world_of(request)).tools.get(request.path_params["tool_id"])


SCRIPT: Final = "/tools/{tool_id}/script"

controls: Final = (
    Operation(method="GET", path=SCRIPT, handler=show_tool_script, gives=ToolScript),
    Operation(
        method="PUT", path=SCRIPT, handler=set_tool_script, takes=ToolScript, gives=ToolScript
    ),
)
