"""Calls of agents: placed on the world's engine, and what is said on them.

What is said is settled when a call is answered, out of the workflow as it then is.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from emulator.domain.actions import Wake
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback
from emulator.domain.calls import IN_PROGRESS, Call, CallStatus, Direction
from emulator.domain.events import CallMoved
from emulator.domain.scenarios import Answer, Scenario
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Line, Speaker, Turn, spoken, squeezed, until
from emulator.kit.errors import ApiError
from emulator.kit.world import World
from emulator.platforms.bimpe.agents import workflow_of
from emulator.platforms.bimpe.records import Agent, AgentCall, Role
from emulator.platforms.bimpe.replies import openers, reply_to
from emulator.platforms.bimpe.schemas_conversations import MakeCall
from emulator.platforms.bimpe.state import options_of, state_of
from emulator.platforms.bimpe.wire import new_id, wire_time

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
    call = place(world, agent, source, asked.destination, is_test=asked.is_test_call)
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


def place(
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
        world.scenarios.choose("bimpe", person, agent.id, call_id)
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


def call_moved(world: World, event: CallMoved) -> Iterable[Callback]:
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


def untold(world: World, about: Call | Batch) -> Iterable[str]:
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
        named = world.ids.luck("bimpe.log", f"{call.id} {number}")
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
    if scenario.answer is Answer.HUNG_UP:
        return [*lines, ("user", "Sorry, not now.")]
    if scenario.answer is Answer.ANSWERED and scenario.keys == "":
        return [*lines, ("assistant", "Are you still there?"), ("assistant", "Goodbye.")]
    workflow = workflow_of(world, agent)
    known = [] if workflow is None else list(openers(workflow))
    first = world.ids.luck("bimpe.dialogue", call.id) % max(1, len(known))
    asked = (known[first:] + known[:first])[:MOST_QUESTIONS] or ["I have a question."]
    for text in asked:
        lines += [("user", text), ("assistant", reply_to(text, workflow, None, 0).text)]
    return [*lines, ("user", "Thank you, that is all."), ("assistant", "Thank you. Goodbye!")]
