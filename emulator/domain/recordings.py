"""Recordings: what is heard on a call that has ended."""

from collections.abc import Sequence
from typing import NamedTuple

from emulator.domain.transcripts import Turn
from emulator.domain.voices import NO_CHOICE, VoiceChoice


class Recording(NamedTuple):
    """What both sides said; the sound is made of it."""

    turns: Sequence[Turn]
    """In the order in which they begin."""
    talk: int
    """How long it is, in ticks."""
    language: str = ""
    """The language that the bot is set to, if it is known."""
    person: VoiceChoice = NO_CHOICE
    """How the person speaks, if that was chosen."""
    is_dual: bool = False
    """The person is on the left, the bot on the right; otherwise both are on one channel."""
