"""The world file: a TinyDB database, and beside it the write-ahead log of later changes."""

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic_core import to_json
from tinydb.storages import Storage

from emulator.disk import is_mounted, open_regular, read_regular, resolve_link
from emulator.persistence.background_checkpoint import BackgroundCheckpoint
from emulator.persistence.columns import Row, Rows
from emulator.persistence.file_writer import Progress, whole_file, write_beside
from emulator.persistence.former_wal import adopt_former_wal
from emulator.persistence.locks import hold, keeps_open, lock_file
from emulator.persistence.log_flush import LogFlush
from emulator.persistence.migrations import EARLIEST, FORMAT, mark, migrate
from emulator.persistence.replay import replay
from emulator.persistence.rows import META, read_whole, read_worlds
from emulator.persistence.wal import (
    DamagedError,
    Frames,
    WorldFileError,
    beside,
    sync_folder,
)
from emulator.persistence.wal_reader import generation_of

WAL_SUFFIX: Final = ".wal"

_log: Final = logging.getLogger("emulator")


class WorldFile(Storage):
    """One file with every world, one table per kind of record.

    A checkpoint replaces the file as a whole. Between two checkpoints, changes are appended to
    ``FILE.wal``, at a cost that does not depend on the size of the file. As a TinyDB storage
    it reads both as one: ``TinyDB(path, storage=WorldFile)``.
    """

    def __init__(self, path: str | Path, *, sync: bool = False) -> None:
        super().__init__()
        self.path = resolve_link(Path(path))
        self.worlds: dict[str, Rows] = {}
        """The rows that were read, until DataFile takes them."""
        self._keys: dict[str, str] = {}
        self._generation = 0
        self._release = lock_file(self.path)
        self._held = -1
        """Holds the lock of the file itself, which may have another name too."""
        self._background: BackgroundCheckpoint | None = None
        """The checkpoint that another process makes."""
        self._is_placed = True
        """The file of the present generation has its name."""
        wal = self.path.with_name(f"{self.path.name}{WAL_SUFFIX}")
        self._frames = Frames(wal, sync=sync, first=to_json(mark()))
        self.log_flush = LogFlush(self._frames) if sync else None
        try:
            self._load()
        except BaseException:
            self.close()
            raise

    @property
    def wal_size(self) -> int:
        """Bytes of the write-ahead log."""
        return self._frames.size

    @property
    def size(self) -> int:
        """Bytes of the file as the last checkpoint left it."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def wal(self) -> Path:
        """The path of the write-ahead log."""
        return self._frames.path

    @property
    def is_checkpointed(self) -> bool:
        """The file has everything: nothing has changed since the last checkpoint."""
        return self.size > 0 and self._is_placed and self._frames.is_empty

    @property
    def is_checkpointing(self) -> bool:
        """Another process makes a checkpoint, or has made one that is to be put in place."""
        return self._background is not None

    @property
    def is_checkpoint_over(self) -> bool:
        """That process has ended, and nothing is being copied."""
        return self._background is not None and self._background.is_over

    def _load(self) -> None:
        format_of_data = EARLIEST
        if (content := self._read_data()) != b"":
            meta, self.worlds = read_whole(self.path, content)
            self._keys = meta["keys"]
            self._generation = meta["generation"]
            format_of_data = meta["format"]
        wal = self._frames.path
        adopt_former_wal(self.path, wal, self._generation)
        generation = generation_of(wal)
        if generation is not None and generation > self._generation:
            if self._place_written(generation):
                self._load()
                return
            raise DamagedError(f"{wal} belongs to a later file than {self.path}")
        if generation is None and wal.exists():
            _warn_of_cut(wal, wal.stat().st_size)
        if generation is None or generation < self._generation:
            migrate(self.worlds, format_of_data)
            self._frames.begin(self._generation)
            return
        end, format_of_wal = replay(wal, self.worlds, format_of_data)
        if (lost := wal.stat().st_size - end) > 0:
            _warn_of_cut(wal, lost)
        self._frames.open(end)
        if format_of_wal != FORMAT:
            migrate(self.worlds, format_of_wal)
            self.append(to_json(mark()))

    def _read_data(self) -> bytes:
        """Lock and read the data file; nothing if there is none."""
        try:
            self._held = open_regular(self.path)
        except FileNotFoundError:
            return b""
        if is_mounted(self.path):
            raise WorldFileError(
                f"{self.path} is mounted by itself, so that no checkpoint can replace it, and its"
                f" write-ahead log would not be kept with it; mount the folder {self.path.parent}"
            )
        hold(self._held, self.path)
        with open(self._held, "rb", closefd=False) as file:  # a descriptor
            content = file.read()
        if not keeps_open():
            _close(self._held)
            self._held = -1
        return content

    def _place_written(self, generation: int) -> bool:
        """Continue with a checkpoint that was cut short before its file had its name."""
        new = beside(self.path)
        try:
            meta, _ = read_whole(new, read_regular(new))
        except (FileNotFoundError, DamagedError):
            return False
        if meta["generation"] == generation:
            _close(self._held)
            self._held = -1
            new.replace(self.path)
            sync_folder(self.path)
        return bool(meta["generation"] == generation)

    def append(self, change: bytes, *, is_inert: bool = False) -> None:
        """Append a change, as ``apply`` reads it; OSError when the disk is full."""
        self._frames.append(change)
        if self.log_flush and not is_inert:
            self.log_flush.request()

    def reserve(self, size: int) -> None:
        """Make sure that changes of so many bytes can be appended; OSError if they cannot."""
        self._frames.reserve(size)

    def sync(self) -> None:
        """Flush every change to the disk, so that it survives a power cut."""
        self._frames.sync()

    def checkpoint(
        self,
        tables: Iterable[tuple[str, str, Iterable[Row]]],
        progress: Progress = lambda _: None,
    ) -> None:
        """Replace the file by these tables (name, field of the key, rows), and empty the log.

        OSError when the disk is full, or what ``progress`` raises; then both are as they were.
        """
        self._place()
        self._frames.flush_rest()
        generation, held = self._generation + 1, -1
        try:
            held = write_beside(self.path, tables, generation, progress)
            self._frames.prepare(generation)
            beside(self.path).replace(self.path)
        except BaseException:
            _close(held)
            beside(self.path).unlink(missing_ok=True)
            raise
        _close(self._held)
        self._held = held
        self._generation = generation
        self._frames.replace(generation)

    def start_checkpoint(self, keys: Row) -> bool:
        """Have another process write the next file from what the disk has; False if it cannot.

        ``keys``: the fields of the keys of tables, where it is not the id. OSError when the disk
        is full.
        """
        if not (BackgroundCheckpoint.is_possible() and self._frames.is_whole):
            return False
        self._place()
        end, generation = self._frames.size, self._generation + 1
        self._background = BackgroundCheckpoint(self.path, self.wal, end, generation, keys)
        return True

    def finish_checkpoint(self, *, in_turns: bool = False) -> None:
        """Put the file that the process has written in place, and keep the log of what came since.

        ``in_turns``: a thread copies much of that first, and the checkpoint is over anew after it.
        OSError if it could not be written; then everything is as it was.
        """
        background = self._background
        if background is None:
            return
        try:
            later = background.later(self._frames)
            if in_turns and later.catch_up(self._frames.size):
                return
            self._frames.move(later)
        except OSError:
            self._background = None
            background.drop(self.path)
            raise
        self._background = None
        _close(self._held)
        self._held, self._generation, self._is_placed = (
            background.file,
            background.generation,
            False,
        )
        self._place()

    def cancel_checkpoint(self) -> None:
        """End the process that makes a checkpoint, if there is one."""
        background, self._background = self._background, None
        if background is not None:
            background.cancel(self.path)

    def _place(self) -> None:
        """Give the file of the present generation its name, unless it has it.

        Its log is in place, down to the disk, and names it: a start continues here.
        """
        if not self._is_placed:
            sync_folder(self.path)
            beside(self.path).replace(self.path)
            self._is_placed = True
            sync_folder(self.path)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return everything as TinyDB expects it: table, number, record."""
        shown: dict[str, dict[str, Any]] = {}
        for world, tables in self.worlds.items():
            for name, rows in tables.items():
                table = shown.setdefault(name, {})
                for row in rows.values():
                    table[str(len(table) + 1)] = {"world": world, **row}
        return shown or None

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Replace everything, atomically; DamagedError for a row that is no record of a world."""
        tables = [
            (name, self._keys.get(name, "id"), [dict(row) for row in rows.values()])
            for name, rows in data.items()
            if name != META
        ]
        worlds = read_worlds(self.path, whole_file(tables))
        self.checkpoint(tables)
        self.worlds = worlds

    def close(self) -> None:
        """Close the file and release its lock."""
        self.cancel_checkpoint()
        if self.log_flush:
            self.log_flush.close()
        self._frames.close()
        _close(self._held)
        self._held = -1
        self._release()
        self._release = lambda: None

    def close_and_remove_wal(self) -> None:
        """Close a file that has just been checkpointed, and leave nothing beside it."""
        self._frames.path.unlink(missing_ok=True)
        self.path.with_name(f"{self.path.name}.lock").unlink(missing_ok=True)
        self.close()


def _close(file: int) -> None:
    if file >= 0:
        os.close(file)


def _warn_of_cut(wal: Path, lost: int) -> None:
    _log.warning("%s: cut off the last %d bytes, an incomplete write", wal, lost)
