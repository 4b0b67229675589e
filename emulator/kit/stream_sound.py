"""The sound of a stream: what was heard and when, its quality, and its recording."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Literal

from emulator.domain.transcripts import Speaker
from emulator.voice.pcm import audible_seconds, is_mulaw
from emulator.voice.quality import quality_of
from emulator.voice.timeline import AUDIBLE, SoundTimeline
from emulator.voice.tracks import StreamRecording, Tracks

__all__ = ["StreamRecording", "StreamSound", "heard_seconds", "is_mulaw"]


def heard_seconds(samples: bytes, rate: int) -> float:
    """Return for how long something is heard in a sound; pauses do not count."""
    return audible_seconds(samples, rate, AUDIBLE)


class StreamSound:
    """Both sides of one stream, as they are heard."""

    def __init__(
        self,
        rate: int,
        *,
        is_recorded: bool,
        room: Callable[[int], str],
        note: Callable[[str], None],
    ) -> None:
        """``room`` makes room for more bytes of a recording, or returns why there is none."""
        self.timeline = SoundTimeline()
        self.tracks = Tracks(rate) if is_recorded else None
        """The samples; None if nothing is recorded."""
        self.is_over = False
        """The stream has ended."""
        self.note_recording = note
        """Write down what has become of the recording."""
        self._rate, self._room = rate, room
        self._is_cut = False
        """No more is recorded."""

    @property
    def is_recorded(self) -> bool:
        """There is a recording, at least of a part."""
        return self.tracks is not None and self.tracks.size > 0

    def hear(self, person: bytes, bot: bytes, *, is_speaking: bool) -> None:
        """Add what was heard next of both, equally many samples; noise is no speech."""
        timeline, start = self.timeline, self.timeline.seconds
        timeline.hear(Speaker.PERSON, person if is_speaking else b"", self._rate, start)
        timeline.hear(Speaker.BOT, bot, self._rate, start)
        timeline.seconds = round(start + len(bot) // 2 / self._rate, 6)
        if self.tracks is not None and not self._is_cut:
            self._record(self.tracks, person, bot)

    def _record(self, tracks: Tracks, person: bytes, bot: bytes) -> None:
        """Write to the recording; it ends where there is no room, and the call continues."""
        problem = self._room(len(person) + len(bot))
        if not problem:
            try:
                tracks.write(person, bot)
            except OSError as error:
                problem = f"the disk takes no more ({error.strerror})"
        if problem:
            self._is_cut = True
            seconds = round(tracks.frames / self._rate, 3)
            self.note_recording(f"the recording ends after {seconds:g} s: {problem}")

    def note(
        self, kind: Literal["mark", "clear", "key"], text: str = "", dropped: float = 0.0
    ) -> None:
        """Add a moment: a mark that was played, a ``clear``, or a key."""
        self.timeline.add(kind, self.timeline.seconds, text, dropped)

    def quality(self) -> dict[str, Any]:
        """Return the figures so far."""
        return quality_of(self.timeline).shown()

    def events(self) -> list[dict[str, Any]]:
        """Return what was heard and when, for programs."""
        return [asdict(each) for each in self.timeline.events]
