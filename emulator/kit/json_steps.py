"""Tells whether a large text is JSON, step by step, so that other requests have their turn.

Strings become ``s`` and other values ``0``. Then whatever is closed becomes ``0``, inside first,
until nothing is left of JSON but one value.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Generator
from typing import Final, TypeVar

from emulator.kit.json import BYTE_ORDER_MARK, JsonError, read_json

T = TypeVar("T")

STEP_BYTES: Final = 1 << 18
MAX_SHORT_TOKEN: Final = 200
"""Bytes of a number or of white space at the end of a step; with more, the parser tells."""
MAX_LEVELS: Final = 20
"""Levels that a step may close or leave open; with more, the parser tells."""
MAX_REDUCED_BYTES: Final = 400
"""What is left of JSON after a step is shorter."""
ESCAPE_BYTES: Final = 6
WHITE_SPACE: Final = b" \t\r\n"
STRUCTURE: Final = b",:[]{}"

_CHARACTERS: Final = rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
_STRING: Final = re.compile(b'"' + _CHARACTERS + b'"')
_IN_STRING: Final = re.compile(_CHARACTERS)
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_VALUE: Final = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_UNUSUAL: Final = re.compile(rb"[eE][+-]?0*[1-9]\d\d|\d{200}")
"""Numbers that may be too large."""
_CLOSED: Final = re.compile(rb"\[(?:[0s](?:,[0s])*+)?\]|\{(?:s:[0s](?:,s:[0s])*+)?\}")
_ELEMENTS: Final = re.compile(rb"(?<=\[)(?:[0s],)++")
_FIELDS: Final = re.compile(rb"(?<=\{)(?:s:[0s],)++")

Steps = Generator[bytes, None, T]


class _UnusualError(Exception):
    """Only the parser can tell."""


class _NotJsonError(Exception):
    """The text is not JSON."""


def is_json_in_steps(text: bytes, step: int = STEP_BYTES) -> Steps[bool]:
    """Yield nothing (``b""``) after each step; then return whether ``read_json`` reads the text."""
    try:
        return (yield from _is_json(text, max(step, 2 * ESCAPE_BYTES)))
    except (_NotJsonError, UnicodeDecodeError):
        return False
    except _UnusualError:
        try:
            read_json(text, is_bounded=False)
        except JsonError:
            return False
        return True


def _is_json(text: bytes, step: int) -> Steps[bool]:
    at = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    decoder = getincrementaldecoder("utf-8")()
    reduced = b""
    while at < len(text):
        found, end = yield from _structure(text, at, step)
        reduced = _reduced(reduced, found)
        for each in range(at, end, step):
            decoder.decode(text[each : min(each + step, end)])
            yield b""
        at = end
    decoder.decode(b"", final=True)
    return reduced in {b"0", b"s"}


def _structure(text: bytes, at: int, step: int) -> Steps[tuple[bytes, int]]:
    """Return a part of the text with ``s`` for each string, and where the next part begins."""
    end = min(at + step, len(text))
    some = text[at:end]
    if b"\\u" in some and _SURROGATE.search(some):
        raise _UnusualError
    *parts, last = _STRING.split(some)
    if any(b'"' in part for part in parts):
        raise _NotJsonError
    begin = end - len(last)
    if (quote := last.find(b'"')) >= 0:
        end = yield from _end_of_string(text, begin + quote + 1, step)
        return b"s".join([*parts, last[:quote], b""]), end
    if end < len(text):
        cut = 1 + max(last.rfind(byte) for byte in STRUCTURE)
        if len(last) - cut > MAX_SHORT_TOKEN:
            raise _UnusualError
        last, end = last[:cut], begin + cut
        if end == at:
            return (yield from _structure(text, at, step + MAX_SHORT_TOKEN))
    return b"s".join([*parts, last]), end


def _end_of_string(text: bytes, at: int, step: int) -> Steps[int]:
    """Return the place behind a string that may be long."""
    while True:
        end = min(at + step, len(text))
        found = _IN_STRING.match(text, at, end)
        stop = at if found is None else found.end()
        if _SURROGATE.search(text, at, stop):
            raise _UnusualError
        if stop < end and text[stop] == ord('"'):
            return stop + 1
        if end == len(text) or end - stop >= ESCAPE_BYTES:
            raise _NotJsonError
        at = stop
        yield b""


def _reduced(kept: bytes, found: bytes) -> bytes:
    """Put ``0`` for every value that is closed, and leave out all but one before it."""
    if _UNUSUAL.search(found):
        raise _UnusualError
    text = kept + _VALUE.sub(b"0", found).translate(None, WHITE_SPACE)
    levels, count = 0, 1
    while count:
        text, count = _CLOSED.subn(b"0", text)
        levels += 1
    text = _FIELDS.sub(b"s:0,", _ELEMENTS.sub(b"0,", text))
    if max(levels, text.count(b"[") + text.count(b"{")) > MAX_LEVELS:
        raise _UnusualError
    if len(text) > MAX_REDUCED_BYTES:
        raise _NotJsonError
    return text
