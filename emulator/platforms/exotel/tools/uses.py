"""A bot uses a tool during a call: its inputs, the request, and what the bot says of the result.

Documented: parameters come from the language model, the conversation's state or a constant, and
the endpoint has 3 seconds. assumed: what the bot says.
https://developer.exotel.com/docs/voicebot-tools/mcp-integration
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import IN_PROGRESS, Call
from emulator.domain.tools import ToolUsed
from emulator.domain.transcripts import Speaker
from emulator.kit.json import to_json
from emulator.kit.mcp_client import last_message
from emulator.kit.world import World
from emulator.platforms.exotel.tools.attachments import AttachedTool, attached_tools
from emulator.platforms.exotel.tools.executions import (
    TOOL_CALL,
    ToolExecution,
    ToolOutcome,
    outcome_of,
)
from emulator.platforms.exotel.tools.records.uses import ToolUse, Trigger
from emulator.platforms.exotel.tools.spoken_inputs import input_schemas, spoken_input
from emulator.platforms.exotel.tools.state import state_of
from emulator.platforms.exotel.voicebots.dialogue import turns_of
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.session_steps import say
from emulator.platforms.exotel.voicebots.state import state_of as voicebots_of
from emulator.platforms.exotel.voicebots.webhooks import ends_of

USED_RESPONSE: Final = "tools.used"
APOLOGY: Final = "I am sorry, I could not look that up."
NOTHING_FOUND: Final = "I am sorry, I have found nothing about that."
SPOKEN_FIELDS: Final = ("answer", "message", "text", "result")
"""The fields of a result of which the bot says nothing else."""
MAX_SAID_CHARACTERS: Final = 500
MAX_SHOWN_CHARACTERS: Final = 200
MISSING: Final = object()

Json = dict[str, Any]


def tools_of(world: World, session: Session, notes: list[str] | None = None) -> list[AttachedTool]:
    """Return the tools that the bot of a session may use."""
    bot = voicebots_of(world).bot_of(session)
    return attached_tools(world, bot, session.assistant_id, notes)


def begin_use(
    world: World,
    session: Session,
    attached: AttachedTool,
    trigger: Trigger,
    given: Mapping[str, Any],
) -> None:
    """Use a tool; ``given``: inputs in place of what the person would say."""
    state, tool, version = state_of(world), attached.tool, attached.version
    call = world.calls.get(session.call_id)
    made = len(state.uses_of.get(call.id, ())) + 1
    use = ToolUse(
        id=f"{call.id}/{made}",
        call_id=call.id,
        tool_id=tool.id,
        trigger=trigger,
        inputs={},
        started_at=world.clock.now(),
    )
    state.add_use(use)
    if version is None or tool.status != "active":
        _finish(world, use, ToolOutcome(error=f"the tool {tool.name} is not active"))
        return
    use.inputs = _inputs(world, session, attached, given)
    execution = ToolExecution(
        tool=tool, version=version, inputs=use.inputs, call_id=call.id, on_response=USED_RESPONSE
    )
    _carry_on(world, use, execution.begin(world))


def act_on_result(world: World, callback: Callback, response: CallbackResponse) -> None:
    """Carry on with a use of a tool, or say what came of it, once its endpoint has responded."""
    for use in state_of(world).uses_of.get(callback.call_id or "", ()):
        if use.callback_id == callback.id and use.ended_at is None:
            elapsed = max(world.clock.now() - use.started_at, timedelta())
            step = _step_after(world, use, callback, response, elapsed)
            _carry_on(world, use, step)
            if isinstance(step, ToolOutcome) and (ending := last_message(world, callback)):
                world.courier.enqueue(ending)


def _step_after(
    world: World, use: ToolUse, callback: Callback, response: CallbackResponse, elapsed: timedelta
) -> Callback | ToolOutcome:
    """Return what follows a response: the next message to an MCP server, or what came of it."""
    if callback.event == TOOL_CALL:
        return outcome_of(response, elapsed)
    for attached in tools_of(world, voicebots_of(world).by_call[use.call_id]):
        tool, version = attached.tool, attached.version
        if tool.id == use.tool_id and version is not None:
            execution = ToolExecution(tool=tool, version=version, inputs=use.inputs)
            return execution.resume(world, callback, response, elapsed)
    return ToolOutcome(error="the tool is no longer attached to the bot's assistant")


def _carry_on(world: World, use: ToolUse, step: Callback | ToolOutcome) -> None:
    if isinstance(step, ToolOutcome):
        _finish(world, use, step)
        return
    use.callback_id = step.id
    state_of(world).uses.save(use)
    world.courier.enqueue(step)


def _finish(world: World, use: ToolUse, outcome: ToolOutcome) -> None:
    state = state_of(world)
    use.ended_at, use.result, use.error = world.clock.now(), outcome.result, outcome.error
    call = world.calls.get(use.call_id)
    session = voicebots_of(world).by_call[use.call_id]
    text = spoken_result(outcome)
    if call.status is IN_PROGRESS and say(world, session, call, text):
        use.said = text
    state.uses.save(use)
    shown = outcome.error or to_json(outcome.result).decode()
    world.history.add(
        ToolUsed(
            at=use.ended_at,
            platform="exotel",
            call_id=use.call_id,
            tool=state.tools.get(use.tool_id).name,
            status="succeeded" if outcome.error is None else "failed",
            text=shown[:MAX_SHOWN_CHARACTERS],
            callback_id=use.callback_id,
        )
    )


def spoken_result(outcome: ToolOutcome) -> str:
    """Return what the bot says: a text of the result, or its fields with their names."""
    if outcome.error is not None:
        return APOLOGY
    for name in SPOKEN_FIELDS:
        value = outcome.result.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:MAX_SAID_CHARACTERS]
    parts = [f"{name.replace('_', ' ')}: {_said(each)}" for name, each in outcome.result.items()]
    known = [part for part in parts if not part.endswith(": ")]
    return ", ".join(known)[:MAX_SAID_CHARACTERS] or NOTHING_FOUND


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.strip() if isinstance(value, str) else to_json(value).decode()


def _inputs(
    world: World, session: Session, attached: AttachedTool, given: Mapping[str, Any]
) -> Json:
    """Return the inputs; those for which there is no value are left out."""
    assert attached.version is not None  # noqa: S101  # checked before
    schemas = input_schemas(attached.tool, attached.version)
    call = world.calls.get(session.call_id)
    state, said = _conversation_state(world, session, call), _said_so_far(world, session, call)
    found: Json = {}
    for name in dict.fromkeys([*schemas, *attached.parameters, *given]):
        match attached.source_of(name):
            case "static":
                value = attached.parameters[name].get("value", MISSING)
            case "conversation_state":
                value = state.get(str(attached.parameters[name].get("value") or name), MISSING)
            case _ if name in given:
                value = given[name]
            case _:
                value = spoken_input(name, schemas.get(name, {}), said)
                value = MISSING if value is None else value
        if value is not MISSING:
            found[name] = value
    return found


def _conversation_state(world: World, session: Session, call: Call) -> Json:
    """Return what is known of a call: the documented names, and the fields of earlier results."""
    line, person = ends_of(call)
    results: Json = {}
    for use in state_of(world).uses_of.get(call.id, ()):
        results |= use.result
    return (
        results
        | session.custom_parameters
        | session.constants
        | {
            "caller_number": person,
            "landing_number": line,
            "call_sid": call.id,
            "session_id": session.session_id,
        }
    )


def _said_so_far(world: World, session: Session, call: Call) -> Sequence[str]:
    """Return the turns of the person, the latest first."""
    turns = turns_of(world, session, call)
    return [turn.text for turn in reversed(turns) if turn.speaker is Speaker.PERSON]
