"""A pipecat bot on Exotel's AgentStream: it greets, and answers every sentence, with a tone."""

import math
import struct

from fastapi import FastAPI, WebSocket
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams
from pipecat.frames.frames import (
    OutputAudioRawFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.exotel import ExotelFrameSerializer
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

app = FastAPI()


def tone(rate, seconds):
    """Return a tone in place of words: a real bot has a speech service here."""
    waves = (math.sin(math.tau * 440 * n / rate) for n in range(rate * seconds))
    sound = b"".join(struct.pack("<h", int(3000 * wave)) for wave in waves)
    return OutputAudioRawFrame(audio=sound, sample_rate=rate, num_channels=1)


class Loudness(VADAnalyzer):
    """Takes whatever is loud for speech; a real bot has a model here."""

    def num_frames_required(self):
        """Look at a twentieth of a second."""
        return self.sample_rate // 20

    def voice_confidence(self, buffer):
        """Return 1 for loud sound, 0 for quiet sound."""
        return float(max(memoryview(buffer).cast("h")) > 1000)


class Receptionist(FrameProcessor):
    """Answers when the person has finished, and is silent while the person speaks."""

    def __init__(self, rate):
        """Speak with so many samples per second."""
        super().__init__()
        self.rate = rate

    async def process_frame(self, frame, direction):
        """Act on what the voice activity detection has found."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame):
            await self.broadcast_interruption()  # the serializer sends clear
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            await self.push_frame(tone(self.rate, 3))


@app.websocket("/")
async def answer(websocket: WebSocket):
    """Run a pipeline for one call, until the person hangs up."""
    await websocket.accept()
    rate = int(websocket.query_params.get("sample-rate", 8000))
    _, call = await parse_telephony_websocket(websocket)
    wire = ExotelFrameSerializer.InputParams(exotel_sample_rate=rate)
    transport = FastAPIWebsocketTransport(
        websocket=websocket,
        params=FastAPIWebsocketParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            audio_out_10ms_chunks=20,  # at 8 kHz the 3,200 bytes that Exotel asks for
            serializer=ExotelFrameSerializer(call["stream_id"], call["call_id"], wire),
        ),
    )
    hears = VADProcessor(vad_analyzer=Loudness(params=VADParams(stop_secs=0.5, min_volume=0)))
    worker = PipelineWorker(
        Pipeline([transport.input(), hears, Receptionist(rate), transport.output()]),
        params=PipelineParams(audio_in_sample_rate=rate, audio_out_sample_rate=rate),
    )

    @transport.event_handler("on_client_connected")
    async def greet(_transport, _client):
        await worker.queue_frame(tone(rate, 1))

    @transport.event_handler("on_client_disconnected")
    async def end(_transport, _client):
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()
