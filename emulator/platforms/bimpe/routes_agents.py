"""The operations on agents and what belongs to them, in the order of the reference.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.errors import invalid
from emulator.kit.http import read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.bimpe.agents import (
    change_agent,
    channel_of,
    drop_agent,
    is_connected,
    make_agent,
    touch,
    workflow_of,
)
from emulator.platforms.bimpe.envelope import show, show_page
from emulator.platforms.bimpe.ids import new_id
from emulator.platforms.bimpe.records import CHANNELS, Agent, KnowledgeBase
from emulator.platforms.bimpe.routes_workflows import ROOT
from emulator.platforms.bimpe.schemas import (
    ActionIds,
    AgentChanges,
    AgentsQuery,
    KnowledgeBaseChanges,
    LiveStatus,
    NewAgent,
    NewKnowledgeBase,
)
from emulator.platforms.bimpe.schemas_shown import (
    ActionShown,
    AgentMade,
    AgentShown,
    AgentWhole,
    ChannelShown,
    IntegrationShown,
    KnowledgeBaseShown,
    StatusShown,
    TestCode,
    UpdatedCount,
)
from emulator.platforms.bimpe.showing import (
    shown_action,
    shown_agent,
    shown_channel,
    shown_integration,
    shown_knowledge_base,
    shown_workflow,
    summed_integration,
    summed_knowledge_base,
)
from emulator.platforms.bimpe.team import owned, state_of


def agent_of(request: Request) -> Agent:
    """The agent in the path, or UnknownError."""
    return state_of(world_of(request)).agents.get(request.path_params["agentId"])


async def list_agents(request: Request) -> Response:
    """List the team's agents."""
    query = read_query(request, AgentsQuery)
    found, total = state_of(world_of(request)).agent_list.page(query)
    return show_page(query, total, [shown_agent(each) for each in found])


async def create_agent(request: Request) -> Response:
    """Create an agent; a public workflow is cloned for it."""
    world = world_of(request)
    agent = make_agent(world, read_body(request, NewAgent))
    workflow = workflow_of(world, agent)
    shown = None if workflow is None else shown_workflow(workflow)
    return show(shown_agent(agent) | {"workflow": shown}, 201)


async def get_agent(request: Request) -> Response:
    """Get an agent with its knowledge bases, integrations and channels."""
    world, agent = world_of(request), agent_of(request)
    state = state_of(world)
    own = {
        "knowledge_bases": [summed_knowledge_base(each) for each in _bases(world, agent)],
        "integrations": [summed_integration(each) for each in state.integrations_of(agent.id)],
        "channels": _channels(world, agent),
    }
    return show(shown_agent(agent) | own)


async def update_agent(request: Request) -> Response:
    """Update an agent; what is not sent stays."""
    agent = agent_of(request)
    change_agent(world_of(request), agent, read_body(request, AgentChanges))
    return show(shown_agent(agent))


async def delete_agent(request: Request) -> Response:
    """Delete an agent for good, with all that is its own."""
    drop_agent(world_of(request), agent_of(request))
    return show(None)


async def update_live_status(request: Request) -> Response:
    """Take an agent live, pause it, or take it back into development."""
    agent = agent_of(request)
    asked = read_body(request, LiveStatus)
    agent.status, agent.status_reason = asked.status, asked.status_reason
    touch(world_of(request), agent)
    return show({"status": agent.status, "status_reason": agent.status_reason})


async def get_test_code(request: Request) -> Response:
    """Get the code that starts a test conversation, and where it can be sent."""
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
    return show({"code": code, "channels": channels})


async def list_integrations(request: Request) -> Response:
    """List an agent's integrations of all families."""
    state, agent = state_of(world_of(request)), agent_of(request)
    return show(
        [
            shown_integration(each, state.tools_of(agent.id, each.id))
            for each in state.integrations_of(agent.id)
        ]
    )


async def list_channels(request: Request) -> Response:
    """List an agent's channels; the dashboard connects them."""
    return show(_channels(world_of(request), agent_of(request)))


async def list_actions(request: Request) -> Response:
    """List what an agent's integrations let it do."""
    state, agent = state_of(world_of(request)), agent_of(request)
    return show(
        [
            shown_action(tool, state.integrations.get(tool.integration_id))
            for tool in state.tools_of(agent.id)
        ]
    )


async def enable_actions(request: Request) -> Response:
    """Enable actions of an agent."""
    return _set_enabled(request, is_enabled=True)


async def disable_actions(request: Request) -> Response:
    """Disable actions of an agent."""
    return _set_enabled(request, is_enabled=False)


async def list_knowledge_bases(request: Request) -> Response:
    """List an agent's knowledge bases."""
    bases = _bases(world_of(request), agent_of(request))
    return show([shown_knowledge_base(each) for each in bases])


async def create_knowledge_base(request: Request) -> Response:
    """Give an agent a text or an address to look things up in."""
    world, agent = world_of(request), agent_of(request)
    asked = read_body(request, NewKnowledgeBase)
    base = KnowledgeBase(
        id=new_id(world, "knowledge_base"), agent_id=agent.id, **asked.model_dump()
    )
    state_of(world).add_knowledge_base(base)
    return show(shown_knowledge_base(base), 201)


