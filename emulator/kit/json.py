"""The one strict reader of JSON; pydantic's own reader and writer for what we wrote ourselves."""

from typing import Any, Final, Literal

from pydantic_core import from_json, to_json

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 1_000_000
"""About how many values a text may have."""
MAX_FIELDS: Final = 5_000
"""About how many fields the objects of a text may have, besides MAX_FIELDS_PER_OBJECT for each."""
MAX_FIELDS_PER_OBJECT: Final = 40
SMALL_FIELDS: Final = 32
"""The fields of an object with fewer are looked at instead of its text."""
UNPLAIN: Final = frozenset({dict, list, float})
"""The types of values that may be nested deeply, or too large."""
SMALL_BYTES: Final = 65_536
"""A shorter text is not counted."""
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""Some clients and editors write it before UTF-8; no JSON text begins with it."""
OTHER_ENCODINGS: Final = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""The byte order marks of encodings that JSON is not sent in; the longer ones first."""
_ZEROS: Final[dict[tuple[bool, ...], str]] = {
    (False, True, False, True): "UTF-16",
    (True, False, True, False): "UTF-16",
    (False, True, True, True): "UTF-32",
    (True, True, True, False): "UTF-32",
}
"""Where their zero bytes are, as JSON begins with ASCII."""
_DIGITS: Final = bytes.maketrans(b"0123456789E", b"0000000000e")
_NOT_STRUCTURE: Final = bytes(set(range(256)) - set(b'[]{}"'))

__all__ = ["JsonError", "from_json", "read_json", "to_json"]


class JsonError(ValueError):
    """The text is not JSON that we read; the message says why and where."""


def read_json(text: bytes, *, is_bounded: bool = True) -> Any:
    """Read JSON; refuse bad UTF-8, NaN, infinite numbers, lone surrogates and depth over 64.

    A byte order mark before it is skipped. What only shows a text that is already there reads it
    however many values it has (not ``is_bounded``).
    """
    text = checked_text(text, is_bounded=is_bounded)
    value = parse_text(text)
    check_value(text, value)
    return value


def checked_text(text: bytes, *, is_bounded: bool = True) -> bytes:
    """Return a text that may be parsed; the first step of ``read_json``."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    if not text.isascii() or 0 in text[:4]:
        _check_encoding(text)
    if is_bounded and len(text) > SMALL_BYTES:
        _check_size(text)
    return text


def parse_text(text: bytes, *, shares_values: bool = True) -> Any:
    """Parse a text; the second step of ``read_json``.

    ``shares_values``: equal short values are one text, which is slower where few are equal.
    """
    shared: Literal["all", "keys"] = "all" if shares_values else "keys"
    try:
        return from_json(text, allow_inf_nan=False, cache_strings=shared)
    except ValueError as error:
        reason = str(error)
        if "recursion limit" in reason:
            raise JsonError(f"is nested deeper than {MAX_DEPTH} levels") from None
        raise JsonError(f"is not JSON: {reason}") from None


def check_value(text: bytes, value: Any) -> None:
    """Refuse a text for its depth or its numbers; the last step of ``read_json``."""
    if (
        type(value) is dict
        and len(value) < SMALL_FIELDS
        and text.count(b":") == len(value)  # none of its fields is there twice
        and UNPLAIN.isdisjoint(map(type, value.values()))
    ):
        return
    if text.count(b"[") + text.count(b"{") > MAX_DEPTH and _is_deep(text):
        raise JsonError(f"is nested deeper than {MAX_DEPTH} levels")
    zeros = text.translate(_DIGITS)
    if (b"0e000" in zeros or b"0e+000" in zeros or b"0" * 200 in zeros) and _has_infinity(value):
        raise JsonError("has a number that is too large")


def _check_encoding(text: bytes) -> None:
    """Refuse UTF-16 and UTF-32, with or without their byte order marks.

    https://www.rfc-editor.org/rfc/rfc8259#section-8.1
    """
    for mark, name in OTHER_ENCODINGS.items():
        if text.startswith(mark):
            raise JsonError(f"is in {name}; send JSON in UTF-8")
    encoding = _ZEROS.get(tuple(byte == 0 for byte in text[:4]))
    if encoding is not None:
        raise JsonError(f"is in {encoding}; send JSON in UTF-8")


def _check_size(text: bytes) -> None:
    """Refuse what would keep other requests waiting while it is read; commas in texts count."""
    if len(text) > MAX_VALUES and text.count(b",") > MAX_VALUES:
        raise JsonError(f"has more than {MAX_VALUES:,} values")
    most = MAX_FIELDS + MAX_FIELDS_PER_OBJECT * text.count(b"{")
    if text.count(b":") <= most:  # those in texts as well
        return
    fields = text.count(b'":') + text.count(b'" :') + text.count(b'"\n') + text.count(b'"\t')
    if fields > most:
        raise JsonError(f"has more than {most:,} fields in its objects")


def _is_deep(text: bytes) -> bool:
    """Strip well-formed JSON down to its brackets, then peel off level after level."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = text.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    brackets = b"".join(brackets.split(b'"')[::2])
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"-").replace(b"{}", b"-").replace(b"-", b"")
    return bool(brackets)


def _has_infinity(value: Any) -> bool:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, float) and each in {float("inf"), float("-inf")}:
            return True
    return False
