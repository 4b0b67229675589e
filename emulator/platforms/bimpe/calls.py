"""Calls of agents: placed on the world's engine, and what is said on them.

What is said is settled when a call is answered, out of the workflow as it then is.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.domain.actions import Wake
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback
from emulator.domain.calls import IN_PROGRESS, Call, CallStatus, Direction
from emulator.domain.errors import ConflictError
from emulator.domain.events import CallTransition
from emulator.domain.scenarios import Behavior, Scenario
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Line, Speaker, Turn, spoken, squeezed, until
from emulator.kit.call_request import BOT, CallEnds, Phone, number_field
from emulator.kit.errors import ApiError
from emulator.kit.hooks import Bot
from emulator.kit.scenarios import OwnScenario, scenario_of
from emulator.kit.world import World
from emulator.platforms.bimpe.agents import workflow_of
from emulator.platforms.bimpe.ids import new_id
from emulator.platforms.bimpe.records import Agent, AgentCall, Role
from emulator.platforms.bimpe.replies import openers, reply_to
from emulator.platforms.bimpe.schemas import LongText, Text, wire_time
from emulator.platforms.bimpe.schemas_conversations import MakeCall
from emulator.platforms.bimpe.showing import shown_call
from emulator.platforms.bimpe.team import options_of, state_of

TEST_LINE: Final = "+12025550100"  # assumed: no page names the number that test calls come from
SPEAKERS: Final[dict[Role, Speaker]] = {"assistant": Speaker.BOT, "user": Speaker.PERSON}
ROLES: Final[dict[Speaker, Role]] = {speaker: role for role, speaker in SPEAKERS.items()}
MOST_QUESTIONS: Final = 3
DIAL: Final = "dial"

Lines = list[tuple[Role, str]]


def make_call(world: World, agent: Agent, asked: MakeCall) -> dict[str, Any]:
    """Call somebody, or say why not; ApiError 400 without a line for a call that is no test."""
    source = line_of(world, agent, is_test=asked.is_test_call)
    if agent.status == "paused":
        # assumed: the word "failed" is published, not what leads to it
        return {"status": "failed", "call_id": None, "detail": "agent is paused"}
    if asked.is_test_call and is_full(world):
        return {"status": "busy", "call_id": None, "detail": "line busy"}
    call = place_agent_call(world, agent, source, asked.destination, is_test=asked.is_test_call)
    return {"status": "initiated", "call_id": call.id, "detail": None}


def line_of(world: World, agent: Agent, *, is_test: bool) -> str:
    """The number an agent's calls come from, or ApiError 400."""
    if is_test:
        return TEST_LINE
    number = state_of(world).number_of(agent.id)
    if number is None:
        message = "telephony channel is not configured for this agent"
        raise ApiError(400, "channel_not_configured", message)
    return number.e164


def is_full(world: World) -> bool:
    """Whether as many test calls are open as there may be."""
    return len(state_of(world).open_test_calls) >= options_of(world).test_calls_at_once


