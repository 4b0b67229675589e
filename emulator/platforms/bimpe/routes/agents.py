"""The operations on agents, in the order of the reference.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.bimpe.options import options_of
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.routes.envelope import success, success_page
from emulator.platforms.bimpe.routes.paths import AGENT, AGENTS, AGENTS_DOCS, INTEGRATIONS, agent_of
from emulator.platforms.bimpe.schemas.words import CHANNELS
from emulator.platforms.bimpe.serializers.agents import (
    serialize_agent,
    serialize_channel,
    summarize_knowledge_base,
)
from emulator.platforms.bimpe.serializers.integrations import (
    serialize_integration,
    summarize_integration,
)
from emulator.platforms.bimpe.serializers.workflows import serialize_workflow
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team import agents
from emulator.platforms.bimpe.team.agents import channel_of, is_connected, workflow_of
from emulator.platforms.bimpe.team.integrations import integrations_of
from emulator.platforms.bimpe.team.knowledge_bases import knowledge_bases_of
from emulator.platforms.bimpe.team.tools import tools_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import (
        agents as agent_schemas,
        integrations as integration_schemas,
    )


async def list_agents(request: Request) -> Response:
    """List the team's agents."""
    query = read_query(request, agent_schemas.AgentsQuery)
    found, total = state_of(world_of(request)).agent_list.page(query)
    return success_page(query, total, [serialize_agent(each) for each in found])


async def create_agent(request: Request) -> Response:
    """Create an agent; a public workflow is cloned for it."""
    world = world_of(request)
    if options_of(world).create_agent == "older":
        agent = agents.create_older(world, read_body(request, agent_schemas.CreateAgentOlder))
    else:
        agent = agents.create(world, read_body(request, agent_schemas.CreateAgent))
    workflow = workflow_of(world, agent)
    serialized = None if workflow is None else serialize_workflow(workflow)
    return success(serialize_agent(agent) | {"workflow": serialized}, 201)


async def get_agent(request: Request) -> Response:
    """Get an agent with its knowledge bases, integrations and channels."""
    world, agent = world_of(request), agent_of(request)
    state = state_of(world)
    own = {
        "knowledge_bases": [
            summarize_knowledge_base(each) for each in knowledge_bases_of(state, agent.id)
        ],
        "integrations": [summarize_integration(each) for each in integrations_of(state, agent.id)],
        "channels": _channels(world, agent),
    }
    return success(serialize_agent(agent) | own)


async def update_agent(request: Request) -> Response:
    """Update an agent; fields that are not sent keep their values."""
    agent = agent_of(request)
    agents.update(world_of(request), agent, read_body(request, agent_schemas.UpdateAgent))
    return success(serialize_agent(agent))


async def delete_agent(request: Request) -> Response:
    """Delete an agent permanently, with its records."""
    agents.delete(world_of(request), agent_of(request))
    return success(None)


async def update_live_status(request: Request) -> Response:
    """Set the live status of an agent: live, paused or in development."""
    agent = agent_of(request)
    asked = read_body(request, agent_schemas.UpdateLiveStatus)
    agent.status, agent.status_reason = asked.status, asked.status_reason
    agents.save(world_of(request), agent)
    return success({"status": agent.status, "status_reason": agent.status_reason})


async def get_test_code(request: Request) -> Response:
    """Get the code that starts a test conversation, and its channels."""
    world, agent = world_of(request), agent_of(request)
    code = agent.test_channel_code
    enabled = {kind: is_connected(world, channel_of(world, agent, kind)) for kind in CHANNELS}
    start = {"start_message": f"start {code}"}
    channels = {
        "whatsapp": {"is_enabled": enabled["whatsapp"], **start, "phone_number": None, "url": None},
        "instagram": {"is_enabled": enabled["instagram"], **start, "username": None, "url": None},
        "messenger": {"is_enabled": enabled["messenger"], **start, "page": None, "url": None},
        "telephony": {"is_enabled": True},  # assumed: test calls need no number
    }
    return success({"code": code, "channels": channels})


async def list_integrations(request: Request) -> Response:
    """List all integrations of an agent, of every kind."""
    state, agent = state_of(world_of(request)), agent_of(request)
    return success(
        [
            serialize_integration(each, tools_of(state, agent.id, each.id))
            for each in integrations_of(state, agent.id)
        ]
    )


async def list_channels(request: Request) -> Response:
    """List an agent's channels; channels are connected in Bimpe's dashboard."""
    return success(_channels(world_of(request), agent_of(request)))


def _channels(world: World, agent: BimpeAgent) -> list[dict[str, Any]]:
    found = [channel_of(world, agent, kind) for kind in CHANNELS]
    return [serialize_channel(each, is_connected=is_connected(world, each)) for each in found]


operations: Final = (
    Operation(
        method="GET",
        path=AGENTS,
        handler=list_agents,
        docs=AGENTS_DOCS,
        query=lambda: agent_schemas.AgentsQuery,
        gives=lambda: agent_schemas.AgentResource,
    ),
    Operation(
        method="POST",
        path=AGENTS,
        handler=create_agent,
        docs=f"{AGENTS_DOCS}createAgent/",
        takes=lambda: agent_schemas.CreateAgent,
        gives=lambda: agent_schemas.CreatedAgentResource,
        status=201,
    ),
    Operation(
        method="GET",
        path=AGENT,
        handler=get_agent,
        docs=AGENTS_DOCS,
        gives=lambda: agent_schemas.AgentDetailsResource,
    ),
    Operation(
        method="PATCH",
        path=AGENT,
        handler=update_agent,
        docs=AGENTS_DOCS,
        takes=lambda: agent_schemas.UpdateAgent,
        gives=lambda: agent_schemas.AgentResource,
    ),
    Operation(method="DELETE", path=AGENT, handler=delete_agent, docs=AGENTS_DOCS),
    Operation(
        method="PATCH",
        path=f"{AGENT}/live-status",
        handler=update_live_status,
        docs=AGENTS_DOCS,
        takes=lambda: agent_schemas.UpdateLiveStatus,
        gives=lambda: agent_schemas.LiveStatusResource,
    ),
    Operation(
        method="GET",
        path=f"{AGENT}/deployment/agent-test-code",
        handler=get_test_code,
        docs=f"{AGENTS_DOCS}getAgentTestCode/",
        gives=lambda: agent_schemas.TestCodeResource,
    ),
    Operation(
        method="GET",
        path=INTEGRATIONS,
        handler=list_integrations,
        docs=AGENTS_DOCS,
        gives=lambda: integration_schemas.IntegrationResource,
        many=True,
    ),
    Operation(
        method="GET",
        path=f"{AGENT}/channels",
        handler=list_channels,
        docs=AGENTS_DOCS,
        note="assumed: WhatsApp and web chat are connected when the agent is created",
        gives=lambda: agent_schemas.ChannelResource,
        many=True,
    ),
)
