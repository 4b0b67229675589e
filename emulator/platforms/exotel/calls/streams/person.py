"""The person at the other end of a stream, who follows a script."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from emulator.domain.voices import VoiceChoice
from emulator.kit.sounds import Conversion, WavSound
from emulator.kit.voice import PersonVoice, key_tone, mix, person_tone
from emulator.platforms.exotel.calls.streams.noise import noise
from emulator.platforms.exotel.calls.streams.playback import Playback

CHARACTERS_PER_SECOND: Final = 15
WAIT_SECONDS: Final = 10.0
"""How long a step waits for the bot, unless it says."""
QUIET_SECONDS: Final = 0.5
"""A bot that is not heard for so long has been played out. assumed"""
KEY_MILLISECONDS: Final = 100

PersonStep = Mapping[str, Any]


@dataclass(slots=True)
class Spoken:
    """What a person does while a chunk is recorded."""

    sound: bytes = b""
    keys: list[tuple[str, int]] = field(default_factory=list)
    """Keys, and for how many milliseconds each is pressed."""
    is_speaking: bool = False
    hangs_up: bool = False


class Person:
    """Follows a script, and is silent when it is over."""

    def __init__(
        self,
        script: Iterable[PersonStep],
        rate: int,
        playback: Playback,
        voice: PersonVoice,
        sounds: Callable[[str], WavSound | None],
        *,
        sounds_keys: bool = False,
    ) -> None:
        """``sounds`` returns a sound by its name; None for one that was deleted.

        ``sounds_keys``: keys are heard as tones.
        """
        self._sounds_keys = sounds_keys
        self._rate = rate
        self._playback, self._voice = playback, voice
        self._spoken: bytes | None = None
        """The samples of the words that are being said; None for a tone."""
        self._sounds = sounds
        self._played: Conversion | None = None
        """The sound that is being played."""
        self._left: deque[PersonStep] = deque(script)
        self._step: PersonStep | None = None
        self._lasts = self._done = 0
        """Samples that the present step takes, and has taken."""
        self._noise: float | None = None
        self._position = 0
        self.heard: dict[str, int] = {"media": 0, "mark": 0, "clear": 0}
        """How much the bot has sent, by event."""
        self._heard_before: dict[str, int] = {}
        self._has_waited = False
        """It has waited for the bot to be heard, in vain."""
        self._prepare()

    @property
    def is_finished(self) -> bool:
        """The script is over."""
        return self._step is None and not self._left

    def replace(self, script: Iterable[PersonStep]) -> None:
        """Do this instead of what is left of the script."""
        self._left = deque(script)
        self._step = None
        self._prepare()

    def act(self, count: int) -> Spoken:
        """Go on for so many samples."""
        found, parts, left = Spoken(), list[bytes](), count
        while left:
            if self._step is None and not self._begin(found):
                break
            if found.hangs_up:
                break
            left -= self._continue(parts, left, found)
        if not left and self._step is None and self._left and "hang_up" in self._left[0]:
            self._begin(found)
        parts.append(bytes(2 * left))
        found.sound = b"".join(parts)
        if self._noise is not None:
            background = noise(self._rate, self._noise, self._position, count)
            found.sound = mix(found.sound, background)
        self._position += count
        return found

    def _begin(self, found: Spoken) -> bool:
        """Begin the next step; False when there is none."""
        if not self._left:
            return False
        step = self._step = self._left.popleft()
        self._done = self._lasts = 0
        match step:
            case {"say": says}:
                self._lasts = self._begin_to_say(says, _choice_of(step))
            case {"play": name}:
                self._lasts = self._begin_to_play(name)
            case {"wait": seconds}:
                self._lasts = round(seconds * self._rate)
            case {"wait_for": _}:
                self._lasts = round(step.get("timeout", WAIT_SECONDS) * self._rate)
                self._heard_before = dict(self.heard)
            case {"press": digit}:
                milliseconds = step.get("ms", KEY_MILLISECONDS)
                found.keys.append((digit, milliseconds))
                self._lasts = milliseconds * self._rate // 1000
            case {"noise": decibels}:
                self._noise = decibels
            case {"hang_up": _}:
                found.hangs_up = True
            case _:
                pass
        return True

    def _continue(self, parts: list[bytes], left: int, found: Spoken) -> int:
        """Go on with the present step; return the samples that it took."""
        step = self._step or {}
        taken = min(left, self._lasts - self._done)
        if "wait_for" in step and self._has_come(step["wait_for"]):
            taken = 0
            self._step = None
        elif "say" in step:
            found.is_speaking = found.is_speaking or taken > 0
            parts.append(self._said(taken))
        elif self._played is not None and "play" in step:
            found.is_speaking = found.is_speaking or taken > 0
            parts.append(self._played.take(taken))
        elif self._sounds_keys and "press" in step:
            parts.append(key_tone(step["press"], self._rate, self._done, taken))
        else:
            parts.append(bytes(2 * taken))
        self._done += taken
        if self._done >= self._lasts:
            self._has_waited = self._has_waited or step.get("wait_for") == "speech"
            self._step = None
        return taken

    def _begin_to_play(self, name: str) -> int:
        """Return the samples that a sound takes; none for one that was deleted."""
        sound = self._sounds(name)
        self._played = None if sound is None else Conversion(sound, self._rate)
        return 0 if self._played is None else self._played.left

    def _begin_to_say(self, says: str | float, choice: VoiceChoice) -> int:
        """Return the samples that words take, or so many seconds."""
        self._spoken = self._voice.say((says, choice)) if isinstance(says, str) else None
        self._prepare()
        if self._spoken is not None:
            return len(self._spoken) // 2
        seconds = len(says) / CHARACTERS_PER_SECOND if isinstance(says, str) else says
        return round(seconds * self._rate)

    def _prepare(self) -> None:
        texts = (each for each in self._left if isinstance(each.get("say"), str))
        self._voice.prepare((each["say"], _choice_of(each)) for each in texts)

    def _said(self, count: int) -> bytes:
        if self._spoken is None:
            return person_tone(self._rate, self._done, count)
        return self._spoken[2 * self._done : 2 * (self._done + count)]

    def _has_come(self, what: str) -> bool:
        playback = self._playback
        if what == "speech":
            return playback.is_audible
        if what == "quiet":
            heard = playback.last_audible
            if heard is None:
                return self._has_waited
            return playback.position - heard >= QUIET_SECONDS * self._rate
        return self.heard[what] > self._heard_before[what]


def _choice_of(step: PersonStep) -> VoiceChoice:
    """Return how the words of a step are to be said."""
    return VoiceChoice(step.get("language", ""), step.get("voice", ""))
