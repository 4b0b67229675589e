"""Recordings as responses: the file or a part of it, made while it is sent."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from emulator.domain.recordings import Recording
from emulator.kit.byte_range import asked_range
from emulator.kit.world import world_of
from emulator.voice.tracks import StreamRecording, TracksFile
from emulator.voice.wav import MEDIA_TYPE


async def send_recording(request: Request, recording: Recording | StreamRecording) -> Response:
    """Respond with a recording, or with the range of it that is asked for."""
    from emulator.voice.recordings import RecordingFile  # noqa: PLC0415  # start-up time
    from emulator.voice.speech import find_speech  # noqa: PLC0415  # start-up time

    file: RecordingFile | TracksFile
    if isinstance(recording, StreamRecording):
        file = TracksFile(recording)
    else:
        speaks = world_of(request).server.voice == "spoken"
        file = RecordingFile(recording, await asyncio.to_thread(find_speech) if speaks else None)
    part = asked_range(request.headers.get("range"), file.size)
    start, stop = part or (0, file.size)
    headers = {
        "Content-Length": str(stop - start),
        "Accept-Ranges": "bytes",
        "X-Emulator-Recording": "synthetic",
    }
    status = 200
    if part is not None:
        status, headers["Content-Range"] = 206, f"bytes {start}-{stop - 1}/{file.size}"
    if request.method == "HEAD":
        return Response(None, status, headers, MEDIA_TYPE)
    return StreamingResponse(file.part(start, stop), status, headers, MEDIA_TYPE)
