"""Agents: each has a workflow and is reached through its channels."""

from emulator.kit.errors import ApiError
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.bimpe.lists.agent_records import conversation_key
from emulator.platforms.bimpe.options import options_of
from emulator.platforms.bimpe.records.drafts import (
    cloned_workflow,
    new_agent,
    new_channels,
    new_workflow,
    sent_fields,
)
from emulator.platforms.bimpe.records.ids import now_of
from emulator.platforms.bimpe.records.team import BimpeAgent, BimpeWorkflow, Channel
from emulator.platforms.bimpe.schemas.words import ChannelType
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.numbers import number_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import (
        agents as agent_schemas,
        workflows as workflow_schemas,
    )


def create(world: World, asked: "agent_schemas.CreateAgent") -> BimpeAgent:
    """Create an agent; UnknownError for an unknown workflow, ApiError 400 at the plan's limit."""
    workflow = state_of(world).workflows.get(asked.workflow_id)
    _check_limit(world)
    return _added(world, new_agent(world, sent_fields(asked), _usable_workflow(world, workflow)))


def create_older(world: World, asked: "agent_schemas.CreateAgentOlder") -> BimpeAgent:
    """Create an agent as the older pages do; the errors are those of ``create``.

    Its workflow is the named one, or else a new one with the prompt, or else none.
    """
    state, named = state_of(world), asked.agent_workflow_id or asked.workflow_id
    found = state.workflows.get(named) if named else None
    _check_limit(world)
    workflow = None if found is None else _usable_workflow(world, found)
    if workflow is None and asked.system_prompt is not None:
        own = workflow_schemas.CreateWorkflow(
            name=asked.name, system_prompt=asked.system_prompt, rules=asked.rules
        )
        workflow = state.add_workflow(new_workflow(world, sent_fields(own)))
    given = asked.model_fields_set & agent_schemas.UpdateAgent.model_fields.keys()
    return _added(world, new_agent(world, asked.model_dump(include=given), workflow))


def _check_limit(world: World) -> None:
    limit = options_of(world).agent_limit
    if limit and len(state_of(world).agents) >= limit:
        # observed: the status and the message; the code is the vendor's client's
        raise ApiError(400, "agent_limit_reached", "Agent limit reached")


def _added(world: World, agent: BimpeAgent) -> BimpeAgent:
    return state_of(world).add_agent(agent, new_channels(world, agent))


def update(world: World, agent: BimpeAgent, asked: "agent_schemas.UpdateAgent") -> None:
    """Write the fields that were sent into an agent; UnknownError for an unknown workflow."""
    state = state_of(world)
    sent = sent_fields(asked)
    workflow_id = sent.pop("workflow_id", None)
    if workflow_id is not None:
        current = workflow_of(world, agent)
        workflow = _usable_workflow(world, state.workflows.get(workflow_id), current)
        if workflow is not current:
            state.set_workflow(agent, workflow.id)
    for name, value in sent.items():
        setattr(agent, name, value)
    save(world, agent)


def save(world: World, agent: BimpeAgent) -> None:
    """Save an agent that has changed now."""
    agent.updated_at = now_of(world)
    state_of(world).save_agent(agent)


def delete(world: World, agent: BimpeAgent) -> None:
    """Delete an agent with its records; close its streams. The team keeps its phone numbers."""
    state = state_of(world)
    state.set_workflow(agent, None)
    records = state.agent_records.pop(agent.id)
    for _, number_id in records.numbers:
        number = state.numbers.get(number_id)
        number.agent_id = None
        state.numbers.save(number)
    for conversation in records.conversations.all():
        world.streams.close(conversation.id)
        for message_id in state.threads.pop(conversation.id).ids:
            state.messages.remove(message_id)
        del state.conversation_ids[conversation_key(conversation)]
        state.conversations.remove(conversation.id)
    for call in records.calls.all():
        state.open_test_calls.pop(call.id, None)
        state.calls.remove(call.id)
    for channel_id in records.channels.values():
        state.channels.remove(channel_id)
    for base_id in records.knowledge_bases:
        state.knowledge_bases.remove(base_id)
    for tool_id in records.tools:
        state.tools.remove(tool_id)
    for integration_id in records.integrations:
        state.integrations.remove(integration_id)
    state.agent_list.remove(agent)
    state.agents.remove(agent.id)


def _usable_workflow(
    world: World, workflow: BimpeWorkflow, current: BimpeWorkflow | None = None
) -> BimpeWorkflow:
    """Documented: "Public workflows are cloned for the team when needed".

    An agent whose workflow is a clone already keeps it.
    """
    if workflow.is_owner:
        return workflow
    if current is not None and current.source_id == workflow.id:
        return current
    return state_of(world).add_workflow(cloned_workflow(world, workflow))


def workflow_of(world: World, agent: BimpeAgent) -> BimpeWorkflow | None:
    """Return the workflow of an agent; None if it was deleted."""
    return state_of(world).workflows.find(agent.workflow_id)


def channel_of(world: World, agent: BimpeAgent, kind: ChannelType) -> Channel:
    """Return a channel of an agent."""
    state = state_of(world)
    return state.channels.get(state.agent_records[agent.id].channels[kind])


def is_connected(world: World, channel: Channel) -> bool:
    """Check whether a channel can be used; a linked phone number connects telephony."""
    if channel.type == "telephony":
        return number_of(state_of(world), channel.agent_id) is not None
    return channel.is_connected


def require_channel(world: World, agent: BimpeAgent, kind: ChannelType, *, is_test: bool) -> None:
    """Raise ApiError 400 for a channel that is not connected; test channels always are."""
    if not is_test and not is_connected(world, channel_of(world, agent, kind)):
        message = f"{kind} channel is not configured for this agent"
        raise ApiError(400, "channel_not_configured", message)
