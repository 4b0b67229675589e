"""The world file: a TinyDB database, and beside it the write-ahead log of later changes."""

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json, to_json
from tinydb.storages import Storage

from emulator.disk import is_mounted, open_regular, resolve_link
from emulator.persistence.columns import Row, Rows
from emulator.persistence.locks import hold, keeps_open, lock_file
from emulator.persistence.migrations import EARLIEST, FORMAT, check_format, mark, migrate
from emulator.persistence.rows import (
    META,
    Progress,
    apply,
    read_whole,
    read_worlds,
    whole_file,
    write_beside,
)
from emulator.persistence.wal import (
    HEADER_BYTES,
    DamagedError,
    Frames,
    WorldFileError,
    beside,
    generation_of,
    read_frames,
    sync_folder,
)

WAL_SUFFIX: Final = ".wal"
FORMER_WAL_SUFFIX: Final = ".journal"
"""What version 0.1 called the write-ahead log."""

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
        wal = self.path.with_name(f"{self.path.name}{WAL_SUFFIX}")
        self._frames = Frames(wal, sync=sync, first=to_json(mark()))
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
        return self.size > 0 and self.wal_size == self._frames.empty_size

    def _load(self) -> None:
        format_of_data = EARLIEST
        if (content := self._read_data()) != b"":
            meta, self.worlds = read_whole(self.path, content)
            self._keys = meta["keys"]
            self._generation = meta["generation"]
            format_of_data = meta["format"]
        wal = self._frames.path
        self._adopt_former_wal(wal)
        generation = generation_of(wal)
        if generation is not None and generation > self._generation:
            raise DamagedError(f"{wal} belongs to a later file than {self.path}")
        if generation is None and wal.exists():
            _warn_of_cut(wal, wal.stat().st_size)
        if generation is None or generation < self._generation:
            migrate(self.worlds, format_of_data)
            self._frames.begin(self._generation)
            return
        end, format_of_wal = _replay(wal, self.worlds, format_of_data)
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

    def _adopt_former_wal(self, wal: Path) -> None:
        """Rename the log of an older version; a crash leaves it under one name or the other."""
        former = self.path.with_name(f"{self.path.name}{FORMER_WAL_SUFFIX}")
        beside(former).unlink(missing_ok=True)
        if not former.exists():
            return
        if wal.exists() and self._has_changes(wal):
            if self._has_changes(former):
                raise WorldFileError(
                    f"{former} and {wal} both have changes of {self.path}, because an older"
                    " version has used it since; move one of the two away to continue with the"
                    " other"
                )
            former.unlink()
        else:
            former.replace(wal)
        sync_folder(wal)

    def _has_changes(self, wal: Path) -> bool:
        """Whether a log has frames that the last checkpoint does not have."""
        generation = generation_of(wal)
        is_void = generation is None or generation < self._generation
        changes = (from_json(payload) for _, payload in read_frames(wal))
        return not is_void and any("format" not in change for change in changes)

    def append(self, change: bytes) -> None:
        """Append a change, as ``apply`` reads it; OSError when the disk is full."""
        self._frames.append(change)

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
        generation = self._generation + 1
        held = -1
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
        self._frames.close()
        _close(self._held)
        self._held = -1
        release, self._release = self._release, _nothing
        release()

    def close_and_remove_wal(self) -> None:
        """Close a file that has just been checkpointed, and leave nothing beside it."""
        self._frames.path.unlink(missing_ok=True)
        self.path.with_name(f"{self.path.name}.lock").unlink(missing_ok=True)
        self.close()


def _nothing() -> None:
    """Release a lock that was released before."""


def _close(file: int) -> None:
    if file >= 0:
        os.close(file)


def _replay(wal: Path, worlds: dict[str, Rows], number: int) -> tuple[int, int]:
    """Apply every whole change to these worlds, whose rows have a format of this number.

    A frame may say that the changes after it have a later format. Return the byte after the last
    change, and the format that the rows have then.
    """
    at = HEADER_BYTES
    for end, payload in read_frames(wal):
        try:
            change = from_json(payload, cache_strings="keys")
            if "format" in change:
                later = check_format(wal, change)
                migrate(worlds, number, later)
                number = later
            else:
                apply(change, worlds)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise DamagedError(
                f"{wal} does not fit the file beside it, at byte {at}: {problem}"
            ) from None
        at = end
    return at, number


def _warn_of_cut(wal: Path, lost: int) -> None:
    _log.warning("%s: cut off the last %d bytes, an incomplete write", wal, lost)