async def update_knowledge_base(request: Request) -> Response:
    """Update a knowledge base; what is not sent stays."""
    world, base = world_of(request), _base_of(request)
    asked = read_body(request, KnowledgeBaseChanges)
    own = {"text": "content", "url": "url"}[base.type]
    if own in asked.model_fields_set and getattr(asked, own) is None:
        raise invalid((own, f"is required for a knowledge base of type {base.type}"))
    for name in asked.model_fields_set:
        setattr(base, name, getattr(asked, name))
    state_of(world).knowledge_bases.save(base)
    return show(shown_knowledge_base(base))


async def delete_knowledge_base(request: Request) -> Response:
    """Delete a knowledge base."""
    base = _base_of(request)
    state_of(world_of(request)).remove_knowledge_base(base)
    return show(None)


def _channels(world: World, agent: Agent) -> list[dict[str, Any]]:
    found = [channel_of(world, agent, kind) for kind in CHANNELS]
    return [shown_channel(each, is_connected=is_connected(world, each)) for each in found]


def _bases(world: World, agent: Agent) -> list[KnowledgeBase]:
    state = state_of(world)
    own = state.belongings[agent.id].knowledge_bases
    return [state.knowledge_bases.get(each) for each in own]


def _base_of(request: Request) -> KnowledgeBase:
    bases = state_of(world_of(request)).knowledge_bases
    return owned(bases, agent_of(request).id, request.path_params["kbId"])


def _set_enabled(request: Request, *, is_enabled: bool) -> Response:
    """All of them or, if one is not the agent's, none."""
    state, agent = state_of(world_of(request)), agent_of(request)
    own = state.belongings[agent.id].tools
    asked = dict.fromkeys(read_body(request, ActionIds).action_ids)
    for unknown in (each for each in asked if each not in own):
        raise UnknownError("action", unknown)
    tools = [state.tools.get(each) for each in asked]
    changed = [tool for tool in tools if tool.is_enabled != is_enabled]
    for tool in changed:
        tool.is_enabled = is_enabled
        state.tools.save(tool)
    return show({"updated_count": len(changed)})


DOCS: Final = "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/"
AGENTS: Final = f"{ROOT}/agents"
AGENT: Final = f"{AGENTS}/{{agentId}}"
BASES: Final = f"{AGENT}/knowledge_bases"

operations: Final = (
    Operation(
        method="GET",
        path=AGENTS,
        handler=list_agents,
        docs=DOCS,
        query=AgentsQuery,
        gives=AgentShown,
    ),
    Operation(
        method="POST",
        path=AGENTS,
        handler=create_agent,
        docs=DOCS,
        takes=NewAgent,
        gives=AgentMade,
        status=201,
    ),
    Operation(
        method="GET",
        path=AGENT,
        handler=get_agent,
        docs=DOCS,
        gives=AgentWhole,
    ),
    Operation(
        method="PATCH",
        path=AGENT,
        handler=update_agent,
        docs=DOCS,
        takes=AgentChanges,
        gives=AgentShown,
    ),
    Operation(method="DELETE", path=AGENT, handler=delete_agent, docs=DOCS),
    Operation(
        method="PATCH",
        path=f"{AGENT}/live-status",
        handler=update_live_status,
        docs=DOCS,
        takes=LiveStatus,
        gives=StatusShown,
    ),
    Operation(
        method="GET",
        path=f"{AGENT}/deployment/agent-test-code",
        handler=get_test_code,
        docs=DOCS,
        gives=TestCode,
    ),
    Operation(
        method="GET",
        path=f"{AGENT}/integrations",
        handler=list_integrations,
        docs=DOCS,
        gives=IntegrationShown,
        many=True,
    ),
    Operation(
        method="GET",
        path=f"{AGENT}/channels",
        handler=list_channels,
        docs=DOCS,
        note="assumed: WhatsApp and web chat are connected from the start",
        gives=ChannelShown,
        many=True,
    ),
    Operation(
        method="GET",
        path=f"{AGENT}/actions",
        handler=list_actions,
        docs=DOCS,
        gives=ActionShown,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{AGENT}/actions/enable",
        handler=enable_actions,
        docs=DOCS,
        takes=ActionIds,
        gives=UpdatedCount,
    ),
    Operation(
        method="POST",
        path=f"{AGENT}/actions/disable",
        handler=disable_actions,
        docs=DOCS,
        takes=ActionIds,
        gives=UpdatedCount,
    ),
    Operation(
        method="GET",
        path=BASES,
        handler=list_knowledge_bases,
        docs=DOCS,
        gives=KnowledgeBaseShown,
        many=True,
    ),
    Operation(
        method="POST",
        path=BASES,
        handler=create_knowledge_base,
        docs=DOCS,
        takes=NewKnowledgeBase,
        gives=KnowledgeBaseShown,
        status=201,
    ),
    Operation(
        method="PATCH",
        path=f"{BASES}/{{kbId}}",
        handler=update_knowledge_base,
        docs=DOCS,
        takes=KnowledgeBaseChanges,
        gives=KnowledgeBaseShown,
    ),
    Operation(
        method="DELETE",
        path=f"{BASES}/{{kbId}}",
        handler=delete_knowledge_base,
        docs=DOCS,
    ),
)
