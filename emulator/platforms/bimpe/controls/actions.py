"""What the control API can do about actions: call a tool of an MCP server, as an agent does."""

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import content_of, json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import world_of
from emulator.platforms.bimpe.lists.agent_records import record_of
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.mcp_servers import call_tool

with on_first_use():
    from emulator.platforms.bimpe.schemas import controls as control_schemas


async def call_action(request: Request) -> Response:
    """Call a tool of an MCP server, as an agent does; the request is sent to the server."""
    world = world_of(request)
    state = state_of(world)
    agent = state.agents.get(request.path_params["agent_id"])
    tool = record_of(state.tools, agent.id, request.path_params["action_id"])
    asked = (
        read_body(request, control_schemas.ActionCall)
        if content_of(request).strip()
        else control_schemas.ActionCall()
    )
    integration = state.integrations.get(tool.integration_id)
    result = await call_tool(world, integration, tool, asked.arguments)
    shown = control_schemas.ActionResult(
        action_name=tool.action_name,
        is_error=result.is_error,
        text=result.text,
        content=result.content,
        structured_content=result.structured,
    )
    return json_response(shown.model_dump())
