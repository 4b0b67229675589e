"""Routes of the control API: streams, what passed on them, and what their persons do next."""

from itertools import islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.errors import ApiError
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.recording import send_recording
from emulator.kit.stream_sound import StreamRecording
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.calls.records.streams import BotStream, StreamFinding
from emulator.platforms.exotel.calls.serializers import stream_recording_url
from emulator.platforms.exotel.calls.state import state_of
from emulator.platforms.exotel.voicebots.schemas import wire_time

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.exotel.calls.schemas import controls as control_schemas


async def list_streams(request: Request) -> Response:
    """List the streams, newest first."""
    world, query = world_of(request), read_query(request, control_schemas.StreamsQuery)
    newest = reversed(state_of(world).streams.by_id.values())
    return json_response([shown_stream(world, each) for each in islice(newest, query.limit)])


async def show_stream(request: Request) -> Response:
    """Show a stream: how it ended, what passed on it, and what was found wrong with the bot."""
    world = world_of(request)
    return json_response(shown_stream(world, _found(request)))


async def list_frames(request: Request) -> Response:
    """List the messages of a stream, oldest first, with sizes instead of sound.

    The newest thousand are kept, of the newest hundred streams, until the emulator stops.
    """
    frames = state_of(world_of(request)).frames.get(_found(request).id, ())
    names = ("at", "from", "event", "detail")
    return json_response([dict(zip(names, each, strict=True)) for each in frames])


async def list_sounds(request: Request) -> Response:
    """List what was heard and when, in seconds: sound of both sides, marks, clears and keys.

    It is known of the newest hundred streams, until the emulator stops.
    """
    sound = state_of(world_of(request)).sounds.find(_found(request).id)
    return json_response([] if sound is None else sound.events())


async def get_recording(request: Request) -> Response:
    """Download the recording of a stream: the person is on the left, the bot on the right."""
    stream = _found(request)
    sound = state_of(world_of(request)).sounds.find(stream.id)
    if sound is None or sound.tracks is None or not sound.is_recorded:
        raise UnknownError("recording", stream.id)
    return await send_recording(request, StreamRecording(sound.tracks, is_dual=True))


async def set_steps(request: Request) -> Response:
    """Replace what is left of the person's script."""
    world, stream = world_of(request), _found(request)
    asked = read_body(request, control_schemas.StepsChange)
    talk = state_of(world).live.get(stream.id)
    if talk is None:
        raise ApiError(409, "stream_ended", f"stream {stream.id} is not open")
    scenarios.check_sounds(world, "steps", asked.steps)
    talk.person.replace(scenarios.plain_script(asked.steps))
    return json_response(shown_stream(world, stream))


def _found(request: Request) -> BotStream:
    return state_of(world_of(request)).streams.get(request.path_params["stream_sid"])


def shown_stream(world: World, stream: BotStream) -> dict[str, Any]:
    """Return a stream for programs."""
    talk = state_of(world).live.get(stream.id)
    if talk is not None:
        talk.note_counts()
    times = {
        "opened_at": stream.opened_at,
        "connected_at": stream.connected_at,
        "ended_at": stream.ended_at,
    }
    return {
        "stream_sid": stream.id,
        "call_sid": stream.call_id,
        "kind": stream.kind,
        "url": stream.url,
        "sample_rate": stream.sample_rate,
        **({"extension": stream.extension} if stream.extension else {}),
        "status": stream.status,
        "disconnected_by": stream.disconnected_by,
        "detailed_status": stream.detailed_status or None,
        "error": stream.error or None,
        "close_code": stream.close_code,
        "attempts": stream.attempts,
        **{name: None if at is None else wire_time(at) for name, at in times.items()},
        "duration": stream.seconds,
        "sent": stream.sent,
        "received": stream.received,
        "played_seconds": stream.played_seconds,
        "dropped_seconds": stream.dropped_seconds,
        "quality": stream.quality or None,
        "recording_url": stream_recording_url(world, stream) or None,
        "notes": stream.notes,
        **_fault(stream),
        "findings": [_finding(stream, each) for each in stream.findings],
    }


def _finding(stream: BotStream, finding: StreamFinding) -> dict[str, Any]:
    """Return a finding; its first time also as seconds since the stream began."""
    since = finding.first_at - (stream.connected_at or stream.opened_at)
    return {
        "code": finding.code,
        "count": finding.count,
        "first_at": wire_time(finding.first_at),
        "first_seconds": round(since.total_seconds(), 3),
        "text": finding.text,
    }


def _fault(stream: BotStream) -> dict[str, Any]:
    """Return the mark of a fault, if one changed where the stream leads."""
    if stream.fault_id is None:
        return {}
    mark = {"id": stream.fault_id, "kind": stream.fault_kind}
    return {"fault_id": stream.fault_id, "fault": mark}


STREAM: Final = "/streams/{stream_sid}"

stream_controls: Final = (
    Operation(
        method="GET",
        path="/streams",
        handler=list_streams,
        query=lambda: control_schemas.StreamsQuery,
    ),
    Operation(method="GET", path=STREAM, handler=show_stream),
    Operation(method="GET", path=f"{STREAM}/frames", handler=list_frames),
    Operation(method="GET", path=f"{STREAM}/sounds", handler=list_sounds),
    Operation(
        method="GET", path=f"{STREAM}/recording", handler=get_recording, gives_as="audio/wav"
    ),
    Operation(
        method="POST",
        path=f"{STREAM}/steps",
        handler=set_steps,
        takes=lambda: control_schemas.StepsChange,
    ),
)
