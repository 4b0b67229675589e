"""The operations on the actions of an agent: the tools of its integrations.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.routes.envelope import success
from emulator.platforms.bimpe.routes.paths import AGENT, AGENTS_DOCS, agent_of
from emulator.platforms.bimpe.serializers.integrations import serialize_action
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.tools import set_enabled, tools_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import actions as action_schemas


async def list_actions(request: Request) -> Response:
    """List an agent's actions: the tools of its integrations."""
    state, agent = state_of(world_of(request)), agent_of(request)
    return success(
        [
            serialize_action(tool, state.integrations.get(tool.integration_id))
            for tool in tools_of(state, agent.id)
        ]
    )


async def enable_actions(request: Request) -> Response:
    """Enable actions of an agent."""
    return _set_enabled(request, is_enabled=True)


async def disable_actions(request: Request) -> Response:
    """Disable actions of an agent."""
    return _set_enabled(request, is_enabled=False)


def _set_enabled(request: Request, *, is_enabled: bool) -> Response:
    state, agent = state_of(world_of(request)), agent_of(request)
    asked = read_body(request, action_schemas.SelectActions)
    count = set_enabled(state, agent.id, asked.action_ids, is_enabled=is_enabled)
    return success({"updated_count": count})


operations: Final = (
    Operation(
        method="GET",
        path=f"{AGENT}/actions",
        handler=list_actions,
        docs=AGENTS_DOCS,
        gives=lambda: action_schemas.ActionResource,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{AGENT}/actions/enable",
        handler=enable_actions,
        docs=AGENTS_DOCS,
        takes=lambda: action_schemas.SelectActions,
        gives=lambda: action_schemas.UpdatedActionsResponse,
    ),
    Operation(
        method="POST",
        path=f"{AGENT}/actions/disable",
        handler=disable_actions,
        docs=AGENTS_DOCS,
        takes=lambda: action_schemas.SelectActions,
        gives=lambda: action_schemas.UpdatedActionsResponse,
    ),
)
