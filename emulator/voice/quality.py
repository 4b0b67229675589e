"""How well a bot conversed: figures in seconds, computed from what was heard and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from emulator.domain.transcripts import Speaker
from emulator.voice.timeline import SoundTimeline

DEAD_AIR_SECONDS: Final = 2.0
"""A silence of both sides that lasts longer is dead air."""

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTimes:
    """From the end of each of the person's sentences to the bot's next sound."""

    median: float | None
    p95: float | None
    worst: float | None
    each: tuple[float, ...]
    at: tuple[float, ...]
    """When each of those sentences has ended."""
    unanswered: int
    """Sentences that were followed by no sound of the bot's."""

    @classmethod
    def of(cls, waits: Sequence[tuple[float, float | None]]) -> "ResponseTimes":
        """Return the figures of sentences: when each has ended, and its wait; None for ever."""
        known = sorted(wait for _, wait in waits if wait is not None)
        return cls(
            median=_rank(known, 0.5),
            p95=_rank(known, 0.95),
            worst=known[-1] if known else None,
            each=tuple(wait for _, wait in waits if wait is not None),
            at=tuple(at for at, wait in waits if wait is not None),
            unanswered=len(waits) - len(known),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BargeIn:
    """The person has begun to speak while the bot was heard."""

    at: float
    to_clear: float | None
    """Until the bot sent ``clear``; None if it sent none before it fell silent."""
    to_silence: float
    """Until the bot was not heard any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The figures of one stream."""

    first_sound: float | None
    """From ``start`` to the bot's first sound; None if there was none."""
    response: ResponseTimes
    barge_ins: tuple[BargeIn, ...]
    dead_air: float
    """Seconds of the silences of both sides that lasted longer than two seconds."""
    longest_silence: float
    talk_over: float
    """Seconds in which both were heard."""
    talk_ratio: float | None
    """The bot's part of all that was heard."""
    dropped: float
    """Seconds of the bot's sound that ``clear`` has dropped."""

    def shown(self) -> dict[str, Any]:
        """Return the figures for programs."""
        return {
            "first_sound": self.first_sound,
            "response": {
                "median": self.response.median,
                "p95": self.response.p95,
                "worst": self.response.worst,
                "each": list(self.response.each),
                "at": list(self.response.at),
                "unanswered": self.response.unanswered,
            },
            "barge_ins": [
                {"at": each.at, "to_clear": each.to_clear, "to_silence": each.to_silence}
                for each in self.barge_ins
            ],
            "dead_air": self.dead_air,
            "longest_silence": self.longest_silence,
            "talk_over": self.talk_over,
            "talk_ratio": self.talk_ratio,
            "dropped": self.dropped,
        }


def quality_of(timeline: SoundTimeline) -> Quality:
    """Compute the figures of a stream, also of one that continues."""
    person, bot = timeline.stretches(Speaker.PERSON), timeline.stretches(Speaker.BOT)
    silences = _silences(sorted([*person, *bot]), timeline.seconds)
    heard = [sum(stop - start for start, stop in side) for side in (person, bot)]
    return Quality(
        first_sound=bot[0][0] if bot else None,
        response=ResponseTimes.of(_responses(person, bot)),
        barge_ins=tuple(_barge_ins(timeline, person, bot)),
        dead_air=round(sum(each for each in silences if each > DEAD_AIR_SECONDS), 3),
        longest_silence=round(max(silences, default=0.0), 3),
        talk_over=round(sum(_overlap(one, other) for one in person for other in bot), 3),
        talk_ratio=round(heard[1] / sum(heard), 3) if sum(heard) else None,
        dropped=round(sum(each.dropped for each in timeline.moments("clear")), 3),
    )


def _responses(
    person: Sequence[Stretch], bot: Sequence[Stretch]
) -> list[tuple[float, float | None]]:
    """Return when each sentence ended, and its wait for the bot, if that came before the next."""
    found: list[tuple[float, float | None]] = []
    for number, (_, stop) in enumerate(person):
        until = person[number + 1][0] if number + 1 < len(person) else float("inf")
        begins = next((start for start, _ in bot if stop <= start < until), None)
        found.append((stop, None if begins is None else round(begins - stop, 3)))
    return found


def _barge_ins(
    timeline: SoundTimeline, person: Sequence[Stretch], bot: Sequence[Stretch]
) -> list[BargeIn]:
    clears = [each.start for each in timeline.moments("clear")]
    found: list[BargeIn] = []
    for at, _ in person:
        ends = next((stop for start, stop in bot if start < at < stop), None)
        if ends is not None:
            clear = next((each for each in clears if at <= each <= ends), None)
            to_clear = None if clear is None else round(clear - at, 3)
            found.append(BargeIn(at=at, to_clear=to_clear, to_silence=round(ends - at, 3)))
    return found


def _silences(heard: Sequence[Stretch], seconds: float) -> list[float]:
    """Return how long each silence of both sides was, in order."""
    found, until = list[float](), 0.0
    for start, stop in heard:
        if start > until:
            found.append(start - until)
        until = max(until, stop)
    return [*found, seconds - until] if seconds > until else found


def _overlap(one: Stretch, other: Stretch) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


def _rank(ordered: Sequence[float], part: float) -> float | None:
    """Return the value that so large a part is not above: one of those measured."""
    return ordered[max(0, ceil(part * len(ordered)) - 1)] if ordered else None
