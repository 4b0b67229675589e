"""New records, before the state keeps them."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from typing import Any, Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.bimpe.records.ids import new_id, now_of
from emulator.platforms.bimpe.records.team import ApiKey, BimpeAgent, BimpeWorkflow, Channel
from emulator.platforms.bimpe.schemas.words import CHANNELS, ChannelType

with on_first_use():
    import pydantic

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


def sent_fields(asked: "pydantic.BaseModel") -> dict[str, Any]:
    """Return the fields that a request has, as records have them."""
    return asked.model_dump(include=asked.model_fields_set)


def new_workflow(world: World, content: Mapping[str, Any]) -> BimpeWorkflow:
    """Return a workflow that the team owns."""
    now = now_of(world)
    return BimpeWorkflow(id=new_id(world, "workflow"), created_at=now, updated_at=now, **content)


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


def new_agent(
    world: World, content: Mapping[str, Any], workflow: BimpeWorkflow | None
) -> BimpeAgent:
    """Return an agent with this workflow, which the team owns, or with none."""
    now = now_of(world)
    whole = {"description": "", **content}
    whole["workflow_id"] = None if workflow is None else workflow.id
    return BimpeAgent(
        id=new_id(world, "agent"),
        test_channel_code=world.ids.hex("bimpe.test_code", 8).upper(),
        created_at=now,
        updated_at=now,
        **whole,
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
