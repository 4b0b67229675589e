"""Recordings of transcripts: two voices, or two tones, and exactly as long as the call.

No recording is stored: it is made while it is sent, a second at a time.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from emulator.domain.recordings import Recording
from emulator.domain.ticks import SECOND
from emulator.domain.transcripts import Speaker, Turn
from emulator.domain.voices import NO_CHOICE
from emulator.voice.pcm import BYTES_PER_SAMPLE, interleave, mix
from emulator.voice.speech import Speech, Utterance
from emulator.voice.tone import tone
from emulator.voice.wav import header

RATE: Final = 8000
"""Samples per second, as on a telephone."""
LABEL: Final = "Synthetic: sound made by voicebot-emulator, no human voice"


def frames_of(span: int) -> int:
    """Return the samples in so many ticks."""
    return span * RATE // SECOND


class RecordingFile:
    """The WAV file of a recording, of which any part can be made."""

    def __init__(self, recording: Recording, speech: Speech | None) -> None:
        """Without speech, each turn is a tone."""
        self._recording = recording
        self._speech = speech
        self._channels = 2 if recording.is_dual else 1
        self._frame_bytes = self._channels * BYTES_PER_SAMPLE
        frames = frames_of(recording.talk)
        self._head = header(frames, RATE, self._channels, LABEL)
        self.size = len(self._head) + frames * self._frame_bytes

    async def part(self, start: int, stop: int) -> AsyncIterator[bytes]:
        """Make the bytes from ``start`` up to ``stop``, at most a second's at a time."""
        head = len(self._head)
        if start < head:
            yield self._head[start:stop]
        at, end = max(start - head, 0), stop - head
        spoken = _Turns(self._recording, self._speech)
        while at < end:
            second = at // (RATE * self._frame_bytes)
            begin = second * RATE * self._frame_bytes
            samples = self._joined(await spoken.second(second))
            yield samples[at - begin : end - begin]
            at = begin + len(samples)

    def _joined(self, sides: dict[Speaker, bytes]) -> bytes:
        join = interleave if self._recording.is_dual else mix
        return join(sides[Speaker.PERSON], sides[Speaker.BOT])


class _Turns:
    """The turns of a recording, read forwards; only those that are heard are in memory."""

    def __init__(self, recording: Recording, speech: Speech | None) -> None:
        self._turns = [
            (frames_of(turn.start), frames_of(turn.stop), turn) for turn in recording.turns
        ]
        self._language = recording.language
        self._person = recording.person
        self._speech = speech
        self._sounds: dict[Turn, bytes] = {}
        self._first = 0

    async def second(self, number: int) -> dict[Speaker, bytes]:
        """Return what each side says in a second of the call."""
        start, stop = number * RATE, (number + 1) * RATE
        heard = {speaker: bytearray(RATE * BYTES_PER_SAMPLE) for speaker in Speaker}
        turns = self._turns
        while self._first < len(turns) and turns[self._first][1] <= start:
            self._sounds.pop(turns[self._first][2], None)
            self._first += 1
        for begins, ends, turn in turns[self._first :]:
            if begins >= stop:
                break
            low, high = max(begins, start), min(ends, stop)
            if self._speech is None:
                samples = tone(turn.speaker, RATE, low - begins, high - low)
            else:
                sound = await self._sound(self._speech, turn, ends - begins)
                samples = sound[(low - begins) * BYTES_PER_SAMPLE :]
                samples = samples[: (high - low) * BYTES_PER_SAMPLE]
            at = (low - start) * BYTES_PER_SAMPLE
            heard[turn.speaker][at : at + len(samples)] = samples
        return {speaker: bytes(samples) for speaker, samples in heard.items()}

    async def _sound(self, speech: Speech, turn: Turn, within: int) -> bytes:
        """Return the samples of a turn; they end with its last word."""
        if turn not in self._sounds:
            choice = self._person if turn.speaker is Speaker.PERSON else NO_CHOICE
            asked = Utterance(turn.text, turn.speaker, self._language, RATE, within, choice)
            self._sounds[turn] = await asyncio.to_thread(speech.say, asked)
        return self._sounds[turn]
