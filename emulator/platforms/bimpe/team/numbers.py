"""Phone numbers: requested by the team, assigned by Bimpe, linked to agents."""

from itertools import count
from typing import Final

from emulator.domain.errors import ConflictError
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.bimpe.records.ids import new_id, now_of
from emulator.platforms.bimpe.records.team import NumberRequest, PhoneNumber
from emulator.platforms.bimpe.state import BimpeState, state_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import numbers as number_schemas

NUMBER_PREFIXES: Final = {"us": "+1202555", "uk": "+44770090", "eu": "+4930231", "ng": "+234800555"}
"""How assigned numbers begin, by region: ranges reserved for fiction where they exist."""


def number_of(state: BimpeState, agent_id: str) -> PhoneNumber | None:
    """Return the number that an agent calls from: the oldest that is linked to it, or None."""
    linked = state.agent_records[agent_id].numbers
    return state.numbers.get(linked[0][1]) if linked else None


def number_at(state: BimpeState, e164: str) -> PhoneNumber | None:
    """Return the team's number with this E.164 form, or None."""
    return state.numbers.find(state.number_ids.get(e164))


def request(world: World, asked: "number_schemas.RequestPhoneNumber") -> NumberRequest:
    """Add a request for a number, under review; UnknownError for an unknown agent."""
    state, now = state_of(world), now_of(world)
    agent_id = asked.submitted_by_agent_id
    if agent_id is not None:
        state.agents.get(agent_id)
    number_request = NumberRequest(
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
    state.add_request(number_request)
    return number_request


def update(world: World, number: PhoneNumber, asked: "number_schemas.UpdatePhoneNumber") -> None:
    """Link a number to an agent, unlink it, or label it; UnknownError for an unknown agent."""
    state, sent = state_of(world), asked.model_fields_set
    if asked.agent_id is not None:
        state.agents.get(asked.agent_id)
    if "agent_id" in sent and asked.agent_id != number.agent_id:
        if number.agent_id is not None:
            state.agent_records[number.agent_id].unlink_number(number)
        number.agent_id = asked.agent_id
    if "label" in sent:
        number.label = asked.label
    save(world, number)


def save(world: World, number: PhoneNumber) -> None:
    """Save a number that has changed now."""
    number.updated_at = now_of(world)
    state_of(world).save_number(number)


def assign(
    world: World, e164: str | None, *, region: str = "us", agent_id: str | None = None
) -> PhoneNumber:
    """Assign a number to the team; ConflictError if it has it, UnknownError for an unknown agent.

    Without ``e164`` the number is drawn.
    """
    state, now = state_of(world), now_of(world)
    if agent_id is not None:
        state.agents.get(agent_id)
    if e164 is None:
        e164 = _free_number(world, region)
    elif number_at(state, e164) is not None:
        raise ConflictError(f"the team already has the phone number {e164}")
    number = PhoneNumber(
        id=new_id(world, "number"), e164=e164, agent_id=agent_id, created_at=now, updated_at=now
    )
    state.add_number(number)
    return number


def decide(world: World, asked: NumberRequest, status: str, e164: str | None) -> None:
    """Fulfill a request, which assigns a number, or reject it; ConflictError the second time."""
    if asked.status != "under_review":
        raise ConflictError(f"the request is already {asked.status}")
    if status == "fulfilled":
        agent = state_of(world).agents.find(asked.agent_id)
        agent_id = None if agent is None else agent.id
        asked.e164 = assign(world, e164, region=asked.region, agent_id=agent_id).e164
    asked.status = status
    asked.updated_at = now_of(world)
    state_of(world).save_request(asked)


def _free_number(world: World, region: str) -> str:
    """Draw a number that the team does not have, with one more digit after each collision."""
    for digits in count(4):
        drawn = int(world.ids.hex("bimpe.e164"), 16) % 10**digits
        e164 = f"{NUMBER_PREFIXES[region]}{drawn:0{digits}}"
        if number_at(state_of(world), e164) is None:
            return e164
    raise AssertionError("count() does not end")
