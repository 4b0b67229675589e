"""Texts as speech: each speaker has a voice, and what was said lately is kept."""

import logging
from collections import OrderedDict
from functools import cache
from threading import Lock
from typing import Final, NamedTuple

from emulator.domain.transcripts import Speaker
from emulator.domain.voices import NO_CHOICE, VoiceChoice
from emulator.voice.espeak import FASTEST_SPEED, NORMAL_SPEED, Espeak, SpeechError
from emulator.voice.languages import ENGLISH, language_of
from emulator.voice.pcm import BYTES_PER_SAMPLE, at_level, resample

VARIANTS: Final = {Speaker.PERSON: "+m3", Speaker.BOT: "+f4"}
"""What tells the two speakers of a language apart: eSpeak NG's variants of a voice."""
DECIBELS: Final = -20.0
MAX_CACHE_BYTES: Final = 16 * 1024 * 1024
_LOG: Final = logging.getLogger(__name__)


class Utterance(NamedTuple):
    """A text with who says it, and how it is to sound."""

    text: str
    speaker: Speaker
    language: str
    """The language that the bot is set to, if it is known."""
    rate: int
    """Samples per second."""
    within: int | None = None
    """The samples that there is time for: the text is spoken faster, and cut off there."""
    choice: VoiceChoice = NO_CHOICE
    """The language and voice that were chosen for the speaker, whatever the text's script is."""


class Speech:
    """Speaks texts with eSpeak NG. It takes milliseconds, so no event loop waits for it."""

    def __init__(self, espeak: Espeak, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self._espeak = espeak
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Utterance, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._lock = Lock()

    def say(self, utterance: Utterance) -> bytes:
        """Return the samples of a text; the same text always sounds the same."""
        with self._lock:
            found = self._kept.get(utterance)
            if found is not None:
                self._kept.move_to_end(utterance)
                return found
        found = self._spoken(utterance)
        self._keep(utterance, found)
        return found

    def _spoken(self, utterance: Utterance) -> bytes:
        language = utterance.choice.language or language_of(utterance.text, utterance.language)
        try:
            return self._fitted(utterance, language)
        except SpeechError:  # there are languages without a voice
            return self._fitted(utterance, ENGLISH)

    def _fitted(self, utterance: Utterance, language: str) -> bytes:
        chosen = utterance.choice.voice
        voice = language + (f"+{chosen}" if chosen else VARIANTS[utterance.speaker])
        samples = self._said(utterance, voice, NORMAL_SPEED)
        if utterance.within is None:
            return samples
        room = utterance.within * BYTES_PER_SAMPLE
        if len(samples) > room > 0:
            faster = NORMAL_SPEED * len(samples) // room + 1
            samples = self._said(utterance, voice, min(faster, FASTEST_SPEED))
        return samples[:room]

    def _said(self, utterance: Utterance, voice: str, speed: int) -> bytes:
        samples, rate = self._espeak.say(utterance.text, voice, speed)
        return at_level(resample(samples, rate, utterance.rate), DECIBELS)

    def _keep(self, utterance: Utterance, samples: bytes) -> None:
        with self._lock:
            if utterance not in self._kept:
                self._kept[utterance] = samples
                self._kept_bytes += len(samples)
            while self._kept_bytes > self._max_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= len(oldest)


@cache
def find_speech() -> Speech | None:
    """Return the speech of this process; None without the extra ``voice``."""
    espeak = Espeak.find()
    if espeak is None:
        return None
    try:
        espeak.say("", ENGLISH)
    except SpeechError as error:
        _LOG.warning("%s; tones are heard in place of speech", error)
        return None
    return Speech(espeak)
