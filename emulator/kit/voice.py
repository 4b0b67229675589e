"""The voice of a person in sound that is made while it is sent."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from emulator.domain.transcripts import Speaker
from emulator.domain.voices import NO_CHOICE, VoiceChoice
from emulator.voice.pcm import from_mulaw, loudest, mix, resample_part, to_mulaw
from emulator.voice.speech import Utterance, find_speech
from emulator.voice.tone import key_tone, tone

__all__ = [
    "PersonVoice",
    "from_mulaw",
    "key_tone",
    "loudest",
    "mix",
    "person_tone",
    "resample_part",
    "to_mulaw",
]


def person_tone(rate: int, start: int, count: int) -> bytes:
    """Return samples of a person's tone, at most a second's, from the given one on."""
    return tone(Speaker.PERSON, rate, start, count)


Said = tuple[str, VoiceChoice]
"""A text, and how it is to be said if that differs from the person's other texts."""


class PersonVoice:
    """Speaks the texts of one person; each is spoken ahead of its time, in a thread."""

    def __init__(
        self,
        rate: int,
        choice: VoiceChoice = NO_CHOICE,
        usual: VoiceChoice = NO_CHOICE,
        *,
        is_spoken: bool = True,
    ) -> None:
        """``choice``: how this person speaks; ``usual``: how all do for whom nothing is chosen.

        The usual language is for texts in its script. ``is_spoken``: unless tones are wanted.
        """
        self._rate, self._is_wanted = rate, is_spoken
        self._choice = choice.otherwise(VoiceChoice(voice=usual.voice))
        self._usual = usual.language
        self._coming: tuple[Said, Future[bytes | None]] | None = None

    def prepare(self, texts: Iterable[Said]) -> None:
        """Begin to speak the first of the texts that come."""
        said = next(iter(texts), None)
        if said is not None and self._is_wanted:
            self._coming = (said, _thread().submit(self._spoken, said))

    def say(self, said: Said) -> bytes | None:
        """Return the samples of a text; None where there is no speech, only tones."""
        if self._coming is not None and self._coming[0] == said:
            return self._coming[1].result()
        return self._spoken(said) if self._is_wanted else None

    def _spoken(self, said: Said) -> bytes | None:
        speech = find_speech()
        if speech is None:
            return None
        text, choice = said
        chosen = choice.otherwise(self._choice)
        asked = Utterance(text, Speaker.PERSON, self._usual, self._rate, choice=chosen)
        return speech.say(asked)


@cache
def _thread() -> ThreadPoolExecutor:
    """Return the thread that speaks: there is one synthesis at a time."""
    return ThreadPoolExecutor(1, "speech")
