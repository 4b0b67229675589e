"""A checkpoint into a database, by a process of its own.

It reads the last checkpoint and the changes up to one, and writes the next checkpoint, which counts
once the owner of the lock says so. So it needs no lock, and may end at any moment.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Final
from zlib import crc32

from emulator.persistence.background_checkpoint import (
    NICENESS,
    PACKAGES,
    PROGRAM,
    tables_of_rows,
)
from emulator.persistence.columns import Row, Rows
from emulator.persistence.database_connection import DatabaseConnection
from emulator.persistence.database_session import DatabaseSession, Place
from emulator.persistence.database_tables import (
    ADD_PART,
    DELETE_COVERED,
    READ_SECONDS,
    Ask,
    read_changes,
    read_image,
)
from emulator.persistence.file_writer import pieces_of
from emulator.persistence.migrations import EARLIEST, FORMAT, migrate
from emulator.persistence.replay import apply_all
from emulator.persistence.rows import CHECKED_START, CHECKSUM_DIGITS, read_whole

PART_BYTES: Final = 1 << 20


class DatabaseCheckpoint:
    """A process that writes the checkpoint of a shard."""

    def __init__(self, session: DatabaseSession, until: int, keys: Row) -> None:
        """``until``: the number of the last change that it has. OSError if it cannot be started.

        ``keys``: the fields of the keys of tables, where it is not the id.
        """
        self.place = Place(session.next_image, until)
        program = PROGRAM.format(module=__name__)
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-c", program, str(PACKAGES)],
            stdin=subprocess.PIPE,  # the URL may have a password
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that Ctrl+C ends the server first
        )
        work = {
            "url": session.url,
            "shard": session.shard,
            "old": session.place,
            "new": self.place,
            "keys": keys,
        }
        if (stdin := self._process.stdin) is not None:
            stdin.write(json.dumps(work).encode())
            stdin.close()
            self._process.stdin = None

    @property
    def is_over(self) -> bool:
        """The process has ended."""
        return self._process.poll() is not None

    def finish(self) -> int:
        """Return how many bytes the checkpoint has; 0 if the process could not write it."""
        said, _ = self._process.communicate()
        return 0 if self._process.returncode else int(said)

    def cancel(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Write the checkpoint that the standard input describes."""
    work = json.load(sys.stdin)
    os.nice(NICENESS)
    shard, old, new = work["shard"], Place(*work["old"]), Place(*work["new"])
    with closing(DatabaseConnection(work["url"], f"voicebot-emulator checkpoint {shard}")) as found:
        for each in DELETE_COVERED:
            found.ask(each, shard, seconds=READ_SECONDS)
        image = read_image(found.ask, shard, old.image)
        changes = read_changes(found.ask, shard, old.covered, new.covered)
        worlds, number = rows_in(image, changes, f"shard {shard}", old.covered)
        migrate(worlds, number, FORMAT)
        pieces = pieces_of(tables_of_rows(worlds, work["keys"]), new.image)
        sys.stdout.write(str(_write(found.ask, shard, new.image, pieces)))


def rows_in(
    image: bytes, changes: Iterable[tuple[int, bytes]], name: str, covered: int
) -> tuple[dict[str, Rows], int]:
    """Return the rows of worlds, and the format that these have."""
    number, worlds = EARLIEST, dict[str, Rows]()
    if image:
        meta, worlds = read_whole(f"the checkpoint of {name}", image)
        number = meta["format"]
    where = "its checkpoint, after change"
    _, number = apply_all(changes, worlds, number, f"the log of {name}", first=covered, where=where)
    return worlds, number


def _write(ask: Ask, shard: int, image: int, pieces: Iterable[bytes | memoryview]) -> int:
    """Write a checkpoint part by part, and return its size; the first part has the checksum."""
    check, size, first = 0, 0, b""
    for number, part in enumerate(_parts(pieces)):
        check, size = crc32(part, check), size + len(part)
        if number == 0:
            first = part
        else:
            ask(ADD_PART, shard, image, number, part, seconds=READ_SECONDS)
    begin = len(CHECKED_START)
    first = first[:begin] + b"%08x" % check + first[begin + CHECKSUM_DIGITS :]
    ask(ADD_PART, shard, image, 0, first, seconds=READ_SECONDS)
    return size


def _parts(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    part = bytearray()
    for each in pieces:
        part += each
        if len(part) >= PART_BYTES:
            yield bytes(part)
            part = bytearray()
    if part:
        yield bytes(part)
