"""Calls as the control API places and describes them.

``Calls/connect`` places calls of two numbers; persons who call in are placed here alone.
"""

from typing import Any, Final

from emulator.domain.calls import Call, Direction
from emulator.domain.recordings import Recording
from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.stream_sound import StreamRecording
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_id, account_key
from emulator.platforms.exotel.calls.connections import (
    Limits,
    find_flow,
    owned_exophones,
    place_voice_call,
)
from emulator.platforms.exotel.calls.passthru import CAUSES
from emulator.platforms.exotel.calls.recordings import recording_of
from emulator.platforms.exotel.calls.records.voice_calls import FlowProgress, Leg, VoiceCall
from emulator.platforms.exotel.calls.serializers import direction_of, recording_url
from emulator.platforms.exotel.calls.state import state_of
from emulator.platforms.exotel.calls.stream_controls import shown_stream
from emulator.platforms.exotel.calls.streams.addresses import without_credentials
from emulator.platforms.exotel.voicebots.schemas import wire_time

with on_first_use():
    from emulator.platforms.exotel.calls.schemas import call_requests

DEFAULT_PERSON_NUMBER: Final = "+919876543210"


def place(world: World, asked: "call_requests.FlowCallRequest") -> Call:
    """Have a person call, or be called by, a flow or a bot; ApiError 400 for an unknown flow."""
    account = account_key(world, asked.account_id)
    state = state_of(world)
    flow = None
    if asked.bot_url is None:
        flow = find_flow(world, state, account, "flow_id", asked.flow_id or "")
    elif asked.flow_id is not None:
        raise invalid(("bot_url", "is not allowed with flow_id: the flow has the bot"))
    person = asked.person or DEFAULT_PERSON_NUMBER
    call = VoiceCall(
        id=world.ids.hex("exotel.call"),
        account=account,
        kind="stream" if flow is None else "flow",
        is_inbound=asked.direction is Direction.INBOUND,
        from_number=person,
        to_number=None,
        exophone=asked.line or owned_exophones(world, state, account)[0],
        created_at=world.clock.now(),
        updated_at=world.clock.now(),
        legs=[Leg(number=person)],
        is_recorded=flow is None,
        flow=None if flow is None else FlowProgress(flow_id=flow.flow_id),
    )
    if asked.bot_url is not None:
        call.stream = {"StreamUrl": asked.bot_url, "StreamType": "bidirectional"}
    if call.is_inbound:
        call.to_number = call.exophone
    return place_voice_call(world, state, call, Limits(), asked.scenario)


def _leg(leg: Leg) -> dict[str, Any]:
    """Return a leg with its times, and why it ended."""
    times = {
        "ringing_at": leg.began_at,
        "answered_at": leg.answered_at,
        "ended_at": leg.ended_at,
    }
    cause = CAUSES[leg.status or ""][0].lower() if leg.ended_at is not None else None
    return {
        "number": leg.number,
        "status": leg.status,
        "seconds": leg.seconds(),
        **{name: None if at is None else wire_time(at) for name, at in times.items()},
        "cause": cause,
    }


def describe(world: World, call: Call) -> dict[str, Any]:
    """Return what the Calls API knows of a call."""
    known = state_of(world).calls.find(call.id)
    if known is None:
        return {}
    shown: dict[str, Any] = {
        "account_id": account_id(world, known.account),
        "call_sid": known.id,
        "kind": known.kind,
        "status": known.status,
        "direction": direction_of(known),
        "exophone": known.exophone,
        "legs": [_leg(leg) for leg in known.legs],
        "notes": known.notes,
    }
    if known.flow is not None:
        shown |= {"flow_id": known.flow.flow_id, "applets_run": known.flow.run}
    if known.stream:
        shown["stream"] = known.stream | {
            "StreamUrl": without_credentials(known.stream["StreamUrl"])
        }
    if not known.streams:
        return {"voice_call": shown}
    streams = state_of(world).streams
    listed = [shown_stream(world, streams.get(each)) for each in known.streams]
    return {"voice_call": shown, "streams": listed}


def recording(world: World, call: Call) -> Recording | StreamRecording | None:
    """Return what was heard on a call that was recorded."""
    known = state_of(world).calls.find(call.id)
    return recording_of(world, known) if known is not None and recording_url(world, known) else None
