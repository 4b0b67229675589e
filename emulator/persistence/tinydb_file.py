"""The world file: a TinyDB database, and beside it a journal of what has changed since."""

import fcntl
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json
from tinydb.storages import Storage

from emulator.persistence.rows import (
    META,
    Look,
    Row,
    Rows,
    apply,
    read_whole,
    whole_file,
    write_beside,
)
from emulator.persistence.wal import (
    HEAD,
    DamagedError,
    Frames,
    WorldFileError,
    beside,
    generation_of,
    read_frames,
)

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

    @property
    def wal(self) -> Path:
        """Where the changes are."""
        return self._frames.path

    @property
    def is_whole(self) -> bool:
        """The file has everything: nothing has changed since it was folded."""
        return self.size > 0 and self.grown == HEAD

    def _load(self) -> None:
        if self.path.exists() and (content := self.path.read_bytes()):
            meta, self.worlds = read_whole(self.path, content)
            self._keys = meta["keys"]
            self._generation = meta["generation"]
        wal = self._frames.path
        generation = generation_of(wal)
        if generation is not None and generation > self._generation:
            raise DamagedError(f"{wal} goes on from a later file than {self.path} is")
        if generation is None and wal.exists():
            _warn_of_cut(wal, wal.stat().st_size)
        if generation is None or generation < self._generation:
            self._frames.begin(self._generation)
            return
        end = _replay(wal, self.worlds)
        if (lost := wal.stat().st_size - end) > 0:
            _warn_of_cut(wal, lost)
        self._frames.open(end)

    def append(self, change: bytes) -> None:
        """Write a change down, as ``apply`` reads it; OSError when there is no room."""
        self._frames.append(change)

    def sync(self) -> None:
        """Have every change survive a power cut."""
        self._frames.sync()

    def fold(
        self,
        tables: Iterable[tuple[str, str, Iterable[Row]]],
        look: Look = lambda _: None,
    ) -> None:
        """Replace the file by these tables (name, field of the key, rows); the journal is empty.

        OSError when there is no room, or what ``look`` raises; then both are as they were.
        """
        generation = self._generation + 1
        try:
            write_beside(self.path, tables, generation, look)
            self._frames.prepare(generation)
            beside(self.path).replace(self.path)
        except BaseException:
            beside(self.path).unlink(missing_ok=True)
            raise
        self._generation = generation
        self._frames.replace(generation)

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
        """Replace everything, atomically; DamagedError for what is no record of a world."""
        tables = [
            (name, self._keys.get(name, "id"), [dict(row) for row in rows.values()])
            for name, rows in data.items()
            if name != META
        ]
        worlds = read_whole(self.path, whole_file(tables))[1]
        self.fold(tables)
        self.worlds = worlds

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


def _replay(wal: Path, worlds: dict[str, Rows]) -> int:
    """Take over every change that is whole; return the byte after the last."""
    at = HEAD
    for end, payload in read_frames(wal):
        try:
            apply(from_json(payload), worlds)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise DamagedError(
                f"{wal} does not go on from the file beside it, at byte {at}: {problem}"
            ) from None
        at = end
    return at


def _warn_of_cut(wal: Path, lost: int) -> None:
    _log.warning("%s: cut off %d bytes that were not written whole", wal, lost)


def _locked(path: Path) -> int:
    """Take the file for this process alone, or raise LockedError."""
    name = path.with_name(f"{path.name}.lock")
    lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(lock, 100).decode("utf-8", "replace").strip() or "unknown"
        os.close(lock)
        raise LockedError(f"{path} is in use by process {holder}") from None
    if not name.exists() or not os.path.samestat(os.fstat(lock), name.stat()):
        os.close(lock)  # it was taken away by who held it, after it was opened here
        return _locked(path)
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock
