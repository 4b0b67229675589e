"""Transcripts: who said what and when, laid out over the talk time of a call."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from emulator.domain.ticks import SECOND

CHARACTERS_PER_SECOND: Final = 16
"""The pace of speech."""


class Speaker(StrEnum):
    """The end that speaks; each vendor has its own words for the two."""

    BOT = "bot"
    PERSON = "person"


class Line(NamedTuple):
    """A line of a script."""

    speaker: Speaker
    text: str


class Turn(NamedTuple):
    """An utterance; ``start`` and ``stop`` are ticks since the call was answered."""

    speaker: Speaker
    text: str
    start: int
    stop: int


def span(text: str) -> int:
    """Return the ticks it takes to say a text, with the pause after it."""
    return (1 + len(text) // CHARACTERS_PER_SECOND) * SECOND


def spoken(lines: Iterable[Line], talk: int) -> list[Turn]:
    """Lay lines out at the pace of speech; leave out lines that would start after the end."""
    turns: list[Turn] = []
    start = SECOND if talk > SECOND else 0
    for speaker, text in lines:
        if start >= talk:
            break
        stop = start + span(text)
        turns.append(Turn(speaker, text, start, min(stop, talk)))
        start = stop
    return turns


def squeezed(lines: Sequence[Line], talk: int) -> list[Turn]:
    """Lay all lines out, faster than speech if the talk time is too short."""
    needed = SECOND + sum(span(text) for _, text in lines)
    if needed <= talk:
        return spoken(lines, talk)
    turns: list[Turn] = []
    start = SECOND
    for speaker, text in lines:
        stop = start + span(text)
        turns.append(Turn(speaker, text, start * talk // needed, stop * talk // needed))
        start = stop
    return turns


def with_reply(turns: Sequence[Turn], text: str, at: int, talk: int) -> list[Turn]:
    """Have the bot say one more thing, after the turn that is spoken at this tick.

    Later turns follow it, faster if the talk time is too short. Turns that have begun stay as they
    are. A reply for which there is no time left is not said.
    """
    begun = [turn for turn in turns if turn.start < at]
    later = turns[len(begun) :]
    start = max(at, begun[-1].stop if begun else 0)
    if start >= talk:
        return list(turns)
    length = span(text)
    if not later or later[0].start >= start + length:
        stop = min(start + length, talk, later[0].start if later else talk)
        return [*begun, Turn(Speaker.BOT, text, start, stop), *later]
    first = later[0].start
    needed, room = length + later[-1].stop - first, talk - start
    room = min(room, needed)

    def moved(ticks: int) -> int:
        return start + (length + ticks - first) * room // needed

    reply = Turn(Speaker.BOT, text, start, start + length * room // needed)
    return [
        *begun,
        reply,
        *(turn._replace(start=moved(turn.start), stop=moved(turn.stop)) for turn in later),
    ]


def until(turns: Iterable[Turn], talk: int) -> list[Turn]:
    """Return the turns that had started when the call ended, and cut the last one off there."""
    return [
        turn if turn.stop <= talk else turn._replace(stop=talk)
        for turn in turns
        if turn.start < talk
    ]
