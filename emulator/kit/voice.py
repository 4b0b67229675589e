"""The voice of a person in sound that is made while it is sent."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from emulator.domain.transcripts import Speaker
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


class PersonVoice:
    """Speaks the texts of one person; each is spoken ahead of its time, in a thread."""

    def __init__(self, rate: int, language: str = "", *, is_spoken: bool = True) -> None:
        """``is_spoken``: unless tones are wanted instead."""
        self._rate, self._language, self._is_wanted = rate, language, is_spoken
        self._coming: tuple[str, Future[bytes | None]] | None = None

    def prepare(self, texts: Iterable[str]) -> None:
        """Begin to speak the first of the texts that come."""
        text = next(iter(texts), None)
        if text is not None and self._is_wanted:
            self._coming = (text, _thread().submit(self._spoken, text))

    def say(self, text: str) -> bytes | None:
        """Return the samples of a text; None where there is no speech, only tones."""
        if self._coming is not None and self._coming[0] == text:
            return self._coming[1].result()
        return self._spoken(text) if self._is_wanted else None

    def _spoken(self, text: str) -> bytes | None:
        speech = find_speech()
        if speech is None:
            return None
        return speech.say(Utterance(text, Speaker.PERSON, self._language, self._rate))


@cache
def _thread() -> ThreadPoolExecutor:
    """Return the thread that speaks: there is one synthesis at a time."""
    return ThreadPoolExecutor(1, "speech")
