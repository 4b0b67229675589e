"""Rows of worlds: how a file holds them, and how a change is applied to them."""

import os
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final
from zlib import crc32

from pydantic_core import from_json, to_json

from emulator.persistence.columns import rows_of
from emulator.persistence.wal import DamagedError, WorldFileError, beside

FORMAT: Final = 1
META: Final = "emulator"
"""The table that says how to read the others."""
CHECKED: Final = b'{"emulator":{"1":{"checksum":"'
"""What every file begins with that was written here; the checksum follows."""
DIGITS: Final = 8
NOT_RIGHT: Final = (
    "what was written (if the file was edited on purpose, take the checksum out of its table"
    f" {META})"
)
KNOWN: Final = frozenset({"world", "end", "copy", "put", "add", "change", "same", "drop"})
"""What a change may have."""
TOGETHER: Final = 100
"""Rows written at a time, at most: more would not stay in the processor's cache."""
PIECE: Final = 1 << 20
"""Bytes written at a time, about: rows may be of any size."""
UNSYNCED: Final = 32 << 20
"""Bytes that the disk is left to write by itself, at most: the rest is waited for on the way."""

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]
"""The rows of one world by table and key."""
Look = Callable[[int], None]
"""Told on the way how many bytes are written; whatever it raises ends the writing."""


class NewerError(WorldFileError):
    """The file was written by a later version of the emulator."""


def apply(change: Mapping[str, Any], worlds: dict[str, Rows]) -> None:
    """Take over one change.

    ``{"world", "put": {table: {key: row}}, "add": {table: rows as columns}, "change": {table:
    fields as columns}, "same": {table: {key: [field, other table, key there]}}, "drop": {table:
    [key]}}``; before these, ``"end"`` names a world to forget, and ``"copy": [from, to]`` one to
    begin as another stands. ValueError for anything else.
    """
    if not change.keys() <= KNOWN:
        raise ValueError(f"nothing is known of {', '.join(sorted(change.keys() - KNOWN))}")
    if change.get("end") == change.get("world"):
        worlds[change["world"]] = {}  # it begins anew, in its place
    elif "end" in change:
        worlds.pop(change["end"], None)
    if "copy" in change:
        source, target = change["copy"]
        worlds[target] = {table: dict(rows) for table, rows in worlds[source].items()}
    if "world" in change:
        _change(worlds.setdefault(change["world"], {}), change)


def _change(tables: Rows, change: Mapping[str, Any]) -> None:
    for table, rows in change.get("put", {}).items():
        tables.setdefault(table, {}).update(rows)
    for table, columns in change.get("add", {}).items():
        known = tables.setdefault(table, {})
        known.update(rows_of(columns, "id"))
    for table, columns in change.get("change", {}).items():
        known = tables[table]
        for key, fields in rows_of(columns):
            known[key] = known[key] | fields
    for table, rows in change.get("same", {}).items():
        for key, (field, other, there) in rows.items():
            tables[table][key] = tables[table][key] | {field: tables[other][there][field]}
    for table, keys in change.get("drop", {}).items():
        for key in keys:
            tables.get(table, {}).pop(key, None)


def read_whole(path: Path, content: bytes) -> tuple[Row, dict[str, Rows]]:
    """Read a file that was folded or exported: how it says it is read, and its worlds.

    Raises DamagedError and NewerError.
    """
    checked = content.startswith(CHECKED)
    if checked and _check(content) != content[len(CHECKED) : len(CHECKED) + DIGITS]:
        raise DamagedError(f"{path} is damaged: its checksum is not {NOT_RIGHT}")
    try:
        tables = from_json(content)
        meta = _meta(path, tables.pop(META, {"1": {}}), checked=checked)
        worlds: dict[str, Rows] = {}
        for name, rows in tables.items():
            key = meta["keys"].get(name, "id")
            for row in rows.values():
                world = worlds.setdefault(row.pop("world"), {})
                world.setdefault(name, {})[str(row[key])] = row
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise DamagedError(f"{path} is no world file, or damaged: {problem}") from None
    return meta, worlds


def _meta(path: Path, table: Mapping[str, Row], *, checked: bool) -> Row:
    """How a file says it is read. One without a checksum has been written by hand."""
    meta: Row = {"format": FORMAT, "generation": 0, "keys": {}} | table["1"]
    if meta["format"] > FORMAT:
        raise NewerError(
            f"{path} has format {meta['format']}, and this emulator reads up to {FORMAT}:"
            " it was written by a later version"
        )
    known: Row = {"format": int, "generation": int, "keys": dict}
    if checked:
        known["checksum"] = str
    if len(table) > 1 or {name: type(value) for name, value in meta.items()} != known:
        raise DamagedError(f"{path} is damaged: its table {META} is not {NOT_RIGHT}")
    return meta


def whole_file(tables: Iterable[tuple[str, str, Iterable[Row]]]) -> bytes:
    """Write a file into memory."""
    file = BytesIO()
    _write_checked(file, tables, 0, lambda _: None)
    return file.getvalue()


def write_beside(
    path: Path, tables: Iterable[tuple[str, str, Iterable[Row]]], generation: int, look: Look
) -> None:
    """Write a whole file beside the place it is to take. OSError when there is no room."""
    with beside(path).open("wb") as file:
        synced = 0

        def on_the_way(written: int) -> None:
            nonlocal synced
            if written - synced > UNSYNCED:
                file.flush()
                os.fsync(file.fileno())
                synced = written
            look(written)

        _write_checked(file, tables, generation, on_the_way)
        file.flush()
        os.fsync(file.fileno())


def _write_checked(
    file: BinaryIO,
    tables: Iterable[tuple[str, str, Iterable[Row]]],
    generation: int,
    look: Look,
) -> None:
    check = written = 0

    def write(piece: bytes | memoryview) -> None:
        nonlocal check, written
        check = crc32(piece, check)
        written += file.write(piece)
        look(written)

    _write_tables(write, tables, generation)
    file.seek(len(CHECKED))
    file.write(b"%08x" % check)


def _write_tables(
    write: Callable[[bytes | memoryview], None],
    tables: Iterable[tuple[str, str, Iterable[Row]]],
    generation: int,
) -> None:
    named = list(tables)
    keys = {name: key for name, key, _ in named if key != "id"}
    meta = to_json({"format": FORMAT, "generation": generation, "keys": keys})
    write(CHECKED + b"0" * DIGITS + b'",' + meta[1:] + b"}")
    for name, _, rows in named:
        write(b',"' + name.encode() + b'":{')
        numbered = enumerate(rows, 1)
        between, count = b"", 1
        while some := dict(islice(numbered, count)):
            piece = memoryview(to_json(some))[1:-1]
            write(between)
            write(piece)
            between, count = b",", max(1, min(TOGETHER, count * PIECE // len(piece)))
        write(b"}")
    write(b"}")


def _check(content: bytes) -> bytes:
    head = crc32(CHECKED + b"0" * DIGITS)
    return b"%08x" % crc32(memoryview(content)[len(CHECKED) + DIGITS :], head)
