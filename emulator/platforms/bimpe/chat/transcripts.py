"""What is said on a call: chosen from the workflow when the call is answered."""

from typing import Any, Final

from emulator.domain.calls import IN_PROGRESS, Call
from emulator.domain.scenarios import Behavior
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Line, Speaker, Turn, spoken, squeezed, until
from emulator.kit.world import World
from emulator.platforms.bimpe.chat.replies import answerable_messages, reply_to
from emulator.platforms.bimpe.records.conversations import AgentCall
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.schemas.words import Role, wire_time
from emulator.platforms.bimpe.team.agents import workflow_of

SPEAKERS: Final[dict[Role, Speaker]] = {"assistant": Speaker.BOT, "user": Speaker.PERSON}
ROLES: Final[dict[Speaker, Role]] = {speaker: role for role, speaker in SPEAKERS.items()}
MAX_QUESTIONS_PER_CALL: Final = 3
Lines = list[tuple[Role, str]]


def conversation_logs(world: World, record: AgentCall, call: Call) -> list[dict[str, Any]]:
    """Return the turns that were spoken so far, as messages."""
    start = 0 if call.answered_at is None else ticks(call.answered_at)
    logs: list[dict[str, Any]] = []
    for number, turn in enumerate(turns_of(world, record, call)):
        log_id = world.ids.draw("bimpe.log", f"{call.id} {number}")
        logs.append(
            {
                "id": f"cm{log_id:032x}"[:25],
                "role": ROLES[turn.speaker],
                "message": turn.text,
                "message_type": "text",
                "created_at": wire_time(moment(start + turn.start)),
                "attachments": [],
            }
        )
    return logs


def turns_of(world: World, record: AgentCall, call: Call) -> list[Turn]:
    """Return the turns that were spoken so far; none of a call that was not answered."""
    planned = record.planned
    if planned is None or call.answered_at is None:
        return []
    lines = [Line(SPEAKERS[role], text) for role, text in record.lines]
    turns = squeezed(lines, planned) if record.is_given else spoken(lines, planned)
    if call.status is IN_PROGRESS:
        talked = ticks(world.clock.now()) - ticks(call.answered_at)
    else:
        talked = call.plan.talk if call.plan is not None else 0
    return until(turns, talked)


def lines_for(world: World, agent: BimpeAgent, call: Call) -> Lines:
    """Return what is said: a greeting, drawn questions with the workflow's replies, a goodbye."""
    scenario = world.scenarios.find(call.scenario)
    business = f" from {agent.business_name}" if agent.business_name else ""
    lines: Lines = [("assistant", f"Hello, this is {agent.name}{business}. How can I help you?")]
    if scenario.behavior is Behavior.HUNG_UP:
        return [*lines, ("user", "Sorry, not now.")]
    if scenario.behavior is Behavior.ANSWERED and scenario.keys == "":
        return [*lines, ("assistant", "Are you still there?"), ("assistant", "Goodbye.")]
    workflow = workflow_of(world, agent)
    known = [] if workflow is None else list(answerable_messages(workflow))
    first = world.ids.draw("bimpe.dialogue", call.id) % max(1, len(known))
    questions = (known[first:] + known[:first])[:MAX_QUESTIONS_PER_CALL] or ["I have a question."]
    for text in questions:
        lines += [("user", text), ("assistant", reply_to(text, workflow, None, 0).text)]
    return [*lines, ("user", "Thank you, that is all."), ("assistant", "Thank you. Goodbye!")]
