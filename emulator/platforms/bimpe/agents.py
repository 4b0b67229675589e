"""Agents: each needs a workflow, and is reached by its channels."""

from typing import Final

from emulator.kit.errors import ApiError
from emulator.kit.world import World
from emulator.platforms.bimpe.ids import new_id, now_of
from emulator.platforms.bimpe.records import CHANNELS, Agent, Channel, ChannelType, Workflow
from emulator.platforms.bimpe.schemas import AgentChanges, NewAgent
from emulator.platforms.bimpe.team import BimpeState, options_of, state_of
from emulator.platforms.bimpe.workflows import copy_of

FROM_THE_START: Final = frozenset({"whatsapp", "webchat"})
"""assumed: channels are connected in the dashboard, which there is not; so these are."""


def make_agent(world: World, asked: NewAgent) -> Agent:
    """Make an agent; ApiError 403 beyond the plan's limit, UnknownError without its workflow."""
    state, limit = state_of(world), options_of(world).agent_limit
    workflow = state.workflows.get(asked.workflow_id)
    if limit and len(state.agents) >= limit:
        # assumed: the code is published, neither its status nor its sentence
        raise ApiError(403, "agent_limit_reached", "Agent limit reached for your plan.")
    return add_agent(world, state, asked, _usable(world, workflow))


def add_agent(world: World, state: BimpeState, asked: NewAgent, workflow: Workflow) -> Agent:
    """Keep a new agent with this workflow, which is the team's own, and its channels."""
    now = now_of(world)
    content = asked.model_dump(include=asked.model_fields_set) | {"workflow_id": workflow.id}
    agent = Agent(
        id=new_id(world, "agent"),
        test_channel_code=world.ids.hex("bimpe.test_code", 8).upper(),
        created_at=now,
        updated_at=now,
        **content,
    )
    state.add_agent(agent)
    for kind in CHANNELS:
        connected = kind in FROM_THE_START
        channel_id = new_id(world, "channel")
        state.add_channel(
            Channel(id=channel_id, agent_id=agent.id, type=kind, is_connected=connected)
        )
    return agent


def change_agent(world: World, agent: Agent, asked: AgentChanges) -> None:
    """Write what was sent into an agent; UnknownError for a workflow that is not there."""
    state = state_of(world)
    sent = asked.model_dump(include=asked.model_fields_set)
    workflow_id = sent.pop("workflow_id", None)
    if workflow_id is not None:
        current = workflow_of(world, agent)
        workflow = _usable(world, state.workflows.get(workflow_id), current)
        if workflow is not current:
            state.set_workflow(agent, workflow.id)
    for name, value in sent.items():
        setattr(agent, name, value)
    touch(world, agent)


def touch(world: World, agent: Agent) -> None:
    """Note that an agent has changed."""
    agent.updated_at = now_of(world)
    state_of(world).save_agent(agent)


def drop_agent(world: World, agent: Agent) -> None:
    """Take an agent out with all that is its own, and close the streams of it."""
    state = state_of(world)
    for conversation in state.belongings[agent.id].conversations.all():
        world.streams.close(conversation.id)
    state.remove_agent(agent)


def _usable(world: World, workflow: Workflow, current: Workflow | None = None) -> Workflow:
    """Documented: "Public workflows are cloned for the team when needed".

    An agent that works by a clone already keeps it.
    """
    if workflow.is_owner:
        return workflow
    if current is not None and current.source_id == workflow.id:
        return current
    return state_of(world).add_workflow(copy_of(world, workflow))


def channel_of(world: World, agent: Agent, kind: ChannelType) -> Channel:
    """One of an agent's channels."""
    state = state_of(world)
    return state.channels.get(state.belongings[agent.id].channels[kind])


def is_connected(world: World, channel: Channel) -> bool:
    """Whether a channel can be used; telephony by a number that is linked to the agent."""
    if channel.type == "telephony":
        return state_of(world).number_of(channel.agent_id) is not None
    return channel.is_connected


def hold_to_channel(world: World, agent: Agent, kind: ChannelType, *, is_test: bool) -> None:
    """ApiError 400 where a channel is not configured; the test channels always are."""
    if not is_test and not is_connected(world, channel_of(world, agent, kind)):
        message = f"{kind} channel is not configured for this agent"
        raise ApiError(400, "channel_not_configured", message)


def workflow_of(world: World, agent: Agent) -> Workflow | None:
    """What an agent works by, unless that was deleted."""
    return state_of(world).workflows.find(agent.workflow_id)
