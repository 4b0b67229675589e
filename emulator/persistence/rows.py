"""Rows of worlds: how a file holds them, and how a change is applied to them."""

from collections.abc import Iterator, Mapping, MutableMapping
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from pydantic_core import from_json

from emulator.persistence.call_columns import TABLE, CallRows, KnownPlans, KnownTexts, find_calls
from emulator.persistence.columns import Row, Rows, rows_of, runs_of, update_rows
from emulator.persistence.migrations import FORMAT, check_format, migrate
from emulator.persistence.row_errors import repetition
from emulator.persistence.split_file import CUT, cut_table, split_tables
from emulator.persistence.wal import DamagedError

META: Final = "emulator"
"""The table that says how to read the others."""
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
CHECKED_START: Final = b'{"emulator":{"1":{"checksum":"'
"""The first bytes of every file that the emulator wrote; the checksum follows."""
CHECKSUM_DIGITS: Final = 8
MISMATCH: Final = (
    "what was written (if you edited the file on purpose, delete the checksum from its table"
    f" {META})"
)
NOT_TABLES: Final = "a table must be an object of rows, and a row an object of fields"
RUN_START: Final = b'{"run":'
"""The first bytes of every run file."""
RUN_READER: Final = "`voicebot-emulator replay`"
CHANGE_KEYS: Final = frozenset(
    {
        *("world", "end", "copy", "rename", "take"),
        *("put", "add", "more", "join", "change", "patch", "same", "drop"),
    }
)
"""The keys a change may have."""
MAX_LEVELS: Final = 200
"""The parser's limit of arrays and objects within each other."""
MAX_FOREIGN_LEVELS: Final = 100
"""Some more than a request may have, and few enough to add some around it."""


def apply(change: Mapping[str, Any], worlds: dict[str, Rows]) -> None:
    """Apply one change.

    ``{"world", "put": {table: {key: row}}, "add": {table: rows as columns}, "change": {table:
    fields as columns}, "same": {table: {key: [field, other table, key there]}}, "drop": {table:
    [key]}}``; before these, ``"end"`` names a world to delete, ``"copy": [from, to]`` a world
    to begin as a copy of another, ``"rename": [from, to]`` a staged world that takes the place
    of another, and ``"take": [names]`` staged worlds whose rows are added. A staged world may have
    ``"more": {table: {key: {field: list}}}``, which is added to the list of a row; ``"join":
    {table: {key: field}}`` makes a text of a list of texts. Format 1 had ``"patch"`` at first:
    ``{table: {key: fields}}``.
    ValueError for any other key.
    """
    if not change.keys() <= CHANGE_KEYS:
        raise ValueError(f"unknown keys: {', '.join(sorted(change.keys() - CHANGE_KEYS))}")
    _check_names(change)
    if change.get("end") == change.get("world"):
        worlds[change["world"]] = {}  # a new world takes its place
    elif "end" in change:
        worlds.pop(change["end"], None)
    if "copy" in change:
        source, target = change["copy"]
        worlds[target] = {
            table: {key: dict(row) for key, row in rows.items()}
            for table, rows in worlds[source].items()
        }
    if "rename" in change:
        staged, target = change["rename"]
        worlds[target] = worlds.pop(staged)
    if "world" in change:
        tables = worlds.setdefault(change["world"], {})
        for staged in change.get("take", ()):
            for table, rows in worlds.pop(staged).items():
                tables.setdefault(table, {}).update(rows)
        _change(tables, change)


def _check_names(change: Mapping[str, Any]) -> None:
    """Raise TypeError for a world whose name is no text."""
    named = [change[each] for each in ("world", "end") if each in change]
    for each in ("copy", "rename", "take"):
        named += change.get(each, ())
    for name in named:
        if type(name) is not str:
            raise TypeError(f"{name!r} is not the name of a world")


