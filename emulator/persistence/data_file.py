"""Keeps worlds in a file: what changes is written down before anybody is told of it."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from emulator.domain.errors import NoRoomError
from emulator.persistence.deadline import Hurry, LateError
from emulator.persistence.rows import Rows
from emulator.persistence.tables import Row, Table, as_text, whole_rows
from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.worlds import tables_of, vendor_tables
from emulator.world.world import World

_log: Final = logging.getLogger("emulator")


class Keeper:
    """Follows worlds, and writes what has changed in them, all at once or not at all."""

    def __init__(self, path: Path, *, sync: bool, fold_from: int, fold_within: float) -> None:
        """``fold_from``: bytes a journal has at least before it is folded into the file.

        ``fold_within``: real seconds that takes at most once the server is told to stop.
        """
        self.hurry = Hurry(fold_within)
        self._file = WorldFile(path, sync=sync)
        self._fold_from = fold_from
        self._fold_at = fold_from
        self._tables: dict[str, list[Table]] = {}
        self._anew: set[str] = set()
        """Worlds that could not be written down when they began."""

    def take(self) -> dict[str, Rows]:
        """Hand over what the file held, by the names of worlds."""
        found, self._file.worlds = self._file.worlds, {}
        return found

    def begin(self, world: World) -> None:
        """Follow a world that is new, in place of any that had its name."""
        self.follow(world)
        self._anew.add(world.name)
        put = {each.name: _by_key(each, each.rows()) for each in self._tables[world.name]}
        self._write({"end": world.name, "world": world.name, "put": put})
        self._anew.discard(world.name)

    def copied(self, source: World, target: World) -> None:
        """Follow a world that has just become like another."""
        self.commit(source)
        self.follow(target)
        self._anew.add(target.name)
        table = self._tables[target.name][0]
        rows = {row[table.key]: row for row in table.rows()}
        self._write(
            {
                "copy": [source.name, target.name],
                "world": target.name,
                "drop": {table.name: [source.name]},
                "put": {table.name: rows},
            }
        )
        self._anew.discard(target.name)

    def end(self, name: str) -> None:
        """Forget a world."""
        self._write({"end": name})
        self.forget(name)

    def forget(self, name: str) -> None:
        """Follow a world no more."""
        self._tables.pop(name, None)
        self._anew.discard(name)

    def met(self, world: World, platform: str) -> None:
        """Follow what a vendor remembers too; all of it is written with what comes next."""
        tables = self._tables.get(world.name)
        if tables is not None:
            for table in vendor_tables(world, platform):
                table.follow_all()
                tables.append(table)

    def follow(self, world: World) -> None:
        """Note from now on what changes in a world."""
        self._tables[world.name] = tables = tables_of(world)
        for table in tables:
            table.follow()

    def commit(self, world: World) -> None:
        """Write down what has changed in a world; NoRoomError when that is not possible.

        What could not be written is written with what comes next.
        """
        if world.name in self._anew:
            self.begin(world)
        if not self._commit(world.name):
            return
        if self._file.grown > self._fold_at and self._file.grown > self._file.size:
            self._fold_when_due()

    def _commit(self, name: str) -> bool:
        """Write down what has changed in the world of this name, and say whether anything has."""
        dirty = [table for table in self._tables.get(name, ()) if table.is_dirty]
        if not dirty:
            return False
        change: Row = {}
        for table in dirty:
            found = table.changes()
            told = {
                "put": _by_key(table, found.put.values()),
                "add": found.add,
                "change": found.change,
                "same": found.same,
                "drop": found.drop,
            }
            for kind, what in told.items():
                if what:
                    change.setdefault(kind, {})[table.name] = what
        self._write({"world": name, **change})
        for table in dirty:
            table.settle()
        return True

    def _write(self, change: Row) -> None:
        try:
            self._file.append(to_json(change))
        except OSError as error:
            raise NoRoomError(f"the world file cannot be written: {error.strerror}") from None

    def _fold_when_due(self) -> None:
        try:
            self._fold()
            self._fold_at = self._fold_from
        except (OSError, LateError):
            self._fold_at = 2 * self._file.grown  # no room or no time: the journal has it all

    def _fold(self) -> None:
        size = max(self._file.size, self._file.grown)  # it will have that, roughly, or more
        self._file.fold(self._whole(), self.hurry.watch(size))

    def _whole(self) -> Iterator[tuple[str, str, Iterable[Row]]]:
        """Every table with the rows of every world."""
        names = {table.name: table.key for tables in self._tables.values() for table in tables}
        for name, key in names.items():
            yield name, key, self._rows_of(name)

    def _rows_of(self, name: str) -> Iterator[Row]:
        for world, tables in self._tables.items():
            for table in tables:
                if table.name == name:
                    yield from whole_rows(world, table)

    def close(self) -> None:
        """Let go of the file, with everything folded into it if there are the time and the room.

        If not, it stays as it was last folded, and the journal beside it has what came since.
        """
        try:
            if not self._is_written_down() or not self._file.is_whole:
                self._file.sync()
                self._fold()
        except LateError:
            self._leave("time", "; --fold-seconds gives it more")
        except OSError:
            self._leave("room")
        else:
            self._file.finish()

    def _is_written_down(self) -> bool:
        """Write down what has changed in any world; tell whether that was possible."""
        with suppress(NoRoomError):
            for name in self._tables:
                if name not in self._anew:
                    self._commit(name)
            return not self._anew
        return False

    def _leave(self, lack: str, hint: str = "") -> None:
        """Let go of a file that not everything could be folded into, and say so."""
        _log.warning(
            "there was no %s to fold %s into %s: nothing is lost, the next start reads both%s",
            lack,
            self._file.wal,
            self._file.path,
            hint,
        )
        self._file.close()


def _by_key(table: Table, rows: Iterable[Row]) -> dict[str, Row]:
    key = table.key
    return {row[key]: row for row in as_text(table.name, rows)}
