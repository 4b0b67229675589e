"""New records, before the state keeps them."""

from copy import deepcopy
from dataclasses import fields
from typing import Final

from emulator.kit.world import World
from emulator.platforms.bimpe.records.ids import new_id, now_of
from emulator.platforms.bimpe.records.team import ApiKey, BimpeAgent, BimpeWorkflow, Channel
from emulator.platforms.bimpe.schemas.agents import UpdateAgent
from emulator.platforms.bimpe.schemas.words import CHANNELS, ChannelType
from emulator.platforms.bimpe.schemas.workflows import CreateWorkflowOlder, UpdateWorkflow

CLONED_FIELDS: Final = [
    each.name
    for each in fields(BimpeWorkflow)
    if each.name not in {"id", "is_owner", "source_id", "created_at", "updated_at"}
]
"""The fields that a clone copies."""
CONNECTED_CHANNELS: Final[frozenset[ChannelType]] = frozenset({"whatsapp", "webchat"})
"""assumed: Bimpe's dashboard connects channels; as there is none here, new agents have these."""


def first_key(world: World) -> ApiKey:
    """Return the key that the world's credentials show; it has every scope."""
    return ApiKey(id=new_id(world, "key"), rest="")


def new_key(world: World) -> ApiKey:
    """Return another key."""
    return ApiKey(id=new_id(world, "key"), rest=world.ids.hex("bimpe.key.rest"))


def new_workflow(world: World, asked: CreateWorkflowOlder) -> BimpeWorkflow:
    """Return a workflow that the team owns."""
    now = now_of(world)
    workflow = BimpeWorkflow(
        id=new_id(world, "workflow"), name=asked.name, created_at=now, updated_at=now
    )
    write_fields(workflow, asked)
    return workflow


def cloned_workflow(world: World, source: BimpeWorkflow) -> BimpeWorkflow:
    """Return a clone that the team owns."""
    now = now_of(world)
    content = {name: deepcopy(getattr(source, name)) for name in CLONED_FIELDS}
    return BimpeWorkflow(
        id=new_id(world, "workflow"),
        source_id=source.id,
        created_at=now,
        updated_at=now,
        **content,
    )


def write_fields(workflow: BimpeWorkflow, asked: UpdateWorkflow) -> None:
    """Write the fields that were sent into a workflow."""
    sent = asked.model_dump(include=asked.model_fields_set)
    for name, value in sent.items():
        setattr(workflow, name, value)


def new_agent(world: World, asked: UpdateAgent, workflow: BimpeWorkflow | None) -> BimpeAgent:
    """Return an agent with this workflow, which the team owns, or with none."""
    now = now_of(world)
    given = asked.model_fields_set & UpdateAgent.model_fields.keys()
    content = {"description": ""} | asked.model_dump(include=given)
    content["workflow_id"] = None if workflow is None else workflow.id
    return BimpeAgent(
        id=new_id(world, "agent"),
        test_channel_code=world.ids.hex("bimpe.test_code", 8).upper(),
        created_at=now,
        updated_at=now,
        **content,
    )


def new_channels(world: World, agent: BimpeAgent) -> list[Channel]:
    """Return the channels of a new agent, one of each type."""
    return [
        Channel(
            id=new_id(world, "channel"),
            agent_id=agent.id,
            type=kind,
            is_connected=kind in CONNECTED_CHANNELS,
        )
        for kind in CHANNELS
    ]
