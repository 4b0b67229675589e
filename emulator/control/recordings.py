"""Recordings of calls: their sound, and who speaks when."""

from typing import Final, Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import CLOSED, platforms_of
from emulator.domain.calls import Call
from emulator.domain.recordings import Recording
from emulator.domain.ticks import SECOND
from emulator.kit.errors import ApiError
from emulator.kit.http import json_response, read_query
from emulator.kit.operation import Operation
from emulator.kit.recording import send_recording
from emulator.kit.world import world_of
from emulator.voice.tracks import StreamRecording


class RecordingQuery(BaseModel):
    """The query of ``GET /calls/{id}/recording``."""

    model_config = CLOSED

    channels: Literal["single", "dual"] | None = None
    """Both sides on one channel, or the person on the left and the bot on the right."""


async def get_call_recording(request: Request) -> Response:
    """Play what was said on a call that has ended: a WAV file as long as the call."""
    channels = read_query(request, RecordingQuery).channels
    recording = _recorded(request)
    if channels is not None:
        recording = recording._replace(is_dual=channels == "dual")
    return await send_recording(request, recording)


async def list_recorded_turns(request: Request) -> Response:
    """List who spoke when in a call's recording; empty for the sound of a stream."""
    recording = _recorded(request)
    if not isinstance(recording, Recording):
        tracks = recording.tracks
        return json_response({"seconds": tracks.frames / tracks.rate, "turns": []})
    return json_response(
        {
            "seconds": recording.talk / SECOND,
            "turns": [
                {
                    "speaker": turn.speaker,
                    "from": turn.start / SECOND,
                    "until": turn.stop / SECOND,
                    "text": turn.text,
                }
                for turn in recording.turns
            ],
        }
    )


def _recorded(request: Request) -> Recording | StreamRecording:
    call = world_of(request).calls.get(request.path_params["id"])
    recording = recording_of(request, call)
    if recording is None:
        raise ApiError(404, "not_found", f"call {call.id} has no recording")
    return recording


def recording_of(request: Request, call: Call) -> Recording | StreamRecording | None:
    """Return what the recording of a call is made of; None if there is none."""
    return platforms_of(request)[call.platform].hooks.recording(world_of(request), call)


recording_routes: Final = (
    Operation(
        method="GET",
        path="/calls/{id}/recording",
        handler=get_call_recording,
        query=RecordingQuery,
        gives_as="audio/wav",
    ),
    Operation(method="GET", path="/calls/{id}/recording/turns", handler=list_recorded_turns),
)
