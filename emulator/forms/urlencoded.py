"""Bodies of the content type ``application/x-www-form-urlencoded``.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote_to_bytes, urlencode

from emulator.forms.fields import Field, FormError, as_text, too_many

URLENCODED: Final = "application/x-www-form-urlencoded"
_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def read_urlencoded(content: bytes, max_fields: int) -> list[Field]:
    """Return the fields in their order; FormError for bad UTF-8, bad escapes or too many."""
    if content.count(b"&") >= max_fields:
        raise too_many(max_fields)
    fields = []
    for pair in content.split(b"&"):
        if pair:
            raw_name, _, raw_value = pair.partition(b"=")
            name = _decoded(raw_name, "")
            fields.append(Field(name, _decoded(raw_value, name)))
    return fields


def read_single_texts(content: bytes, names: frozenset[str]) -> dict[str, str] | None:
    """Return the fields of a form that has these names alone, each once; None for any other form.

    Most forms are such, and this is much faster than ``read_urlencoded``.
    """
    if not content.isascii() or (b"%" in content and _BROKEN_ESCAPE.search(content)):
        return None
    found: dict[str, str] = {}
    for pair in content.replace(b"+", b" ").decode("ascii").split("&"):
        name, _, value = pair.partition("=")
        if name not in names or name in found:
            return None
        try:
            found[name] = unquote_to_bytes(value).decode() if "%" in value else value
        except UnicodeDecodeError:
            return None
    return found


def _decoded(raw: bytes, field: str) -> str:
    if b"%" not in raw:
        return as_text(raw.replace(b"+", b" "), field)
    if _BROKEN_ESCAPE.search(raw):
        raise FormError(field, "has a % that is not followed by two hexadecimal digits")
    return as_text(unquote_to_bytes(raw.replace(b"+", b" ")), field)


def write_urlencoded(fields: Iterable[tuple[str, str]]) -> bytes:
    """Write fields in their order."""
    return urlencode([*fields]).encode()
