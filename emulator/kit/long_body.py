"""Reads a body with one long list of objects piece by piece, while others have their turn.

Only a body is split whose other fields are plain values, as those of large requests are. What is
found piece by piece is what the parser would find: the pieces are lists of whole objects, and JSON
can be read in one way only. Whatever does not fit is left to be read as a whole, for its error.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeVar

from emulator.collector import no_collections
from emulator.kit.json import JsonError, check_value, parse_text
from emulator.kit.turns import turns_of
from emulator.kit.uniform_list import UniformList
from emulator.kit.world import World
from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic

Model = TypeVar("Model", bound="pydantic.BaseModel")

TARGET_PIECE_BYTES: Final = 1 << 17
_STRING: Final = rb'"(?:[^"\\]|\\.)*+"'
_FIELD: Final = rb"\s*+%b\s*+:\s*+(?:%b|[-+.\w]++)\s*+" % (_STRING, _STRING)
_HEAD: Final = rb"\s*+\{(?:%b,)*+\s*+%%b\s*+:\s*+\[\s*+(?=\{)" % _FIELD
_TAIL: Final = re.compile(rb"\]\s*+(?:,%b)*+\}\s*+" % _FIELD)
_BETWEEN: Final = re.compile(rb"\}\s*+,\s*+(?=\{)")


class SplitBody(NamedTuple):
    """A body, and where its list begins and ends."""

    text: bytes
    start: int
    stop: int

    @property
    def rest(self) -> bytes:
        """The body with an empty list."""
        return self.text[: self.start] + self.text[self.stop :]

    def pieces(self, size: int) -> Iterator[bytes]:
        """Cut the list into lists of about so many bytes, at what looks like ends of objects."""
        start = self.start
        while start < self.stop:
            between = _BETWEEN.search(self.text, start + size, self.stop)
            stop, following = (self.stop,) * 2 if between is None else between.span()
            end = stop if between is None else stop + 1
            yield b"[%b]" % self.text[start:end]
            start = following


def split_body(text: bytes, field: str) -> SplitBody | None:
    """Find the list of a field; None for a body that is not split."""
    head = re.match(_HEAD % re.escape(b'"%b"' % field.encode()), text)
    end = text.rfind(b"]")
    if head is None or end < head.end() or _TAIL.fullmatch(text, end) is None:
        return None
    return SplitBody(text, head.end(), end)


async def read_in_pieces(
    world: World,
    text: bytes,
    model: type[Model],
    field: str,
    size: int = TARGET_PIECE_BYTES,
    *,
    uniform: UniformList | None = None,
) -> tuple[dict[str, Any], Model] | None:
    """Read a body whose field has a long list, in turns; also return what was parsed of it.

    ``uniform`` takes objects of the list, which are left out of the field.
    None for one that is to be read as a whole. EndedError once the world was deleted or reset.
    """
    body = split_body(text, field)
    if body is None:
        return None
    found: Model | None = None
    entries: list[Any] = []
    try:
        rest = parse_text(body.rest)
        check_value(body.rest, rest)
        if rest.get(field) != []:
            return None
        if uniform is not None and (first := _first_of(body)) is not None:
            found = model.model_validate(rest | {field: [first]})
            async for start in turns_of(world, uniform.taking(*body, first)):
                body = body._replace(start=start)
        async for some in turns_of(world, _parsed(body.pieces(size))):
            part = model.model_validate(rest | {field: some})
            found = found or part
            entries += getattr(part, field)
    except (JsonError, pydantic.ValidationError):
        if uniform is not None:
            uniform.clear()
        return None
    if found is not None:
        setattr(found, field, entries)
    return None if found is None else (rest | {field: entries}, found)


def _first_of(body: SplitBody) -> Any:
    """Return the first object; None if its end is not found like this."""
    try:
        return next(_parsed(body.pieces(1)))[0]
    except JsonError:
        return None


def _parsed(pieces: Iterator[bytes]) -> Iterator[Any]:
    for piece in pieces:
        with no_collections():
            value = parse_text(piece, shares_values=False)
        check_value(b"[%b]" % piece, value)  # as deep as in the body
        yield value
