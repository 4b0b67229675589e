"""VoiceBooker's webhooks: the bot's questions, and the results of outbound calls.

assumed: the result webhook. The page says only that a ``callRequestId`` "can be used for webhook
calls that will be triggered if the call succeeded or failed". Nothing is sent until the option
``result_webhooks`` of a world gives a URL.
https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from collections.abc import Iterable
from typing import Any, Final

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback
from emulator.domain.calls import IN_PROGRESS, TERMINAL, Call
from emulator.domain.events import CallTransition
from emulator.domain.faults import CallbackShape, StatusField
from emulator.kit.hints import misspelt_field
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.receiver_check import ReceiverCheck
from emulator.kit.world import World
from emulator.platforms.voicebooker.auth import TOKEN_HEADER
from emulator.platforms.voicebooker.book.reminders import APPOINTMENT_STEP, follow_appointment
from emulator.platforms.voicebooker.bot.conversations import Conversation
from emulator.platforms.voicebooker.bot.dialogue import act_on_response
from emulator.platforms.voicebooker.bot.functions import act_on_function
from emulator.platforms.voicebooker.bot.steps import (
    HANG_UP_STEP,
    NEXT_STEP,
    ask_or_hang_up,
    finish_conversation,
    hang_up,
    start_conversation,
)
from emulator.platforms.voicebooker.calls import place_requested
from emulator.platforms.voicebooker.options import options_of
from emulator.platforms.voicebooker.schemas.words import (
    FAILED,
    FUNCTION,
    SUCCEEDED,
    Action,
    status_word,
)
from emulator.platforms.voicebooker.state import OutboundCall, state_of

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.voicebooker.schemas import outbound_calls

RESULTS: Final = (SUCCEEDED, FAILED)
events: Final = (*Action, FUNCTION, *RESULTS)
shape: Final = CallbackShape(
    fields=(
        *("action", "sipId", "entityId", "appointmentTypeId", "agentId", "productId", "dateTime"),
        *("timezone", "slotId", "start", "booker", "participant", "bookingId", "slotIdOld"),
        *("slotIdNew", "id", "callRequestId", "event", "dest", "botId", "state"),
    ),
    statuses=(StatusField(path=("event",), contrary={SUCCEEDED: FAILED, FAILED: SUCCEEDED}),),
    follows=("make_call",),
    signature=TOKEN_HEADER,
)
"""Only the token authenticates a webhook; results report terminal statuses only."""


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Start the conversation of an answered call, finish that of an ended one, report results."""
    state = state_of(world)
    call = world.calls.get(event.call_id)
    conversation = state.conversations.find(call.id)
    if event.status is IN_PROGRESS and conversation is not None:
        world.engine.hold(call)  # also if the control API has answered it
        return start_conversation(world, conversation)
    if event.status not in TERMINAL:
        return ()
    if conversation is not None:
        finish_conversation(world, conversation, call)
    outbound = state.call_requests.find(call.id)
    return () if outbound is None else _result_callbacks(world, outbound, call)


def _result_callbacks(world: World, outbound: OutboundCall, call: Call) -> list[Callback]:
    """Report how an outbound call ended, if a URL is set."""
    url, event = _result_url(world, outbound), status_word(call.status)
    if url is None or event is None:
        return []
    body = {
        "callRequestId": outbound.id,
        "event": event,
        "dest": outbound.dest,
        "botId": outbound.bot_id,
        "state": outbound.state_during(call),
    }
    return [
        Callback(
            id=world.ids.uuid("voicebooker.callback"),
            platform="voicebooker",
            event=event,
            url=url,
            content=to_json(body),
            content_type="application/json",
            call_id=call.id,
        )
    ]


def _result_url(world: World, outbound: OutboundCall) -> str | None:
    urls = options_of(world).result_webhooks
    return urls.get(outbound.bot_id) or urls.get("*")


