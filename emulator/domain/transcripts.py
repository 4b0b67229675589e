"""Transcripts: who said what and when, laid out over the time two ends were connected."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from emulator.domain.ticks import SECOND

PACE: Final = 16
"""Characters spoken in a second."""


class Speaker(StrEnum):
    """Which end speaks; each vendor has its own words for them."""

    BOT = "bot"
    PERSON = "person"


class Line(NamedTuple):
    """What is to be said."""

    speaker: Speaker
    text: str


class Turn(NamedTuple):
    """What was said: from ``start`` up to ``stop``, in ticks since the call was answered."""

    speaker: Speaker
    text: str
    start: int
    stop: int


def span(text: str) -> int:
    """Ticks it takes to say this, and to be answered."""
    return (1 + len(text) // PACE) * SECOND


def spoken(lines: Iterable[Line], talk: int) -> list[Turn]:
    """Lay lines out at the pace of speech; what would begin after the end is never said."""
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
    """Lay all lines out, faster than speech where there is not the time for them."""
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


def until(turns: Iterable[Turn], talk: int) -> list[Turn]:
    """The turns that had begun when the call ended, the last one cut off where it did."""
    return [
        turn if turn.stop <= talk else turn._replace(stop=talk)
        for turn in turns
        if turn.start < talk
    ]
