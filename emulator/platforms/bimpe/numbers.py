"""Phone numbers: asked for by the team, given by Bimpe, linked to agents."""

from itertools import count
from typing import Final

from emulator.domain.errors import ConflictError
from emulator.kit.world import World
from emulator.platforms.bimpe.ids import new_id, now_of
from emulator.platforms.bimpe.records import NumberRequest, PhoneNumber
from emulator.platforms.bimpe.schemas_conversations import NewNumberRequest, NumberChanges
from emulator.platforms.bimpe.team import state_of

RANGES: Final = {"us": "+1202555", "uk": "+44770090", "eu": "+4930231", "ng": "+234800555"}
"""How numbers of a region begin: ranges kept for fiction where there are such."""


def request_number(world: World, asked: NewNumberRequest) -> NumberRequest:
    """Put a request for a number under review; UnknownError for an agent that is not there."""
    state, now = state_of(world), now_of(world)
    agent_id = asked.submitted_by_agent_id
    if agent_id is not None:
        state.agents.get(agent_id)
    request = NumberRequest(
        id=new_id(world, "number_request"),
        business_name=asked.business_name,
        intended_use=asked.intended_use,
        region=asked.region,
        agent_count=asked.agent_count,
        outbound_minutes=asked.outbound_minutes,
        agent_id=agent_id,
        created_at=now,
        updated_at=now,
    )
    state.add_request(request)
    return request


def change_number(world: World, number: PhoneNumber, asked: NumberChanges) -> None:
    """Link a number to an agent, or to none; label it. UnknownError for an unknown agent."""
    state, sent = state_of(world), asked.model_fields_set
    if asked.agent_id is not None:
        state.agents.get(asked.agent_id)
    if "agent_id" in sent and asked.agent_id != number.agent_id:
        state.link_number(number, asked.agent_id)
    if "label" in sent:
        number.label = asked.label
    number.updated_at = now_of(world)
    state.save_number(number)


def give_number(
    world: World, e164: str | None, *, region: str = "us", agent_id: str | None = None
) -> PhoneNumber:
    """Give the team a number; ConflictError for one it has, UnknownError for an unknown agent."""
    state, now = state_of(world), now_of(world)
    if agent_id is not None:
        state.agents.get(agent_id)
    if e164 is None:
        e164 = _free_number(world, region)
    elif state.number_at(e164) is not None:
        raise ConflictError(f"the team has {e164} already")
    number = PhoneNumber(
        id=new_id(world, "number"), e164=e164, agent_id=agent_id, created_at=now, updated_at=now
    )
    state.add_number(number)
    return number


def settle_request(world: World, request: NumberRequest, status: str, e164: str | None) -> None:
    """Fulfil a request, which gives the team a number, or reject it; ConflictError if settled."""
    if request.status != "under_review":
        raise ConflictError(f"the request is {request.status} already")
    if status == "fulfilled":
        agent = state_of(world).agents.find(request.agent_id)
        agent_id = None if agent is None else agent.id
        request.e164 = give_number(world, e164, region=request.region, agent_id=agent_id).e164
    request.status = status
    request.updated_at = now_of(world)
    state_of(world).save_request(request)


def _free_number(world: World, region: str) -> str:
    """Draw a number the team does not have; a longer one each time it has."""
    for digits in count(4):
        drawn = int(world.ids.hex("bimpe.e164"), 16) % 10**digits
        e164 = f"{RANGES[region]}{drawn:0{digits}}"
        if state_of(world).number_at(e164) is None:
            return e164
    raise AssertionError("numbers do not end")
