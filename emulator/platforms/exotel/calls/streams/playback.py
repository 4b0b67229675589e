"""What a bot has sent and the person is to hear: played in real time, after one another."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from emulator.kit.voice import loudest

BYTES_PER_SAMPLE: Final = 2
MAX_QUEUED_SECONDS: Final = 600
MAX_QUEUED_MARKS: Final = 10_000
AUDIBLE: Final = 300
"""Samples as loud as this can be heard: about -41 dBFS."""


@dataclass(slots=True)
class _Sound:
    """Sound that waits, and from which sample of the stream on it can be played."""

    content: memoryview
    earliest: int


class Playback:
    """The queue of one stream. Positions are samples since the stream began."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._waiting: deque[_Sound | str] = deque()
        """Sound, and the names of marks."""
        self._marks = 0
        self.position = 0
        self.queued = self.played = self.dropped = 0
        """Samples that wait, that were played, that ``clear`` or the limit has dropped."""
        self.last_audible: int | None = None
        """Where the person last heard something."""
        self.is_audible = False
        """Something was heard in the last stretch."""

    def add(self, sound: bytes, earliest: int) -> bool:
        """Queue sound; False, and nothing is queued, when too much waits already."""
        samples = len(sound) // BYTES_PER_SAMPLE
        if self.queued + samples > MAX_QUEUED_SECONDS * self.rate:
            self.dropped += samples
            return False
        if samples:
            self._waiting.append(_Sound(memoryview(sound), earliest))
            self.queued += samples
        return True

    def mark(self, name: str) -> bool:
        """Queue a mark; False when its place has been played already: nothing is before it."""
        if not self._waiting or self._marks >= MAX_QUEUED_MARKS:
            return False
        self._waiting.append(name)
        self._marks += 1
        return True

    def clear(self) -> list[str]:
        """Empty the queue; return the marks that were in it, in order."""
        marks = [each for each in self._waiting if isinstance(each, str)]
        self.dropped += self.queued
        self.queued = self._marks = 0
        self._waiting.clear()
        return marks

    def play(self, count: int) -> tuple[bytes, list[str]]:
        """Play so many samples: what was heard, silence included, and the marks that fell."""
        stop, parts, marks = self.position + count, list[bytes](), list[str]()
        while self._waiting:
            first = self._waiting[0]
            if isinstance(first, str):
                self._waiting.popleft()
                self._marks -= 1
                marks.append(first)
                continue
            gap = min(first.earliest, stop) - self.position
            if gap > 0:
                parts.append(bytes(gap * BYTES_PER_SAMPLE))
                self.position += gap
            room = stop - self.position
            if room <= 0:
                break
            part = first.content[: room * BYTES_PER_SAMPLE]
            parts.append(bytes(part))
            samples = len(part) // BYTES_PER_SAMPLE
            self.position, self.played = self.position + samples, self.played + samples
            self.queued -= samples
            first.content = first.content[len(part) :]
            if not first.content:
                self._waiting.popleft()
        parts.append(bytes((stop - self.position) * BYTES_PER_SAMPLE))
        self.position = stop
        heard = b"".join(parts)
        self.is_audible = loudest(heard) >= AUDIBLE
        if self.is_audible:
            self.last_audible = stop
        return heard, marks