event_handlers: Final = {CallTransition: on_call_transition}
steps: Final = {
    NEXT_STEP: ask_or_hang_up,
    HANG_UP_STEP: hang_up,
    APPOINTMENT_STEP: follow_appointment,
}
responses: Final = {**dict.fromkeys(map(str, Action), act_on_response), FUNCTION: act_on_function}


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Say why the webhook was asked nothing, or why no result was sent."""
    state = state_of(world)
    has_ended = about.status in TERMINAL
    outbound = state.call_requests.find(about.id)
    if outbound is not None:
        return _why_no_result(world, outbound, has_ended=has_ended)
    conversation = state.conversations.find(about.id)
    if conversation is None or conversation.questions:
        return ()
    when = "was never answered" if has_ended else "is not answered yet"
    return (f"it {when}; the bot asks the webhook only once it is answered",)


def _why_no_result(world: World, outbound: OutboundCall, *, has_ended: bool) -> Iterable[str]:
    if _result_url(world, outbound) is None:
        yield (
            f"the option result_webhooks has no address for bot {outbound.bot_id}, nor for *; "
            "VoiceBooker's pages do not say where results go"
        )
        yield from misspelt_field(world, "voicebooker", "result_webhooks", outbound.id)
    elif not has_ended:
        yield "it has not ended; the result is sent then"
    elif not world.courier.log.about(outbound.id):
        yield "result_webhooks had no address for it when it ended"


def consequences(world: World, callback: Callback) -> Iterable[str]:
    """Say what the bot noted about a response, and what it did next."""
    conversation = state_of(world).conversations.find(callback.call_id or "")
    if conversation is None:
        return
    for place, question in enumerate(conversation.questions):
        if question.callback_id == callback.id:
            for deviation in question.deviations:
                yield f"the bot noted: {deviation}"
            if question.failure is not None:
                yield f"the bot could not use the response: {question.failure}"
            if question.answered_at is not None:
                yield _next_step(conversation, place)


def _next_step(conversation: Conversation, place: int) -> str:
    if place + 1 < len(conversation.questions):
        return f"then the bot asked {conversation.questions[place + 1].action}"
    if conversation.calls_function:
        return "then the bot calls its next function, when it has finished speaking"
    if conversation.next_action is not None:
        return f"then the bot asks {conversation.next_action}, when it has finished speaking"
    return f"then the conversation came to its end: {conversation.outcome or 'it continues'}"


CHECKED_CALL: Final = {"dest": "+493512399014", "botId": "sample", "sipAccountId": "salon"}
CHECKED_SCENARIO: Final = {"behavior": "busy", "ring_seconds": 3.0}
"""Without a conversation, so that nothing but the result is sent."""
FIRST_SCENARIO: Final = {"behavior": "hung_up", "ring_seconds": 3.0, "talk_seconds": 4.0}
"""The callee answers and soon hangs up, as a person waits for the result."""


def _place_checked_call(world: World, url: str) -> Call:
    """Place a call whose result goes to this URL."""
    return _placed(world, url, CHECKED_SCENARIO)


def _place_first_call(world: World, url: str) -> Call:
    """Place a short call whose result goes to this URL."""
    return _placed(world, url, FIRST_SCENARIO)


def _placed(world: World, url: str, scenario: dict[str, Any]) -> Call:
    before = options_of(world)
    urls = before.result_webhooks | {CHECKED_CALL["botId"]: url}
    options = before.model_copy(update={"result_webhooks": urls})
    others = world.settings.options
    world.change_settings(
        auth=None, calls_per_second=None, options=others | {"voicebooker": options}
    )
    own = scenarios.scenario_of(world, "scenario", scenarios.OwnScenario.model_validate(scenario))
    asked = outbound_calls.MakeCallRequest.model_validate(CHECKED_CALL)
    return world.calls.get(place_requested(world, asked, own))


receiver_check: Final = ReceiverCheck(
    place=_place_checked_call,
    first=_place_first_call,
    subject="callRequestId",
    last=frozenset(RESULTS),
)
