"""The messages that a bot sends, read leniently, and what is wrong with them.

https://developer.exotel.com/docs/agentstream/websocket-protocol
"""

from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any, Final

from emulator.kit.json import JsonError, read_json
from emulator.kit.voice import from_mulaw

EVENTS: Final = ("media", "mark", "clear")
MULTIPLE: Final = 320
MIN_CHUNK_BYTES: Final = 3_200
MAX_CHUNK_BYTES: Final = 100_000
MAX_NAME_CHARACTERS: Final = 256


@dataclass(slots=True)
class BotMessage:
    """A message that a bot has sent."""

    event: str = ""
    """Empty for what is no message."""
    sound: bytes = b""
    """Whole samples, filled up with silence to a multiple of 320 bytes."""
    name: str = ""
    """Of a mark."""
    findings: list[tuple[str, str]] = field(default_factory=list)
    """Codes and sentences."""


def read_bot_message(
    message: str | bytes, stream_sid: str, *, is_mulaw: bool = False
) -> BotMessage:
    """Read a message in either case of names; what can be read of it is used.

    ``is_mulaw``: its sound has samples of 8 bits, so that half as many bytes last as long.
    """
    found = BotMessage()
    if isinstance(message, bytes):
        found.findings.append(("binary_frame", "a binary frame; send JSON in text frames"))
        return found
    value = _object(message, found)
    if value is None:
        return found
    event = value.get("event")
    if not isinstance(event, str) or event not in EVENTS:
        text = f"unknown event {str(event)[:60]!r}; a bot sends media, mark or clear"
        found.findings.append(("unknown_event", text))
        return found
    found.event = event
    _check_stream_sid(value, stream_sid, found)
    about = value.get(event)
    if event == "media":
        _read_sound(about, found, 1 if is_mulaw else 2)
    elif event == "mark":
        name = about.get("name") if isinstance(about, dict) else None
        if isinstance(name, str) and name:
            found.name = name[:MAX_NAME_CHARACTERS]
        else:
            found.findings.append(("mark_without_name", "a mark has no name; send mark.name"))
    return found


def _object(message: str, found: BotMessage) -> dict[str, Any] | None:
    try:
        value = read_json(message.encode())
    except (JsonError, UnicodeEncodeError) as error:
        found.findings.append(("bad_json", f"a message cannot be read: it {str(error)[:120]}"))
        return None
    if isinstance(value, dict):
        return value
    found.findings.append(("bad_json", "a message is not a JSON object"))
    return None


def _check_stream_sid(value: dict[str, Any], stream_sid: str, found: BotMessage) -> None:
    named = value.get("stream_sid", value.get("streamSid"))
    if named is None:
        found.findings.append(("missing_stream_sid", "a message has no stream_sid"))
    elif named != stream_sid:
        text = f"a message has the stream_sid {str(named)[:60]!r}, which is not this stream's"
        found.findings.append(("wrong_stream_sid", text))


def _read_sound(about: Any, found: BotMessage, sample_bytes: int) -> None:
    payload = about.get("payload") if isinstance(about, dict) else None
    if not isinstance(payload, str) or not payload:
        found.findings.append(("empty_payload", "media.payload is missing or empty"))
        return
    try:
        sound = b64decode(payload, validate=True)
    except ValueError:
        found.findings.append(("bad_base64", "media.payload is not base64"))
        sound = _lenient(payload)
    length = len(sound)
    if length % sample_bytes:
        found.findings.append(
            ("odd_bytes", f"a chunk of {length} bytes; a 16-bit sample has two bytes")
        )
    _check_size(length, found, sample_bytes)
    if sample_bytes == 1:
        sound = from_mulaw(sound)
    sound = sound[: len(sound) // 2 * 2]
    found.sound = sound + bytes(-len(sound) % MULTIPLE)


def _check_size(length: int, found: BotMessage, sample_bytes: int) -> None:
    """Note sizes that the vendor's page warns of. assumed: for mu-law half as many bytes."""
    multiple, minimum, maximum = (
        each * sample_bytes // 2 for each in (MULTIPLE, MIN_CHUNK_BYTES, MAX_CHUNK_BYTES)
    )
    if length % multiple:
        text = f"a chunk of {length} bytes, not a multiple of {multiple}; silence is added"
        found.findings.append(("chunk_not_multiple_of_320", text))
    if 0 < length < minimum:
        text = f"a chunk of {length} bytes; the minimum is {minimum}"
        found.findings.append(("chunk_below_minimum", text))
    if length > maximum:
        text = f"a chunk of {length} bytes; the maximum is {maximum}"
        found.findings.append(("chunk_above_maximum", text))


def _lenient(payload: str) -> bytes:
    """Return what can be decoded of a text that is nearly base64."""
    try:
        return b64decode(payload + "=" * (-len(payload) % 4))
    except ValueError:
        return b""
