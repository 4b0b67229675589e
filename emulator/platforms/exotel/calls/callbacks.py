"""What becomes due when a call changes: legs, StatusCallbacks, flows, and the bill.

https://developer.exotel.com/docs/voice-v1/api-reference/status-callback
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from emulator.domain.actions import Wake
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback
from emulator.domain.calls import IN_PROGRESS, RINGING, TERMINAL, Call, CallStatus
from emulator.domain.events import CallTransition
from emulator.domain.ticks import SECOND
from emulator.kit.hints import misspelt_field
from emulator.kit.world import World
from emulator.platforms.exotel.calls import status_callbacks
from emulator.platforms.exotel.calls.flow_steps import (
    DIAL_STEP,
    FLOW_STEP,
    PASSTHRU_RESPONSE,
    branch,
    report_after_end,
    run_flow,
    take_flow_step,
    take_leg_step,
)
from emulator.platforms.exotel.calls.passthru import (
    PASSTHRU,
    STREAM_ADDRESS,
    STREAM_RESPONSE,
    VOICEBOT_RESPONSE,
)
from emulator.platforms.exotel.calls.receiver_checks import STATUS_CALLBACKS
from emulator.platforms.exotel.calls.records.voice_calls import LegWord, VoiceCall
from emulator.platforms.exotel.calls.schemas.words import status_word
from emulator.platforms.exotel.calls.state import CallsState, state_of
from emulator.platforms.exotel.calls.status_callbacks import (
    STATUS_CALLBACK_SHAPE,
    status_callback,
)
from emulator.platforms.exotel.calls.stream_steps import (
    end_streams,
    open_voice_ai,
    open_with_leg,
    take_stream_address,
    take_stream_step,
    take_voicebot_address,
)
from emulator.platforms.exotel.calls.streams.lifecycle import STREAM_STEP

BILL_DELAY: Final = timedelta(minutes=2)
"""Documented: Duration, Price and EndTime are filled about two minutes after the end."""
FIRST_LEG_STEP: Final = "calls.first_leg"
BEGIN_STEP: Final = "calls.begin"
BILL_STEP: Final = "calls.bill"


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Report a call that rings, is answered or has ended."""
    state = state_of(world)
    call = state.calls.find(event.call_id)
    if call is None:
        return ()
    call.updated_at = event.at
    if event.status is RINGING:
        return _ring(world, state, call)
    if event.status is IN_PROGRESS:
        return _connect(world, state, call)
    return _end(world, state, call, event) if event.status in TERMINAL else ()


def _ring(world: World, state: CallsState, call: VoiceCall) -> Iterable[Callback]:
    is_changed = call.first_leg.began_at != call.updated_at  # it waited for a line
    call.first_leg.began_at = call.updated_at
    if call.ring_ticks is not None:
        due = call.updated_at + timedelta(seconds=call.ring_ticks / SECOND)
        world.timeline.schedule(due, Wake("exotel", FIRST_LEG_STEP, call.id))
    if is_changed:
        state.save(call)
    return status_callback(world, call, status_callbacks.RINGING)


def answer_first_leg(world: World, call_id: str) -> None:
    """Report that the first of two persons is on the line, and dial the second."""
    state = state_of(world)
    call = state.calls.find(call_id)
    if call is None or world.calls.get(call_id).status is not RINGING:
        return
    call.updated_at = world.clock.now()
    call.first_leg.answer(call.updated_at)
    call.legs[1].began_at = call.updated_at
    state.save(call)
    for due in status_callback(world, call, status_callbacks.ANSWERED):
        world.courier.enqueue(due)
    open_with_leg(world, call, 1)


def _connect(world: World, state: CallsState, call: VoiceCall) -> Iterable[Callback]:
    due: list[Callback] = []
    for leg in call.legs:
        if leg.answered_at is None:
            leg.answer(call.updated_at)
            due += status_callback(world, call, status_callbacks.ANSWERED)
    state.save(call)
    if call.kind != "numbers" or call.stream:  # an event handler must not end a call: a step begins
        world.timeline.schedule(call.updated_at, Wake("exotel", BEGIN_STEP, call.id))
    return due


def begin(world: World, call_id: str) -> None:
    """Begin what the person who has answered is connected to."""
    state = state_of(world)
    call = state.calls.get(call_id)
    if world.calls.get(call_id).status is not IN_PROGRESS:
        return
    if call.flow is not None:
        run_flow(world, state, call, call.flow)
    elif call.kind == "numbers":
        open_with_leg(world, call, 2)
    else:
        open_voice_ai(world, call)


def _end(
    world: World, state: CallsState, call: VoiceCall, event: CallTransition
) -> Iterable[Callback]:
    call.ended_at = event.at
    word = _leg_word(event.status)
    for leg in call.legs:
        if leg.answered_at is not None:
            leg.end("completed", event.at)
        elif leg.began_at is not None:
            leg.end(word if word != "completed" else "canceled", event.at)
    call.status = status_word(event.status)
    state.save(call)
    world.timeline.schedule(event.at + BILL_DELAY, Wake("exotel", BILL_STEP, call.id))
    end_streams(world, call)
    if call.flow is not None and call.first_leg.answered_at is not None:
        report_after_end(world, call, call.flow)
    return status_callback(world, call, status_callbacks.TERMINAL)


def _leg_word(status: CallStatus) -> LegWord:
    return "canceled" if status is CallStatus.CANCELED else status_word(status)


def bill(world: World, call_id: str) -> None:
    """Fill in Duration, Price and EndTime of a call that has ended."""
    state = state_of(world)
    call = state.calls.get(call_id)
    call.updated_at = world.clock.now()
    state.bill(call)


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Say why there is no StatusCallback of some event, or of any."""
    call = state_of(world).calls.find(about.id)
    if call is None:
        return
    if call.is_inbound:
        yield "it is an inbound call, and StatusCallbacks report outbound ones"
    elif call.status_callback is None:
        yield "it was placed without a StatusCallback"
        yield from misspelt_field(world, "exotel", "StatusCallback", call.id)
    elif about.status not in TERMINAL:
        yield "it has not ended, and events that have not happened are not reported"
    elif call.status_callback.events and "terminal" not in call.status_callback.events:
        chosen = ", ".join(call.status_callback.events)
        yield f"its StatusCallbackEvents are {chosen} only"


event_handlers: Final = {CallTransition: on_call_transition}
events: Final = (
    status_callbacks.ANSWERED,
    status_callbacks.TERMINAL,
    status_callbacks.RINGING,
    PASSTHRU,
    STREAM_ADDRESS,
)
shape: Final = STATUS_CALLBACK_SHAPE
receiver_check: Final = STATUS_CALLBACKS
steps: Final = {
    FIRST_LEG_STEP: answer_first_leg,
    BEGIN_STEP: begin,
    BILL_STEP: bill,
    STREAM_STEP: take_stream_step,
    FLOW_STEP: take_flow_step,
    DIAL_STEP: take_leg_step,
}
responses: Final = {
    PASSTHRU_RESPONSE: branch,
    VOICEBOT_RESPONSE: take_voicebot_address,
    STREAM_RESPONSE: take_stream_address,
}
