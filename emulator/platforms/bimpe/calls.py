"""Calls of agents: how they are placed, and what the control API shows of them.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/calls/
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from emulator.domain.actions import Wake
from emulator.domain.calls import TERMINAL, Call, CallStatus, Direction
from emulator.domain.errors import ConflictError
from emulator.domain.recordings import Recording
from emulator.domain.scenarios import Scenario
from emulator.kit.errors import ApiError
from emulator.kit.hooks import Bot
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import Context, World
from emulator.platforms.bimpe.chat.transcripts import Lines, conversation_logs, turns_of
from emulator.platforms.bimpe.options import BimpeOptions
from emulator.platforms.bimpe.records.conversations import AgentCall
from emulator.platforms.bimpe.records.ids import new_id
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.serializers.calls import serialize_call
from emulator.platforms.bimpe.state import BimpeState, state_of
from emulator.platforms.bimpe.team.numbers import number_at, number_of

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.bimpe.schemas import call_requests, calls as call_schemas

TEST_CALL_NUMBER: Final = "+12025550100"
"""The agent's end of test calls. assumed: no page names it."""
DEFAULT_PERSON_NUMBER: Final = "+2348012345678"
DIAL_STEP: Final = "dial"


BimpeContext = Context[BimpeState, BimpeOptions]
"""The world with Bimpe's state and options, looked up once for each request."""


def place_requested(
    context: BimpeContext, agent: BimpeAgent, asked: "call_schemas.CreateCall"
) -> dict[str, Any]:
    """Place the call that a team asks for, or say why not; ApiError 400 without a phone number."""
    source = caller_number(context.state, agent, is_test=asked.is_test_call)
    if agent.status == "paused":
        # assumed: the word "failed" is documented, its causes are not
        return {"status": "failed", "call_id": None, "detail": "agent is paused"}
    if asked.is_test_call and test_lines_are_busy(context):
        return {"status": "busy", "call_id": None, "detail": "line busy"}
    call = place_call(context, agent, source, asked.destination, is_test=asked.is_test_call)
    return {"status": "initiated", "call_id": call.id, "detail": None}


def caller_number(state: BimpeState, agent: BimpeAgent, *, is_test: bool) -> str:
    """Return the number that an agent calls from; ApiError 400 if it has none."""
    if is_test:
        return TEST_CALL_NUMBER
    number = number_of(state, agent.id)
    if number is None:
        message = "telephony channel is not configured for this agent"
        raise ApiError(400, "channel_not_configured", message)
    return number.e164


def test_lines_are_busy(context: BimpeContext) -> bool:
    """Check whether as many test calls are open as the options allow."""
    return len(context.state.open_test_calls) >= context.options.test_calls_at_once


def place_call(
    context: BimpeContext,
    agent: BimpeAgent,
    source: str,
    destination: str,
    *,
    is_test: bool,
    direction: Direction = Direction.OUTBOUND,
    scenario: Scenario | None = None,
    lines: Lines | None = None,
) -> Call:
    """Place a call: outbound calls wait in the queue first, inbound calls ring at once.

    Without a scenario the person's number selects one.
    """
    world: World = context.world
    call_id, now = new_id(world, "call"), world.clock.now()
    person = destination if direction is Direction.OUTBOUND else source
    chosen = _scenario_name(world, call_id, agent, person, scenario)
    call = Call(
        call_id, "bimpe", agent.id, direction, source, destination, CallStatus.QUEUED, chosen, now
    )
    record = AgentCall(
        id=call_id,
        agent_id=agent.id,
        is_test_call=is_test,
        source=source,
        destination=destination,
        status=CallStatus.QUEUED,
        created_on=now,
        lines=lines or [],
        is_given=lines is not None,
    )
    context.state.add_call(record)
    wait = context.options.queue_seconds
    if direction is Direction.INBOUND or not wait:
        return world.engine.place(call)
    world.timeline.schedule(now + timedelta(seconds=wait), Wake("bimpe", DIAL_STEP, call_id))
    return world.engine.accept(call)


