"""The Beta extension of a stream, as its applet asks for it.

https://developer.exotel.com/docs/agentstream/stream-voicebot-extension
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.voice import to_mulaw

with on_first_use():
    from emulator.platforms.exotel.calls.schemas import extensions as extension_schemas

Track = Literal["inbound", "outbound"]
MULAW: Final = "audio/x-mulaw"
BITS: Final = {MULAW: 8, "audio/L16": 16}
BOTH: Final[tuple[Track, ...]] = ("inbound", "outbound")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What is different in the messages of one stream."""

    encoding: str
    rate: int
    tracks: tuple[Track, ...]
    """Whose sound is sent: the person's, what the person hears, or both."""
    parameters: Mapping[str, str]
    silence_milliseconds: int | None
    """None: silences are not looked for."""
    hangs_up: bool
    """A silence ends the call."""
    keys: Literal["stream", "suppress", "passthrough"]

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> "Extension | None":
        """Read an applet's extension; None if it has none."""
        if not asked:
            return None
        encoding, _, rate = str(asked["MediaFormat"]).partition(";rate=")
        track, parameters = asked["Track"], asked.get("CustomParameters")
        return cls(
            encoding=encoding,
            rate=int(rate),
            tracks=BOTH if track == "both" else (track,),
            parameters=extension_schemas.read_parameters(parameters) if parameters else {},
            silence_milliseconds=asked.get("SilenceTimeout"),
            hangs_up=asked.get("SilenceAction") == "hangup",
            keys=asked.get("DtmfHandling", "stream"),
        )

    @property
    def is_mulaw(self) -> bool:
        """Samples have 8 bits in both directions."""
        return self.encoding == MULAW

    @property
    def names_tracks(self) -> bool:
        """Each chunk says whose sound it is."""
        return len(self.tracks) > 1

    def media_format(self) -> dict[str, str]:
        """Return what ``start`` says of the sound. assumed: the bit rate is in kbit/s."""
        bits = self.rate * BITS[self.encoding] // 1000
        return {
            "encoding": self.encoding,
            "sample_rate": str(self.rate),
            "bit_rate": str(bits),
        }


def sides_of(
    extension: Extension | None, spoken: bytes, heard: bytes
) -> tuple[tuple[Track | None, bytes], ...]:
    """Return the sounds of a chunk as they are sent: the person's, unless an extension says."""
    if extension is None:
        return ((None, spoken),)
    sounds = {"inbound": spoken, "outbound": heard}
    return tuple(
        (
            track if extension.names_tracks else None,
            to_mulaw(sounds[track]) if extension.is_mulaw else sounds[track],
        )
        for track in extension.tracks
    )


class SilenceWatch:
    """Finds silences that last long enough, each once. assumed: those of both sides."""

    def __init__(self, milliseconds: int | None) -> None:
        """``milliseconds``: how long a silence must last; None: none is looked for."""
        self._limit = milliseconds
        self._lasted = 0

    def hear(self, *, is_heard: bool, milliseconds: int) -> bool:
        """Note whether something was heard; True when a silence has now lasted long enough."""
        if self._limit is None:
            return False
        before = self._lasted
        self._lasted = 0 if is_heard else before + milliseconds
        return before < self._limit <= self._lasted
