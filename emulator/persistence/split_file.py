"""Parses a world file piece by piece: one call of the parser would keep everything waiting.

Only files as the emulator writes them are split; any other is parsed as a whole.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

FIRST_ROW: Final = b'":{"1":{"world":"'
"""Follows the name of a table that has rows."""
ROW: Final = b'":{"world":"'
"""Follows the number of a row."""
TARGET_PIECE_BYTES: Final = 1 << 18
CUT: Final = {"": 0}
"""Stands for the rows of a table that are read apart: no table has such a row."""
CUT_ROWS: Final = b'"":0'
"""The same, as it is written."""


def split_tables(
    content: bytes, parse: Callable[[bytes], Any], piece_bytes: int = TARGET_PIECE_BYTES
) -> dict[str, Any] | None:
    """Return the tables of a file; None for a file that is not written as ours are."""
    try:
        return dict(_tables(content, parse, piece_bytes))
    except (ValueError, TypeError, AttributeError):
        return None


def _tables(
    content: bytes, parse: Callable[[bytes], Any], piece_bytes: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    marks = list(_positions(content, FIRST_ROW))
    if not marks:
        raise ValueError("there are no rows")
    starts = [content.rindex(b'"', 0, mark) for mark in marks]
    yield from parse(content[: starts[0]].rstrip(b",") + b"}").items()
    for number, (start, mark) in enumerate(zip(starts, marks, strict=True)):
        name = content[start + 1 : mark].decode()
        is_last = number + 1 == len(starts)
        limit = len(content) if is_last else starts[number + 1]
        end = content.rindex(b"}}", mark, limit - 1 if is_last else limit)
        rows: dict[str, Any] = {}
        for piece in _pieces(content, mark + len(b'":{'), end + 1, piece_bytes):
            rows.update(parse(piece))
        yield name, rows
        rest = content[end + 2 : limit].strip(b",")
        yield from parse(b"{" + (rest if is_last else rest + b"}")).items()


def cut_table(
    content: bytes, name: str, piece_bytes: int = TARGET_PIECE_BYTES
) -> tuple[bytes, Iterator[bytes]]:
    """Return a file that has CUT for the rows of a table, and these rows in pieces.

    ValueError for a file without rows of this table. If CUT is not where the table should be, or
    something cannot be parsed, the file is not written as ours are.
    """
    first = f'"{name}'.encode() + FIRST_ROW
    start = content.index(first) + len(name) + len(b'"":{')
    following = content.find(FIRST_ROW, start + len(FIRST_ROW))
    limit = len(content) - 1 if following < 0 else content.rindex(b'"', 0, following)
    end = content.rindex(b"}}", start, limit) + 1
    rest = b"".join((memoryview(content)[:start], CUT_ROWS, memoryview(content)[end:]))
    return rest, _pieces(content, start, end, piece_bytes)


def _pieces(content: bytes, start: int, end: int, piece_bytes: int) -> Iterator[bytes]:
    """Cut the rows from one place up to another into objects of some rows each."""
    whole = memoryview(content)
    while start < end:
        mark = content.find(ROW, start + piece_bytes, end)
        stop = end if mark < 0 else content.rindex(b',"', start, mark)
        yield b"".join((b"{", whole[start:stop], b"}"))
        start = stop + 1


def _positions(content: bytes, part: bytes) -> Iterator[int]:
    at = content.find(part)
    while at >= 0:
        yield at
        at = content.find(part, at + 1)
