"""What calls do with streams: open them, continue when they end, end them with the call."""

from typing import Final

from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import COMPLETED, IN_PROGRESS
from emulator.kit.json import JsonError, read_json
from emulator.kit.world import World
from emulator.platforms.exotel.calls.flow_steps import end_call, run_flow
from emulator.platforms.exotel.calls.records.streams import BotStream, StreamKind
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.serializers import passthru_words
from emulator.platforms.exotel.calls.state import state_of
from emulator.platforms.exotel.calls.streams.lifecycle import step_stream, stop_stream
from emulator.platforms.exotel.calls.streams.openings import open_stream

BEGINS_WITH_SECOND_LEG: Final = "at Leg2Connect"
NO_ANSWER: Final = "the dynamic address did not answer: "


def take_stream_step(world: World, stream_sid: str) -> None:
    """Continue with a stream, and with its call when the stream has ended."""
    record = state_of(world).streams.find(stream_sid)
    if record is None or record.status != "open":
        return
    if step_stream(world, stream_sid):
        hang_up(world, record.call_id)
    elif state_of(world).streams.get(stream_sid).status != "open":
        resume_call(world, record)


def hang_up(world: World, call_id: str) -> None:
    """Have the person hang up."""
    if world.calls.get(call_id).status is IN_PROGRESS:
        world.engine.move(call_id, COMPLETED)


def resume_call(world: World, record: BotStream) -> None:
    """Continue with the call of a stream that has ended."""
    state = state_of(world)
    call = state.calls.get(record.call_id)
    if world.calls.get(call.id).status is not IN_PROGRESS:
        return
    if record.kind == "voice_ai":
        end_call(world, call)
    elif record.kind == "voicebot" and call.flow is not None:
        call.flow.stream = passthru_words(world, record)
        run_flow(world, state, call, call.flow)
        state.save(call)


def take_voicebot_address(world: World, callback: Callback, response: CallbackResponse) -> None:
    """Dial the address that a dynamic address has answered: ``{"url": "wss://..."}``."""
    found = _open_answered(world, callback, response, "voicebot")
    if found is not None and found[1].status != "open":
        call, _ = found
        if call.flow is not None:
            state = state_of(world)
            run_flow(world, state, call, call.flow)
            state.save(call)


def take_stream_address(world: World, callback: Callback, response: CallbackResponse) -> None:
    """Dial the address for a one-way stream, while the flow continues."""
    _open_answered(world, callback, response, "stream")


def _open_answered(
    world: World, callback: Callback, response: CallbackResponse, kind: StreamKind
) -> tuple[VoiceCall, BotStream] | None:
    """Open a stream to the address of a response, unless the call has ended meanwhile."""
    call = state_of(world).calls.find(callback.call_id)
    if call is None or call.flow is None or world.calls.get(call.id).status is not IN_PROGRESS:
        return None
    url, problem = read_answer(response)
    shown = callback.url.partition("?")[0]
    applet = call.flow.asked.pop(callback.id, {})
    record = open_stream(
        world, call, kind, url or shown, applet=applet, problem=problem, fault=callback.fault
    )
    call.flow.stream = passthru_words(world, record)
    state_of(world).save(call)
    return call, record


def read_answer(response: CallbackResponse) -> tuple[str, str]:
    """Return the address of a response, or why it has none."""
    if response.status is None:
        return "", f"{NO_ANSWER}{response.error}"
    try:
        value = read_json(response.body)
    except JsonError:
        return "", 'the dynamic address must answer {"url": "wss://..."} as JSON'
    url = value.get("url") if isinstance(value, dict) else None
    if isinstance(url, str) and url.lower().startswith(("ws://", "wss://")):
        return url, ""
    return "", 'the dynamic address must answer {"url": "wss://..."}'


def open_voice_ai(world: World, call: VoiceCall) -> None:
    """Connect the person who has answered to the bot of Connect Voice AI."""
    record = open_stream(world, call, "voice_ai", call.stream["StreamUrl"])
    if record.status != "open":
        end_call(world, call)


def open_with_leg(world: World, call: VoiceCall, leg: int) -> None:
    """Open the one-way stream of a call of two numbers, when its leg is on the line.

    assumed: with the first leg, unless the request says the second.
    """
    url = call.stream.get("StreamUrl")
    begins = 2 if call.stream.get("StreamBegin") == BEGINS_WITH_SECOND_LEG else 1
    if url is not None and leg == begins and not call.streams:
        open_stream(world, call, "stream", url)


def end_streams(world: World, call: VoiceCall) -> None:
    """End the streams of a call that has ended."""
    state = state_of(world)
    for stream_sid in call.streams:
        record = state.open_streams.get(stream_sid)
        if record is not None:
            stop_stream(world, record, "callended", "cancelled")
            if call.flow is not None and record.kind != "stream":
                call.flow.stream = passthru_words(world, record)
