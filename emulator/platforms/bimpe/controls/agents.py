"""What the control API can change about agents: what Bimpe's dashboard connects."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import ConflictError
from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import world_of
from emulator.platforms.bimpe.lists.agent_records import record_of
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.serializers.agents import serialize_channel
from emulator.platforms.bimpe.serializers.integrations import summarize_integration
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.agents import is_connected
from emulator.platforms.bimpe.team.integrations import set_connected

with on_first_use():
    from emulator.platforms.bimpe.schemas import controls as control_schemas


async def set_channel(request: Request) -> Response:
    """Connect or disconnect a channel of an agent; telephony is connected by a phone number."""
    world, agent = world_of(request), _agent(request)
    kind: Any = request.path_params["type"]
    own = state_of(world).agent_records[agent.id].channels
    channel = state_of(world).channels.get(own.get(kind, kind))
    asked = read_body(request, control_schemas.ConnectionChange)
    if channel.type == "telephony":
        raise ConflictError("link a phone number to the agent to connect telephony")
    channel.is_connected = asked.is_connected
    state_of(world).channels.save(channel)
    return json_response(serialize_channel(channel, is_connected=is_connected(world, channel)))


async def connect_integration(request: Request) -> Response:
    """Connect or disconnect an integration, as Bimpe's dashboard does."""
    world = world_of(request)
    integration_id = request.path_params["integration_id"]
    integration = record_of(state_of(world).integrations, _agent(request).id, integration_id)
    set_connected(
        world,
        integration,
        is_connected=read_body(request, control_schemas.ConnectionChange).is_connected,
    )
    return json_response(summarize_integration(integration))


def _agent(request: Request) -> BimpeAgent:
    return state_of(world_of(request)).agents.get(request.path_params["agent_id"])