def _change(tables: Rows, change: Mapping[str, Any]) -> None:
    for table, rows in change.get("put", {}).items():
        tables.setdefault(table, {}).update(rows)
    for table, columns in change.get("add", {}).items():
        known = tables.setdefault(table, {})
        known.update(rows_of(columns, "id"))
    _add_pieces(tables, change)
    _change_fields(tables, change)
    for table, rows in change.get("same", {}).items():
        for key, (field, other, there) in rows.items():
            tables[table][key] = tables[table][key] | {field: tables[other][there][field]}
    for table, keys in change.get("drop", {}).items():
        for key in keys:
            tables.get(table, {}).pop(key, None)


def _add_pieces(tables: Rows, change: Mapping[str, Any]) -> None:
    """Add to lists of rows; make texts of the lists that are whole."""
    for table, rows in change.get("more", {}).items():
        for key, fields in rows.items():
            for name, more in fields.items():
                tables[table][key][name] += more
    for table, whole in change.get("join", {}).items():
        for key, name in whole.items():
            tables[table][key] = tables[table][key] | {name: "".join(tables[table][key][name])}


def _change_fields(tables: Rows, change: Mapping[str, Any]) -> None:
    for table, written in change.get("change", {}).items():
        update_rows(tables[table], written)
    for table, patches in change.get("patch", {}).items():
        known = tables[table]
        for key, fields in patches.items():
            known[key].update(fields)