def place_agent_call(
    world: World,
    agent: Agent,
    source: str,
    destination: str,
    *,
    is_test: bool,
    direction: Direction = Direction.OUTBOUND,
    scenario: Scenario | None = None,
    lines: Lines | None = None,
) -> Call:
    """Dial in a moment, or ring at once; without a scenario the person's number chooses one."""
    call_id, now = new_id(world, "call"), world.clock.now()
    person = destination if direction is Direction.OUTBOUND else source
    chosen = (
        world.scenarios.choose(
            platform="bimpe", number=person, workflow_id=agent.id, call_id=call_id
        )
        if scenario is None
        else world.scenarios.give(scenario, call_id)
    )
    call = Call(
        call_id, "bimpe", agent.id, direction, source, destination, CallStatus.QUEUED, chosen, now
    )
    state_of(world).add_call(
        AgentCall(
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
    )
    wait = options_of(world).queue_seconds
    if direction is Direction.INBOUND or not wait:
        return world.engine.place(call)
    world.timeline.schedule(now + timedelta(seconds=wait), Wake("bimpe", DIAL, call_id))
    return world.engine.accept(call)


def dial(world: World, call_id: str) -> None:
    """Have a queued call ring, unless it was moved by hand meanwhile."""
    world.engine.dial(call_id)


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Keep the lists true; settle what is said. Bimpe publishes no webhook, so it owes none."""
    state = state_of(world)
    record = state.calls.find(event.call_id)
    if record is None:
        return ()
    record.status = event.status
    if event.status is IN_PROGRESS:
        call = world.engine.call(event.call_id)
        record.planned = call.plan.talk if call.plan is not None else 0
        if not record.is_given:
            record.lines = _lines(world, state.agents.get(record.agent_id), call)
    state.save_call(record)
    return ()


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Why nothing is ever sent."""
    record = state_of(world).calls.find(about.id)
    agent = "{agentId}" if record is None else record.agent_id
    yield (
        "Bimpe publishes no webhook; "
        f"GET /api/v1/console/agents/{agent}/calls/{about.id} tells how a call goes"
    )


def logs_of(world: World, record: AgentCall, call: Call) -> list[dict[str, Any]]:
    """What was said so far; nothing on a call that was not answered."""
    if record.planned is None or call.answered_at is None:
        return []
    start = ticks(call.answered_at)
    shown: list[dict[str, Any]] = []
    for number, turn in enumerate(_turns(world, record, call, start)):
        named = world.ids.draw("bimpe.log", f"{call.id} {number}")
        shown.append(
            {
                "id": f"cm{named:032x}"[:25],
                "role": ROLES[turn.speaker],
                "message": turn.text,
                "message_type": "text",
                "created_at": wire_time(moment(start + turn.start)),
                "attachments": [],
            }
        )
    return shown


def _turns(world: World, record: AgentCall, call: Call, start: int) -> list[Turn]:
    planned = record.planned or 0
    lines = [Line(SPEAKERS[role], text) for role, text in record.lines]
    turns = squeezed(lines, planned) if record.is_given else spoken(lines, planned)
    if call.status is IN_PROGRESS:
        talked = ticks(world.clock.now()) - start
    else:
        talked = call.plan.talk if call.plan is not None else 0
    return until(turns, talked)


def _lines(world: World, agent: Agent, call: Call) -> Lines:
    """Greet; the person asks what the workflow knows, as luck has it; both part."""
    scenario = world.scenarios.find(call.scenario)
    business = f" from {agent.business_name}" if agent.business_name else ""
    lines: Lines = [("assistant", f"Hello, this is {agent.name}{business}. How can I help you?")]
    if scenario.answer is Behavior.HUNG_UP:
        return [*lines, ("user", "Sorry, not now.")]
    if scenario.answer is Behavior.ANSWERED and scenario.keys == "":
        return [*lines, ("assistant", "Are you still there?"), ("assistant", "Goodbye.")]
    workflow = workflow_of(world, agent)
    known = [] if workflow is None else list(openers(workflow))
    first = world.ids.draw("bimpe.dialogue", call.id) % max(1, len(known))
    asked = (known[first:] + known[:first])[:MOST_QUESTIONS] or ["I have a question."]
    for text in asked:
        lines += [("user", text), ("assistant", reply_to(text, workflow, None, 0).text)]
    return [*lines, ("user", "Thank you, that is all."), ("assistant", "Thank you. Goodbye!")]


class GivenTurn(BaseModel):
    """One turn; the time it is said at follows from the talk time."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)

    role: Role
    message: LongText


class BimpeCallRequest(CallEnds):
    """``POST /_emulator/calls`` for Bimpe."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    platform: Literal["bimpe"]
    agent_id: Annotated[Text | None, BOT] = None
    """The first agent without one."""
    number: Annotated[Phone | None, number_field("+23480123")] = None
    is_test_call: Annotated[bool, Field(strict=True)] | None = None
    scenario: str | OwnScenario | None = None
    transcript: Annotated[list[GivenTurn], Field(min_length=1, max_length=500)] | None = None


PERSON = "+2348012345678"


def place(world: World, asked: BimpeCallRequest) -> Call:
    """Place a call to or from an agent; a test call where the agent has no number."""
    agent = _agent(world, asked.agent_id)
    scenario = None if asked.scenario is None else scenario_of("scenario", asked.scenario)
    is_test, line = _line(world, agent, asked)
    if is_test and is_full(world):
        raise ConflictError("as many test calls are open as there may be")
    inbound = asked.direction is Direction.INBOUND
    person = asked.person or PERSON
    source, destination = (person, line) if inbound else (line, person)
    return place_agent_call(
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


def _agent(world: World, agent_id: str | None) -> Agent:
    agents = state_of(world).agents
    if agent_id is not None:
        return agents.get(agent_id)
    first = next(iter(agents), None)
    if first is None:
        raise ConflictError("the team has no agent: create one with POST /api/v1/console/agents")
    return first


def _line(world: World, agent: Agent, asked: BimpeCallRequest) -> tuple[bool, str]:
    """Whether it is a test, and the agent's end of the call: a number that belongs to it."""
    state = state_of(world)
    inbound = asked.direction is Direction.INBOUND
    named = asked.line
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


def bots(world: World) -> Iterator[Bot]:
    """List the agents, oldest first."""
    return map(_bot, state_of(world).agents)


def bot(world: World, agent_id: str) -> Bot | None:
    """Find an agent that was not deleted since."""
    agent = state_of(world).agents.find(agent_id)
    return None if agent is None else _bot(agent)


def _bot(agent: Agent) -> Bot:
    return Bot(id=agent.id, name=agent.name, kind="agent")
