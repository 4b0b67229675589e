"""The messages that a bot gets, in the four shapes that the vendor's pages and integrators show.

https://developer.exotel.com/docs/agentstream/websocket-protocol
"""

from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from emulator.kit.json import to_json
from emulator.platforms.exotel.calls.streams.extensions import Extension, Track

StreamShape = Literal["snake", "applet", "live", "camel"]
StopReason = Literal["stopped", "callended"]
Json = dict[str, Any]
BITS: Final = 16
NUMBERED: Final = ("sequence_number", "stream_sid")
"""What every numbered message has."""
EMPTY: Final[Mapping[str, str]] = {}
QUOTES: Final[dict[StreamShape, str]] = {"snake": '"', "applet": "", "live": "", "camel": ""}
"""Around numbers."""
CAMEL: Final = {
    "sequence_number": "sequenceNumber",
    "stream_sid": "streamSid",
    "call_sid": "callSid",
    "account_sid": "accountSid",
    "custom_parameters": "customParameters",
    "media_format": "mediaFormat",
    "sample_rate": "sampleRate",
    "bit_rate": "bitRate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamIds:
    """What ``start`` and ``stop`` say of the call."""

    stream_sid: str
    call_sid: str
    account_sid: str
    person: str
    line: str
    leg_sid: str = ""


@dataclass(slots=True)
class MessageWriter:
    """Writes the messages of one stream, and counts them from ``start``."""

    shape: StreamShape
    ids: StreamIds
    rate: int
    parameters: Mapping[str, str]
    extension: Extension | None = None
    """The applet's own, which changes some messages."""
    sequence: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    """How many were written, by event."""

    def connected(self) -> str:
        """Return the first message, which says nothing but that; an extension's has parameters."""
        self._count("connected")
        message: Json = {"event": "connected"}
        if self.extension is not None and self.extension.parameters:
            message["connected"] = {"custom_parameters": dict(self.extension.parameters)}
        return self._written(message)

    def start(self) -> str:
        """Return the message that describes the stream."""
        ids = self.ids
        about: Json = {
            "stream_sid": ids.stream_sid,
            "call_sid": ids.call_sid,
            "account_sid": ids.account_sid,
            "from": ids.person,
            "to": ids.line,
            "custom_parameters": dict(self.parameters),
            "media_format": self._media_format(),
        }
        if self.shape == "live":
            about["leg_sid"] = ids.leg_sid
        return self._numbered("start", about)

    def media(self, chunk: int, milliseconds: int, sound: bytes, track: Track | None = None) -> str:
        """Return a chunk of sound: 16-bit linear PCM, little endian, unless an extension says.

        ``track``: whose sound it is, where that is said.
        """
        self.sequence += 1
        self._count("media")
        payload, quote = b2a_base64(sound, newline=False).decode(), QUOTES[self.shape]
        names = (CAMEL[each] if self.shape == "camel" else each for each in NUMBERED)
        sequence, sid = names
        whose = "" if track is None else f'"track":"{track}",'
        return (  # written by hand: most messages are of this kind
            f'{{"event":"media","{sequence}":{quote}{self.sequence}{quote},"{sid}":'
            f'"{self.ids.stream_sid}","media":{{{whose}"chunk":{quote}{chunk}{quote},'
            f'"timestamp":"{milliseconds}","payload":"{payload}"}}}}'
        )

    def dtmf(self, digit: str, milliseconds: int) -> str:
        """Return a key that the person has pressed."""
        flat = {} if self.extension is None else {"digit": digit}
        return self._numbered("dtmf", {"digit": digit, "duration": str(milliseconds)}, flat)

    def silence(self, milliseconds: int) -> str:
        """Return that nothing was heard for so long, which an extension asks for."""
        return self._numbered("silence", {"duration": str(milliseconds)})

    def mark(self, name: str) -> str:
        """Return the bot's mark: everything before it has been played, or cleared."""
        return self._numbered("mark", {"name": name})

    def stop(self, reason: StopReason) -> str:
        """Return the last message."""
        ids = self.ids
        about = {"call_sid": ids.call_sid, "account_sid": ids.account_sid, "reason": reason}
        return self._numbered("stop", about)

    def _media_format(self) -> Json:
        if self.extension is not None:
            return {**self.extension.media_format()}
        kilobits = self.rate * BITS // 1000
        match self.shape:
            case "live":
                return {
                    "encoding": "base64",
                    "sample_rate": self.rate,
                    "bit_rate": f"{kilobits}kbps",
                }
            case "applet":
                return {
                    "encoding": "raw",
                    "sample_rate": str(self.rate),
                    "bit_rate": str(kilobits),
                }
            case "snake" | "camel":
                return {
                    "encoding": "audio/x-raw",
                    "sample_rate": str(self.rate),
                    "bit_rate": str(BITS),
                }

    def _numbered(self, event: str, about: Json, flat: Mapping[str, str] = EMPTY) -> str:
        self.sequence += 1
        self._count(event)
        number: str | int = str(self.sequence) if self.shape == "snake" else self.sequence
        message: Json = {
            "event": event,
            "sequence_number": number,
            "stream_sid": self.ids.stream_sid,
            **flat,
            event: about,
        }
        return self._written(message)

    def _written(self, message: Json) -> str:
        return to_json(_camel(message) if self.shape == "camel" else message).decode()

    def _count(self, event: str) -> None:
        self.counts[event] = self.counts.get(event, 0) + 1


def _camel(message: Json) -> Json:
    """Return a message with camelCase names; custom parameters keep theirs."""
    shown: Json = {}
    for name, value in message.items():
        is_own = isinstance(value, dict) and name != "custom_parameters"
        shown[CAMEL.get(name, name)] = _camel(value) if is_own else value
    return shown
