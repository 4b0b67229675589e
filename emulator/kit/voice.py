"""The voice of a person in sound that is made while it is sent."""

from emulator.domain.transcripts import Speaker
from emulator.voice.pcm import mix
from emulator.voice.tone import tone

__all__ = ["mix", "person_tone"]


def person_tone(rate: int, start: int, count: int) -> bytes:
    """Return samples of a person's tone, at most a second's, from the given one on."""
    return tone(Speaker.PERSON, rate, start, count)
