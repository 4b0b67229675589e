"""An append-only file of checksummed frames.

A frame is whole or it is not there: one that was being written when the power or the process went
is cut off. One that was whole and reads otherwise now is damage, which is named and never read.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from struct import Struct
from typing import Final
from zlib import crc32

MAGIC: Final = b"voicebot"
_HEADER: Final = Struct(">8sQI")
"""Magic, generation, checksum of both."""
_FRAME: Final = Struct(">III")
"""Length, checksum of the payload, checksum of these two."""
_CHECKED: Final = 8
_CHECKED_HEADER: Final = 16
HEAD: Final = _HEADER.size
"""Bytes before the first frame."""
LARGE: Final = 65536
"""Bytes of a payload that is not copied to be written with its head."""


class WorldFileError(Exception):
    """A world file cannot be used; the message says which, and why."""


class DamagedError(WorldFileError):
    """A file is not what was written; the message names the file and the place."""


class Frames:
    """The frames of one generation; a new generation begins with an empty file."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        self.path = path
        self.size = 0
        self._sync = sync
        self._file = -1
        self._wanted: int | None = None
        """The generation to begin before anything is appended, as it could not be before."""
        self._torn = False
        """There may be a part of a frame behind the last that is whole."""

    def begin(self, generation: int) -> None:
        """Start again with no frames, in place of whatever there was."""
        self.prepare(generation)
        self.replace(generation)

    def prepare(self, generation: int) -> None:
        """Write the file of a new generation beside its place; OSError when there is no room."""
        head = _HEADER.pack(MAGIC, generation, 0)[:_CHECKED_HEADER]
        with beside(self.path).open("wb") as file:
            file.write(head + crc32(head).to_bytes(4))
            file.flush()
            os.fsync(file.fileno())

    def replace(self, generation: int) -> None:
        """Go on in the file that was prepared; the frames there were are void.

        Should that fail, it is done before anything else is appended.
        """
        self.close()
        self._wanted = generation
        sync_folder(self.path)  # what makes the old frames void has to last longer than they do
        beside(self.path).replace(self.path)
        sync_folder(self.path)
        self.open(HEAD)
        self._wanted = None

    def open(self, size: int) -> None:
        """Go on after so many bytes, and cut off what is behind them."""
        self._file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        self.size = size
        self._cut()

    def append(self, payload: bytes) -> None:
        """Add a frame; OSError, and the file as it was, when there is no room for it."""
        if self._wanted is not None:
            self.begin(self._wanted)
        if self._torn:
            self._cut()
        head = _FRAME.pack(len(payload), crc32(payload), 0)[:_CHECKED]
        head += crc32(head).to_bytes(4)
        try:
            write_whole(self._file, head if len(payload) > LARGE else head + payload)
            if len(payload) > LARGE:
                write_whole(self._file, payload)
            if self._sync:
                os.fdatasync(self._file)
        except OSError:
            self._torn = True
            with suppress(OSError):  # it is tried again before the next
                self._cut()
            raise
        self.size += len(head) + len(payload)

    def sync(self) -> None:
        """Have all there is survive a power cut."""
        if self._file >= 0:
            os.fsync(self._file)

    def _cut(self) -> None:
        os.ftruncate(self._file, self.size)
        os.lseek(self._file, self.size, os.SEEK_SET)
        self._torn = False

    def close(self) -> None:
        """Let go of the file."""
        self._wanted = None
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def generation_of(path: Path) -> int | None:
    """The generation of a file of frames; None when there is none, or not even its head is whole.

    Raises DamagedError.
    """
    if not path.exists():
        return None
    with path.open("rb") as file:
        head = file.read(HEAD)
    if len(head) < HEAD:
        return None
    magic, generation, check = _HEADER.unpack(head)
    if magic != MAGIC or check != crc32(head[:_CHECKED_HEADER]):
        raise DamagedError(f"{path} is damaged at byte 0: it does not begin as a journal does")
    return int(generation)


def read_frames(path: Path) -> Iterator[tuple[int, bytes]]:
    """Go through whole frames with the byte each ends at; what was cut off is passed over.

    Raises DamagedError.
    """
    at, size = HEAD, path.stat().st_size
    with path.open("rb") as file:
        file.seek(at)
        while size - at >= _FRAME.size:
            head = file.read(_FRAME.size)
            length, check, head_check = _FRAME.unpack(head)
            if head_check != crc32(head[:_CHECKED]):
                if not head.strip(b"\0") and not file.read().strip(b"\0"):
                    return  # room that was made for a frame before the power went
                raise DamagedError(
                    f"{path} is damaged at byte {at}: the head of a frame is not right"
                )
            begin = at + _FRAME.size
            at = begin + length
            if at > size:
                return
            payload = file.read(length)
            if check != crc32(payload):
                raise DamagedError(f"{path} is damaged between bytes {begin} and {at}")
            yield at, payload


def beside(path: Path) -> Path:
    """Where a file is written before it takes its place."""
    return path.with_name(f"{path.name}.new")


def write_whole(file: int, content: bytes) -> None:
    """Write all of it; a write may take only a part."""
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]


def sync_folder(path: Path) -> None:
    """Have the name of a file survive a power cut."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