def _scenario_name(
    world: World, call_id: str, agent: BimpeAgent, person: str, scenario: Scenario | None
) -> str:
    if scenario is not None:
        return world.scenarios.give(scenario, call_id)
    return world.scenarios.choose(
        platform="bimpe", number=person, workflow_id=agent.id, call_id=call_id
    )


def dial(world: World, call_id: str) -> None:
    """Dial a queued call, unless the control API has changed its status."""
    world.engine.dial(call_id)


def place(world: World, asked: "call_requests.BimpeCallRequest") -> Call:
    """Place a call to or from an agent; a test call if the agent has no number."""
    context: BimpeContext = world.contexts["bimpe"]
    agent = _agent_of(context.state, asked)
    scenario = (
        None
        if asked.scenario is None
        else scenarios.scenario_of(world, "scenario", asked.scenario, "bimpe")
    )
    is_test, line = _line_of(context.state, agent, asked)
    if is_test and test_lines_are_busy(context):
        raise ConflictError(
            "all test lines are in use: raise the option test_calls_at_once, or wait until a test"
            " call ends"
        )
    inbound = asked.direction is Direction.INBOUND
    person = asked.person or DEFAULT_PERSON_NUMBER
    source, destination = (person, line) if inbound else (line, person)
    return place_call(
        context,
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


def _agent_of(state: BimpeState, asked: "call_requests.BimpeCallRequest") -> BimpeAgent:
    agents = state.agents
    if asked.agent_id is not None:
        return agents.get(asked.agent_id)
    first = next(iter(agents), None)
    if first is None:
        raise ConflictError("the team has no agent: create one with POST /api/v1/console/agents")
    return first


def _line_of(
    state: BimpeState, agent: BimpeAgent, asked: "call_requests.BimpeCallRequest"
) -> tuple[bool, str]:
    """Return whether it is a test call, and the agent's number."""
    inbound = asked.direction is Direction.INBOUND
    named = asked.line
    number = number_of(state, agent.id) if named is None else number_at(state, named)
    if asked.is_test_call or (asked.is_test_call is None and number is None):
        return True, named or TEST_CALL_NUMBER
    if number is None or number.agent_id != agent.id:
        raise ConflictError(
            "the phone number is not linked to the agent: link it, or place a test call"
        )
    if inbound and not number.inbound_enabled:
        raise ConflictError(f"phone number {number.e164} accepts no calls")
    return False, number.e164


def describe(world: World, call: Call) -> dict[str, Any]:
    """Return what Bimpe knows of a call."""
    record = state_of(world).calls.find(call.id)
    if record is None:
        return {}
    shown = serialize_call(record, call)
    return {
        "agent_id": record.agent_id,
        "is_test_call": record.is_test_call,
        "bimpe_status": shown["status"],
        "error_reason": shown["error_reason"],
        "conversation_logs": conversation_logs(world, record, call),
    }


def recording(world: World, call: Call) -> Recording | None:
    """Return what was said on a call that has ended."""
    state = state_of(world)
    record = state.calls.find(call.id)
    if record is None or call.status not in TERMINAL or call.answered_at is None:
        return None
    agent = state.agents.find(record.agent_id)
    return Recording(
        turns=turns_of(world, record, call),
        talk=call.plan.talk if call.plan is not None else 0,
        language=(agent and agent.language) or "",
        person=scenarios.voice_of(world, call),
    )


def bots(world: World) -> Iterator[Bot]:
    """List the agents, oldest first."""
    return map(_bot, state_of(world).agents)


def bot(world: World, agent_id: str) -> Bot | None:
    """Return an agent, or None if it was deleted."""
    agent = state_of(world).agents.find(agent_id)
    return None if agent is None else _bot(agent)


def _bot(agent: BimpeAgent) -> Bot:
    return Bot(id=agent.id, name=agent.name, kind="agent")
