"""The write-ahead log: an append-only file of checksummed frames.

A frame is whole or it is not there. The reader cuts off a frame that was being written when the
power or the process failed. A whole frame with a wrong checksum is damage: the reader names the
place and refuses the file.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path
from struct import Struct
from typing import Final
from zlib import crc32

from emulator.disk import open_new, open_regular
from emulator.persistence.log_copy import LogCopy, write_all
from emulator.persistence.room import Room

FOLDER_FLAGS: Final[int] = getattr(os, "O_DIRECTORY", 0)
"""The flags that open a folder; 0 where folders cannot be opened."""
sync_data: Final = getattr(os, "fdatasync", os.fsync)
"""Flush the content of a file to the disk."""
MAGIC: Final = b"voicebot"
HEADER: Final = Struct(">8sQI")
"""Magic, generation, checksum of both."""
FRAME: Final = Struct(">III")
"""Length, checksum of the payload, checksum of these two."""
FRAME_CHECKED_BYTES: Final = 8
HEADER_CHECKED_BYTES: Final = 16
HEADER_BYTES: Final = HEADER.size
"""Where the first frame begins."""
MAX_COPIED_BYTES: Final = 65536
"""A larger payload is written apart from its frame head, which saves copying it."""


class WorldFileError(Exception):
    """A world file cannot be used; the message says which, and why."""


class DamagedError(WorldFileError):
    """A file is not what was written; the message names the file and the place."""


class Flush:
    """A flush of the frames that were appended before it."""

    def __init__(self, file: int, payloads: list[bytes]) -> None:
        """``file``: a descriptor that this closes; ``payloads``: those of the frames."""
        self.payloads, self.count = payloads, len(payloads)
        self._file = file

    def make(self) -> None:
        """Flush them, in any thread; OSError if they are not on the disk."""
        try:
            sync_data(self._file)
        finally:
            os.close(self._file)

    def make_soon(self) -> bool:
        """Flush them, as a disk that has been quick will be so again; OSError likewise."""
        self.make()
        return True


class Frames:
    """The frames of one generation; a new generation begins with an empty file."""

    def __init__(self, path: Path, *, sync: bool, first: bytes = b"") -> None:
        """``first``: the payload of a frame that every new file begins with."""
        self.path = path
        self._first = _framed(first) if first else b""
        self.size = 0
        self._sync = sync
        self._file = -1
        self._room = Room()
        self._pending_generation: int | None = None
        """The generation to begin before the next append, because ``replace`` failed."""
        self._torn = False
        """A part of a frame may follow the last whole frame."""
        self._unflushed: list[bytes] = []
        """The payloads of the last frames, which may not be on the disk."""
        self._lost: list[bytes] = []
        """Those that could not be flushed, to be written again before the next append."""

    @property
    def empty_size(self) -> int:
        """The size of a file that nothing was appended to."""
        return HEADER_BYTES + len(self._first)

    def begin(self, generation: int) -> None:
        """Start a generation with no frames, in place of any file there was."""
        self.prepare(generation)
        self.replace(generation)

    @property
    def is_whole(self) -> bool:
        """Nothing is left to be done from an append or a replacement that failed."""
        return self._pending_generation is None and not self._torn and not self._lost

    @property
    def is_empty(self) -> bool:
        """Nothing was appended to this generation."""
        return self.is_whole and self.size == self.empty_size

    @property
    def is_flushed(self) -> bool:
        """Every frame is on the disk, if that is asked for."""
        return not self._unflushed and not self._lost

    def prepare(self, generation: int) -> None:
        """Write the file of a new generation beside its place; OSError when the disk is full."""
        head = HEADER.pack(MAGIC, generation, 0)[:HEADER_CHECKED_BYTES]
        file = open_new(beside(self.path), like=self.path)
        try:
            write_all(file, head + crc32(head).to_bytes(4) + self._first)
            os.fsync(file)
        finally:
            os.close(file)

    def replace(self, generation: int) -> None:
        """Move the prepared file into place, which voids the frames of the old one.

        If that fails, the next append does it first.
        """
        self.close()
        self._unflushed, self._lost = [], []
        self._pending_generation = generation
        sync_folder(self.path)  # the checkpoint must reach the disk before its log goes
        beside(self.path).replace(self.path)
        sync_folder(self.path)
        self.open(self.empty_size)
        self._pending_generation = None

    def copy(self, generation: int, after: int) -> LogCopy:
        """Start a file of a new generation, for the frames after a byte; OSError without room."""
        self.prepare(generation)
        file = open_regular(beside(self.path), os.O_RDWR)
        os.lseek(file, self.empty_size, os.SEEK_SET)
        return LogCopy(self._file, file, after)

    def move(self, copy: LogCopy) -> None:
        """Continue with a copy, which becomes the file of its generation.

        OSError, and the present generation stays.
        """
        if not self.is_whole:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        copy.finish(self.size)
        size = self.empty_size + self.size - copy.start
        sync_folder(self.path)
        beside(self.path).replace(self.path)
        self.close()
        self._room = Room()
        self._file, self.size = copy.release(), size
        self._unflushed = []  # the copy is on the disk
        os.lseek(self._file, size, os.SEEK_SET)

    def open(self, size: int) -> None:
        """Open the file for appending after ``size`` bytes, and cut off what follows them."""
        self._file = open_regular(self.path, os.O_RDWR)
        self.size = size
        self._cut()

    def reserve(self, size: int) -> None:
        """Make sure that the next frames, of so many bytes, can be added; OSError if they cannot.

        A power cut or an error of the disk may prevent it still.
        """
        if self._pending_generation is not None:
            self.begin(self._pending_generation)
        self._room.reserve(self._file, self.size, size)

    def append(self, payload: bytes) -> None:
        """Add a frame; OSError when the disk is full, and then the file is as it was."""
        if self._pending_generation is not None:
            self.begin(self._pending_generation)
        self._write_lost()
        self._write(payload)

    def _write_lost(self) -> None:
        while self._lost:
            self._write(self._lost[0])
            del self._lost[0]

    def _write(self, payload: bytes) -> None:
        if self._torn:
            self._cut()
        head = _head(payload)
        try:
            write_all(self._file, head if len(payload) > MAX_COPIED_BYTES else head + payload)
            if len(payload) > MAX_COPIED_BYTES:
                write_all(self._file, payload)
        except OSError:
            self._torn = True
            with suppress(OSError):  # the next append tries again
                self._cut()
            raise
        self.size += len(head) + len(payload)
        if self._sync:
            self._unflushed.append(payload)

    def flush(self) -> None:
        """Flush what was appended to the disk; OSError if it cannot be, and it is cut off."""
        flush = self.start_flush()
        try:
            flush.make()
        except OSError:
            self.end_flush(flush, has_failed=True)
            raise
        self.end_flush(flush, has_failed=False)

    def flush_rest(self) -> None:
        """Flush what waits for it, if anything does; OSError likewise."""
        if not self.is_flushed:
            self.flush()

    def start_flush(self) -> Flush:
        """Return a flush of what was appended; OSError if it cannot be written."""
        self._write_lost()
        return Flush(os.dup(self._file), self._unflushed)

    def end_flush(self, flush: Flush, *, has_failed: bool) -> None:
        """Note that a flush is made. What failed is cut off, to be written by the next append.

        The system may take for flushed later what it could not flush now.
        """
        if flush.payloads is not self._unflushed:
            return  # what was written since is in another file
        if not has_failed:
            del flush.payloads[: flush.count]
            return
        self.size -= sum(FRAME.size + len(payload) for payload in self._unflushed)
        self._lost, self._unflushed, self._torn = self._unflushed, [], True
        with suppress(OSError):  # the next append tries again
            self._cut()

    def sync(self) -> None:
        """Flush every frame to the disk, so that it survives a power cut."""
        if self._file >= 0:
            self._write_lost()
            os.fsync(self._file)

    def _cut(self) -> None:
        self._room = Room()
        os.ftruncate(self._file, self.size)
        os.lseek(self._file, self.size, os.SEEK_SET)
        self._torn = False

    def close(self) -> None:
        """Close the file."""
        self._pending_generation = None
        if self._file >= 0:
            self._room.release(self._file, self.size)
            os.close(self._file)
            self._file = -1


def _head(payload: bytes) -> bytes:
    head = FRAME.pack(len(payload), crc32(payload), 0)[:FRAME_CHECKED_BYTES]
    return head + crc32(head).to_bytes(4)


def _framed(payload: bytes) -> bytes:
    return _head(payload) + payload


def beside(path: Path) -> Path:
    """Return the path a new version of a file is written to before it takes its place."""
    return path.with_name(f"{path.name}.new")


def sync_folder(path: Path) -> None:
    """Flush the folder of a file to the disk, so that the file's name survives a power cut."""
    if not FOLDER_FLAGS:
        return  # a system whose folders cannot be opened, such as Windows
    folder = os.open(path.parent, os.O_RDONLY | FOLDER_FLAGS)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