def read_whole(
    path: Path | str, content: bytes, *, is_own: bool = True
) -> tuple[Row, dict[str, Rows]]:
    """Read a checkpoint or an export: its metadata, and its worlds, in the format they have.

    A byte order mark, the line ends of Windows and an empty last line, which editors add, are no
    damage. A file that is not the server's own (``is_own``) may not be nested deeper than what the
    server writes.

    Raises DamagedError and NewerError.
    """
    content = content.removeprefix(BYTE_ORDER_MARK)
    if b"\r" in content:  # many times faster to find than the pair
        content = content.replace(b"\r\n", b"\n")
    if content.endswith(b"\n"):
        content = content.rstrip(b"\n")
    checked = content.startswith(CHECKED_START)
    if (
        checked
        and _check(content) != content[len(CHECKED_START) : len(CHECKED_START) + CHECKSUM_DIGITS]
    ):
        raise DamagedError(f"{path} is damaged: its checksum is not {MISMATCH}")
    try:
        tables, calls = _tables(content, checked=checked, is_own=is_own)
        meta = _meta(path, tables.pop(META, {"1": {}}), checked=checked)
        worlds: dict[str, Rows] = {}
        for name, rows in tables.items():
            if name == TABLE and calls:
                for world, of_world in calls.items():
                    worlds.setdefault(world, {})[name] = of_world
            else:
                _add_rows(worlds, name, list(rows.values()), meta["keys"].get(name, "id"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if content.startswith(RUN_START):
            raise DamagedError(f"{path} is a run file: {RUN_READER} reads it") from None
        raise DamagedError(f"{path} is not a world file, or is damaged: {_said(error)}") from None
    return meta, worlds


def _tables(
    content: bytes, *, checked: bool, is_own: bool
) -> tuple[dict[str, Any], dict[str, CallRows]]:
    """Return the tables of a file. Calls may be apart, those of each world."""
    if checked and is_own:
        if (found := _with_calls_apart(content)) is not None:
            return found
    elif checked:  # others wait, who may take a turn after each piece
        tables = split_tables(content, lambda piece: _parsed(piece, MAX_FOREIGN_LEVELS))
        if tables is not None:
            return tables, {}
    return _parsed(content, MAX_LEVELS if is_own else MAX_FOREIGN_LEVELS), {}


def _with_calls_apart(content: bytes) -> tuple[dict[str, Any], dict[str, CallRows]] | None:
    """Return the tables of the server's own file without the calls, and the calls of each world.

    None for a file that has no calls, or is not written as ours are.
    """
    calls: dict[str, CallRows] = {}
    texts, plans = KnownTexts(), KnownPlans()
    try:
        rest, pieces = cut_table(content, TABLE)
        tables: dict[str, Any] = from_json(rest, allow_inf_nan=False)
        for piece in pieces:
            if (found := find_calls(piece[1:-1].decode(), texts, plans)) is not None:
                world, some = found
                calls.setdefault(world, CallRows()).add(some)
                continue
            rows = from_json(piece, allow_inf_nan=False)
            for world, run in _by_world([*rows.values()]):
                calls.setdefault(world, CallRows()).add(run)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (tables, calls) if tables.get(TABLE) == CUT else None


def _said(error: Exception) -> str:
    """Say what is wrong with the tables of a file."""
    if isinstance(error, KeyError):
        return f"a row has no {error}"
    return str(error) if isinstance(error, ValueError) else NOT_TABLES


def _add_rows(worlds: dict[str, Rows], table: str, rows: list[Row], key: str) -> None:
    """Add the rows of a table to those of their worlds, which they name."""
    for world, run in _by_world(rows):
        _add_to_world(worlds.setdefault(world, {}).setdefault(table, {}), table, run, key)


def _by_world(rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Go through the runs of rows of one world, whose name they lose."""
    names = [row.pop("world") for row in rows]
    for world, run in runs_of(names):
        _check_names({"world": world})
        yield world, rows[run]


def _add_to_world(found: MutableMapping[str, Row], table: str, rows: list[Row], key: str) -> None:
    keys = [*map(itemgetter(key), rows)]
    if {*map(type, keys)} != {str}:
        keys = [*map(str, keys)]
    if not found:
        found.update(zip(keys, rows, strict=True))
        if len(found) == len(keys):
            return
        found.clear()
    if len({*keys}) < len(keys) or not found.keys().isdisjoint(keys):
        raise repetition(table, key, keys, rows, found)
    found.update(zip(keys, rows, strict=True))


def read_worlds(path: Path, content: bytes) -> dict[str, Rows]:
    """Read the worlds of a file that is not the server's own, in our format.

    None of them expires or has a control token: that was agreed with another server.

    Raises DamagedError and NewerError.
    """
    meta, worlds = read_whole(path, content, is_own=False)
    migrate(worlds, meta["format"])
    for tables in worlds.values():
        for row in tables.get("worlds", {}).values():
            row.pop("expires_at", None)
            row.pop("control_nonce", None)
    return worlds


def _parsed(content: bytes, levels: int) -> Any:
    """Parse JSON; ValueError if it is nested deeper than this.

    The parser's own limit does the counting: it finds the content within so many more levels.
    """
    if (more := MAX_LEVELS - levels) == 0:
        return from_json(content, allow_inf_nan=False)
    try:
        value = from_json(b"[" * more + content + b"]" * more, allow_inf_nan=False)
    except ValueError:
        from_json(content, allow_inf_nan=False)  # for an error at the true place
        raise ValueError(f"it is nested deeper than {levels} levels") from None
    for _ in range(more):
        (value,) = value
    return value


def _meta(path: Path | str, table: Mapping[str, Row], *, checked: bool) -> Row:
    """Return the metadata of a file. A file without a checksum was written by hand."""
    meta: Row = {"format": FORMAT, "generation": 0, "keys": {}, "version": ""} | table["1"]
    check_format(path, table["1"] if "format" in table["1"] else meta)
    known: Row = {"format": int, "generation": int, "keys": dict, "version": str}
    if checked:
        known["checksum"] = str
    if len(table) > 1 or {name: type(value) for name, value in meta.items()} != known:
        raise DamagedError(f"{path} is damaged: its table {META} is not {MISMATCH}")
    return meta


def _check(content: bytes) -> bytes:
    head = crc32(CHECKED_START + b"0" * CHECKSUM_DIGITS)
    return b"%08x" % crc32(memoryview(content)[len(CHECKED_START) + CHECKSUM_DIGITS :], head)
