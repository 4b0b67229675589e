"""A checkpoint in a process of its own: a large one would keep every request waiting.

It reads what the disk has, the data file and its write-ahead log up to a byte, and writes the new
data file, while the server continues appending to the log.
"""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import emulator
from emulator.disk import open_new, read_regular
from emulator.persistence.columns import Row, Rows
from emulator.persistence.file_writer import write_synced
from emulator.persistence.locks import hold, keeps_open
from emulator.persistence.log_copy import LogCopy
from emulator.persistence.migrations import EARLIEST, FORMAT, migrate
from emulator.persistence.replay import replay
from emulator.persistence.rows import read_whole
from emulator.persistence.wal import Frames, beside

NICENESS: Final = 5
"""The server goes first."""
PACKAGES: Final = Path(emulator.__file__).parents[1]
"""Where the process finds this package, wherever the server was started."""
PROGRAM: Final = "import sys; sys.path.insert(0, sys.argv.pop(1)); import {module} as it; it.main()"


class BackgroundCheckpoint:
    """A process that writes the next data file beside its place, and the lock of that file."""

    def __init__(self, path: Path, wal: Path, end: int, generation: int, keys: Row) -> None:
        """``end``: the byte of the log that it reads up to.

        ``keys``: the fields of the keys of tables, where it is not the id. OSError if the file
        cannot be made or the process cannot be started.
        """
        self.generation = generation
        self._wal = wal
        self._end = end
        self._later: LogCopy | None = None
        self.file = open_new(beside(path), like=path)
        try:
            hold(self.file, path)
            self._process = _started(self.file, [path, wal], [end, generation], keys)
        except BaseException:
            self.drop(path)
            raise

    @staticmethod
    def is_possible() -> bool:
        """Whether a process can be given an open file, and there is a Python to run in it."""
        return keeps_open() and bool(sys.executable)

    @property
    def is_over(self) -> bool:
        """The process has ended, and no thread copies what was appended since."""
        if self._later is not None and self._later.is_running:
            return False
        return self._process.poll() is not None

    def wait(self) -> None:
        """Wait until it has ended; OSError unless the file is written, down to the disk."""
        if self._process.wait():
            raise OSError(errno.EIO, "no checkpoint was written")

    def later(self, frames: Frames) -> LogCopy:
        """Return the log of what was appended since; OSError unless the file is written."""
        if self._later is None:
            self.wait()
            self._later = frames.copy(self.generation, self._end)
        return self._later

    def cancel(self, path: Path) -> None:
        """End it, and delete what it has written."""
        self._process.kill()
        self._process.wait()
        self.drop(path)

    def drop(self, path: Path) -> None:
        """Delete what it has written."""
        if self._later is not None:
            self._later.cancel()
            beside(self._wal).unlink(missing_ok=True)
        beside(path).unlink(missing_ok=True)
        os.close(self.file)


def _started(
    file: int, paths: list[Path], numbers: list[int], keys: Row
) -> "subprocess.Popen[bytes]":
    arguments = [str(file), *map(str, paths), *map(str, numbers), json.dumps(keys)]
    return subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-c", PROGRAM.format(module=__name__), str(PACKAGES), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(file,),
        start_new_session=True,  # so that Ctrl+C ends the server first
    )


def main() -> None:
    """Write the file that the arguments describe."""
    file, path, wal, end, generation, keys = sys.argv[1:]
    os.nice(NICENESS)
    worlds = _read(Path(path), Path(wal), int(end))
    write_synced(
        int(file), tables_of_rows(worlds, json.loads(keys)), int(generation), lambda _: None
    )


def _read(path: Path, wal: Path, end: int) -> dict[str, Rows]:
    """Return what a data file has with the changes up to a byte of its log, in our format."""
    number = EARLIEST
    worlds: dict[str, Rows] = {}
    with suppress(FileNotFoundError):
        meta, worlds = read_whole(path, read_regular(path))
        number = meta["format"]
    _, number = replay(wal, worlds, number, end)
    migrate(worlds, number, FORMAT)
    return worlds


def tables_of_rows(
    worlds: Mapping[str, Rows], keys: Row
) -> Iterator[tuple[str, str, Iterable[Row]]]:
    """Go through the tables of rows as ``pieces_of`` writes them."""
    names = {name: None for tables in worlds.values() for name in tables}
    for name in names:
        yield name, keys.get(name, "id"), _rows(worlds, name)


def _rows(worlds: Mapping[str, Rows], table: str) -> Iterator[Row]:
    for world, tables in worlds.items():
        for row in tables.get(table, {}).values():
            yield {"world": world, **row}
