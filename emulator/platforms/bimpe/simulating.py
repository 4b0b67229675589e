"""Simulated calls: what no request to the vendor can ask for, above all calls that come in."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.domain.calls import Call, Direction
from emulator.domain.errors import ConflictError
from emulator.kit.fields import PHONE
from emulator.kit.http import read_content
from emulator.kit.scenarios import OwnScenario, scenario_of
from emulator.kit.world import World
from emulator.platforms.bimpe.calls import TEST_LINE, is_full, logs_of, place
from emulator.platforms.bimpe.records import Agent, Role
from emulator.platforms.bimpe.schemas import LongText, Text
from emulator.platforms.bimpe.showing import shown_call
from emulator.platforms.bimpe.state import state_of

Phone = Annotated[str, Field(pattern=PHONE)]


class GivenTurn(BaseModel):
    """One turn; the time it is said at follows from the talk time."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)

    role: Role
    message: LongText


class NewCall(BaseModel):
    """``POST /_emulator/calls`` for Bimpe."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    platform: Literal["bimpe"]
    agent_id: Text
    from_: Annotated[Phone | None, Field(alias="from")] = None
    to: Phone | None = None
    direction: Direction = Direction.INBOUND
    is_test_call: Annotated[bool, Field(strict=True)] | None = None
    scenario: str | OwnScenario | None = None
    transcript: Annotated[list[GivenTurn], Field(min_length=1, max_length=500)] | None = None


PERSON = "+2348012345678"


def simulate(world: World, content: bytes) -> Call:
    """Place a call to or from an agent; a test call where the agent has no number."""
    asked = read_content(content, NewCall)
    agent = state_of(world).agents.get(asked.agent_id)
    scenario = None if asked.scenario is None else scenario_of("scenario", asked.scenario)
    is_test, line = _line(world, agent, asked)
    if is_test and is_full(world):
        raise ConflictError("as many test calls are open as there may be")
    inbound = asked.direction is Direction.INBOUND
    source, destination = (asked.from_ or PERSON, line) if inbound else (line, asked.to or PERSON)
    return place(
        world,
        agent,
        source,
        destination,
        is_test=is_test,
        direction=asked.direction,
        scenario=scenario,
        lines=[(turn.role, turn.message) for turn in asked.transcript]
        if asked.transcript
        else None,
    )


def _line(world: World, agent: Agent, asked: NewCall) -> tuple[bool, str]:
    """Whether it is a test, and the agent's end of the call: a number that belongs to it."""
    state = state_of(world)
    inbound = asked.direction is Direction.INBOUND
    named = asked.to if inbound else asked.from_
    number = state.number_of(agent.id) if named is None else state.number_at(named)
    if asked.is_test_call or (asked.is_test_call is None and number is None):
        return True, named or TEST_LINE
    if number is None or number.agent_id != agent.id:
        raise ConflictError("the agent has no such phone number: link one, or make a test call")
    if inbound and not number.inbound_enabled:
        raise ConflictError(f"{number.e164} takes no calls")
    return False, number.e164


def describe(world: World, call: Call) -> dict[str, Any]:
    """Tell the control API what a call is to Bimpe."""
    record = state_of(world).calls.find(call.id)
    if record is None:
        return {}
    shown = shown_call(record, call)
    return {
        "agent_id": record.agent_id,
        "is_test_call": record.is_test_call,
        "bimpe_status": shown["status"],
        "error_reason": shown["error_reason"],
        "conversation_logs": logs_of(world, record, call),
    }
