"""A long list of objects that are written alike is taken as text, without making the objects.

The first object is parsed. Others that have its fields in its order, with values of its types and
the same white space, differ from it in the texts of their values alone: one regular expression
finds those of several objects at once. These are kept: put between names without white space, they
are what the objects would be written as. An object that differs is left to the parser, with all
that follow.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile
from operator import attrgetter
from typing import Any, Final, NamedTuple

from emulator.kit.json import from_json, to_json

CHUNKS_PER_PIECE: Final = 200
MAX_OBJECT_BYTES: Final = 500
"""To make the expression for longer objects would take long."""
COMPACT: Final = b",", b":"
"""What is after a field, and after a name; the other way is that of Python."""
SPACED: Final = b", ", b": "
_HAS_TEXTS: Final = attrgetter("lastindex")


class _Form(NamedTuple):
    """How a value is written."""

    pattern: bytes
    """An expression that finds texts."""
    template: bytes
    """What they are put into, to write the value as we do."""
    texts: int
    """How many there are."""


_TEXT: Final = rb'[^"\\\x00-\x1f]*+'
_TEXT_WITH_ESCAPES: Final = rb"%b(?:\\[^\x00-\x1f]%b)*+" % (_TEXT, _TEXT)
"""It makes a large expression, which is needed only if there are escapes."""
_PLAIN: Final[dict[type, _Form]] = {
    str: _Form(b'"(%b)"' % _TEXT, b'"%b"', 1),
    int: _Form(rb"(0|-?[1-9][0-9]{0,17}+)", b"%b", 1),
    float: _Form(rb"(-?(?:0|[1-9][0-9]{0,9}+)\.(?:0|[0-9]{0,3}[1-9]))", b"%b", 1),
    bool: _Form(rb"(true|false)", b"%b", 1),
    type(None): _Form(rb"null", b"null", 0),
}
"""Values that we write like what is found of them, but for escapes in texts."""


@dataclass(slots=True)
class UniformChunks:
    """Objects that are written alike, some in a chunk."""

    template: bytes = b""
    """What the texts of a chunk are put into to be JSON, without brackets."""
    texts: list[bytes] = field(default_factory=list)
    """The texts of each chunk, a line for each."""

    def __len__(self) -> int:
        return len(self.texts)

    def written(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Return some of the chunks as JSON."""
        template = self.template
        return [template % (*texts.split(b"\n"),) for texts in self.texts[start:stop]]

    @property
    def lengths(self) -> list[int]:
        """The bytes of each chunk as JSON."""
        more = sum(map(len, self.written(0, 1))) - sum(map(len, self.texts[:1]))
        return [len(texts) + more for texts in self.texts]


class UniformList:
    """The objects at the beginning of a list that are written like the first one."""

    def __init__(self, name: str, pattern: str, size: int) -> None:
        """``name``: the field whose text is kept, of a ``^pattern$``; ``size``: of a chunk."""
        self._known = {name: _Form(rb'"(%b)"' % pattern[1:-1].encode(), b'"%b"', 1)}
        self._name, self._size = name, size
        self.texts: list[str] = []
        """The text of the field in each object."""
        self.chunks = UniformChunks()
        """The objects; every chunk is full."""

    def __len__(self) -> int:
        return len(self.texts)

    def clear(self) -> None:
        """Have no objects any more."""
        self.texts.clear()
        self.chunks = UniformChunks()

    def taking(self, text: bytes, start: int, stop: int, first: dict[str, Any]) -> Iterator[int]:
        """Take objects from ``start`` on, some at a time; yield where the next one begins.

        ``first``: the first of them.
        """
        if type(first.get(self._name)) is not str or len(to_json(first)) > MAX_OBJECT_BYTES:
            return
        is_spaced = text.startswith(b"{%b: " % to_json(next(iter(first))), start)
        spacing = SPACED if is_spaced else COMPACT
        try:
            form = _form_of(first, spacing, self._known)
        except LookupError:
            return
        before = dict(takewhile(lambda each: each[0] != self._name, first.items()))
        kept = slice(_form_of(before, spacing).texts, None, form.texts)
        self.chunks.template = b",".join([form.template] * self._size)
        plain = rb"%b(?:%b(?=\{)|\Z)" % (form.pattern, spacing[0])
        for pattern in (plain, plain.replace(_TEXT, _TEXT_WITH_ESCAPES)):
            if pattern is plain or text.find(b"\\", start, stop) >= 0:
                for end in self._taking(pattern, text, start, stop, kept):
                    yield end
                    start = end

    def _taking(
        self, pattern: bytes, text: bytes, start: int, stop: int, kept: slice
    ) -> Iterator[int]:
        """Take objects of a pattern; ``kept``: the texts of a chunk that are."""
        found = re.compile(pattern * self._size + b"|").finditer(text, start, stop)
        chunks = takewhile(_HAS_TEXTS, found)  # up to an empty match
        while some := [*islice(chunks, CHUNKS_PER_PIECE)]:
            end = some[-1].end()
            texts = [each.groups() for each in some]
            try:
                text[start:end].decode()
                if b"\\" in text[start:end]:
                    texts = [tuple(map(_without_escapes, each)) for each in texts]
            except ValueError:  # no UTF-8, or no escape
                return
            lines = b"\n".join([b"\n".join(each[kept]) for each in texts])
            self.texts += lines.decode().split("\n")
            self.chunks.texts += map(b"\n".join, texts)
            start = end
            yield end


def _name_pattern(written: bytes) -> bytes:
    """Return what finds a name, also with escapes in place of what is not ASCII."""
    escaped = json.dumps(from_json(written)).encode()
    return b"(?:%b)" % b"|".join(map(re.escape, {written: 0, escaped: 0}))


def _without_escapes(text: bytes) -> bytes:
    """Return the text of a value as we write it."""
    return to_json(from_json(b'"%b"' % text))[1:-1] if b"\\" in text else text


def _form_of(
    value: Any, spacing: tuple[bytes, bytes], known: dict[str, _Form] | None = None
) -> _Form:
    """Return how a value is written; LookupError if it may be written in other ways.

    ``known``: how some of its fields are.
    """
    if type(value) is not dict:
        return _PLAIN[type(value)]
    between, colon = spacing
    forms = {
        to_json(name): (known or {}).get(name) or _form_of(each, spacing)
        for name, each in value.items()
    }
    patterns = [_name_pattern(name) + colon + form.pattern for name, form in forms.items()]
    templates = [name.replace(b"%", b"%%") + b":" + form.template for name, form in forms.items()]
    return _Form(
        rb"\{%b\}" % between.join(patterns),
        b"{%b}" % b",".join(templates),
        sum(form.texts for form in forms.values()),
    )
