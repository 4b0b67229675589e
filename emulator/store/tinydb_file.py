"""The world file: a TinyDB database, and beside it a journal of what has changed since."""

import fcntl
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json
from tinydb.storages import Storage

from emulator.store.frames import (
    DamagedError,
    Frames,
    WorldFileError,
    generation_of,
    read_frames,
)
from emulator.store.rows import META, Row, Rows, apply, read_whole, write_whole_file

_log: Final = logging.getLogger("emulator")


class LockedError(WorldFileError):
    """Another process uses the file; the message says which."""


class WorldFile(Storage):
    """One file with every world, one table per kind of record.

    The file itself is only ever replaced as a whole. Between two such foldings what changes is
    appended to ``FILE.journal``, at a cost that does not depend on the size of the file. As a
    TinyDB storage it reads both as one: ``TinyDB(path, storage=WorldFile)``.
    """

    def __init__(self, path: str | Path, *, sync: bool = False) -> None:
        super().__init__()
        self.path = Path(path)
        self.worlds: dict[str, Rows] = {}
        """What was found, until somebody takes it."""
        self._keys: dict[str, str] = {}
        self._generation = 0
        self._lock = _locked(self.path)
        self._frames = Frames(self.path.with_name(f"{self.path.name}.journal"), sync=sync)
        try:
            self._load()
        except BaseException:
            self.close()
            raise

    @property
    def grown(self) -> int:
        """Bytes of the journal."""
        return self._frames.size

    @property
    def size(self) -> int:
        """Bytes of the file as it was last folded."""
        return self.path.stat().st_size if self.path.exists() else 0

    def _load(self) -> None:
        if self.path.exists() and (content := self.path.read_bytes()):
            meta, self.worlds = read_whole(self.path, content)
            self._keys = meta.get("keys", {})
            self._generation = meta.get("generation", 0)
        journal = self._frames.path
        generation = generation_of(journal)
        if generation is not None and generation > self._generation:
            raise DamagedError(f"{journal} goes on from a later file than {self.path} is")
        if generation is None or generation < self._generation:
            self._frames.begin(self._generation)
            return
        whole = journal.stat().st_size
        end = _replay(journal, self.worlds)
        if end < whole:
            lost = whole - end
            _log.warning("%s: cut off %d bytes that were not written whole", journal, lost)
        self._frames.open(end)

    def append(self, change: bytes) -> None:
        """Write a change down, as ``apply`` reads it; OSError when there is no room."""
        self._frames.append(change)

    def fold(self, tables: Iterable[tuple[str, str, Iterable[Row]]]) -> None:
        """Replace the file by these tables (name, field of the key, rows); the journal is empty.

        OSError when there is no room; then both are as they were.
        """
        write_whole_file(self.path, tables, self._generation + 1)
        self._generation += 1
        self._frames.begin(self._generation)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Everything, as TinyDB has it: table, number, record."""
        shown: dict[str, dict[str, Any]] = {}
        for world, tables in self.worlds.items():
            for name, rows in tables.items():
                table = shown.setdefault(name, {})
                for row in rows.values():
                    table[str(len(table) + 1)] = {"world": world, **row}
        return shown or None

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Replace everything, atomically."""
        tables = [
            (name, self._keys.get(name, "id"), [dict(row) for row in rows.values()])
            for name, rows in data.items()
            if name != META
        ]
        self.fold(tables)
        self.worlds = read_whole(self.path, self.path.read_bytes())[1]

    def close(self) -> None:
        """Let go of the file."""
        self._frames.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def finish(self) -> None:
        """Let go of a file that has just been folded; nothing is left beside it."""
        self._frames.path.unlink(missing_ok=True)
        self.path.with_name(f"{self.path.name}.lock").unlink(missing_ok=True)
        self.close()


def _replay(journal: Path, worlds: dict[str, Rows]) -> int:
    """Take over every change that is whole; return the byte after the last."""
    end = 0
    for end, payload in read_frames(journal):  # noqa: B007  # wanted after the loop
        apply(from_json(payload), worlds)
    return end or _after_head(journal)


def _after_head(journal: Path) -> int:
    return min(20, journal.stat().st_size)


def _locked(path: Path) -> int:
    """Take the file for this process alone, or raise LockedError."""
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(lock, 100).decode("utf-8", "replace").strip() or "unknown"
        os.close(lock)
        raise LockedError(f"{path} is in use by process {holder}") from None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock
