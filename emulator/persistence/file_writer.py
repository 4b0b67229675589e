"""Writes world files: piece by piece, and down to the disk while the next piece is made."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final
from zlib import crc32

from pydantic_core import to_json

from emulator.disk import open_new
from emulator.persistence.columns import Row
from emulator.persistence.locks import hold, keeps_open
from emulator.persistence.migrations import mark
from emulator.persistence.rows import CHECKED_START, CHECKSUM_DIGITS
from emulator.persistence.wal import beside

MAX_ROWS_PER_WRITE: Final = 100
"""More rows at a time would not stay in the processor's cache."""
TARGET_WRITE_BYTES: Final = 1 << 20
"""About how much is written at a time: rows may be of any size."""
MAX_UNSYNCED_BYTES: Final = 32 << 20
"""A checkpoint syncs the file whenever more is unwritten, so that the last sync is short."""

Progress = Callable[[int], None]
"""Called with the bytes written so far; an exception it raises ends the writing."""


def whole_file(tables: Iterable[tuple[str, str, Iterable[Row]]]) -> bytes:
    """Return the bytes of a world file with these tables."""
    file = BytesIO()
    _write_checked(file, tables, 0, lambda _: None)
    return file.getvalue()


def write_beside(
    path: Path,
    tables: Iterable[tuple[str, str, Iterable[Row]]],
    generation: int,
    progress: Progress,
) -> int:
    """Write a whole file beside its final place, and lock it. OSError when the disk is full.

    It gets the mode of the file that it replaces. Return the descriptor that holds the lock; -1
    where it must not stay open.
    """
    held = open_new(beside(path), like=path)
    try:
        hold(held, path)
        write_synced(held, tables, generation, progress)
    except BaseException:
        os.close(held)
        raise
    if keeps_open():
        return held
    os.close(held)
    return -1


def write_synced(
    held: int,
    tables: Iterable[tuple[str, str, Iterable[Row]]],
    generation: int,
    progress: Progress,
) -> None:
    """Write a whole file through a descriptor, down to the disk. OSError when the disk is full."""
    with open(held, "wb", closefd=False) as file, ThreadPoolExecutor(1) as thread:  # a descriptor
        syncing: Future[None] | None = None
        synced = 0

        def sync_and_report(written: int) -> None:
            nonlocal synced, syncing
            if written - synced > MAX_UNSYNCED_BYTES:
                if syncing is not None:
                    syncing.result()
                file.flush()
                syncing, synced = thread.submit(os.fsync, held), written
            progress(written)

        _write_checked(file, tables, generation, sync_and_report)
        if syncing is not None:
            syncing.result()
        file.flush()
        os.fsync(held)


def _write_checked(
    file: BinaryIO,
    tables: Iterable[tuple[str, str, Iterable[Row]]],
    generation: int,
    progress: Progress,
) -> None:
    check = written = 0

    def write(piece: bytes | memoryview) -> None:
        nonlocal check, written
        check = crc32(piece, check)
        written += file.write(piece)
        progress(written)

    for piece in pieces_of(tables, generation):
        write(piece)
    file.seek(len(CHECKED_START))
    file.write(b"%08x" % check)


def pieces_of(
    tables: Iterable[tuple[str, str, Iterable[Row]]], generation: int = 0
) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a file, with zeros in place of its checksum."""
    named = list(tables)
    keys = {name: key for name, key, _ in named if key != "id"}
    meta = to_json(mark() | {"generation": generation, "keys": keys})
    yield CHECKED_START + b"0" * CHECKSUM_DIGITS + b'",' + meta[1:] + b"}"
    for name, _, rows in named:
        yield b',"' + name.encode() + b'":{'
        numbered = enumerate(rows, 1)
        between, count = b"", 1
        while some := dict(islice(numbered, count)):
            piece = memoryview(to_json(some))[1:-1]
            yield between
            yield piece
            between, count = (
                b",",
                max(1, min(MAX_ROWS_PER_WRITE, count * TARGET_WRITE_BYTES // len(piece))),
            )
        yield b"}"
    yield b"}"
