"""An append-only file of checksummed frames.

A frame is whole or it is not there: one that was being written when the power or the process went
is cut off. One that was whole and reads otherwise now is damage, which is named and never read.
"""

import os
from collections.abc import Iterator
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

    def begin(self, generation: int) -> None:
        """Start again with no frames, in place of whatever there was."""
        self.close()
        new = self.path.with_name(f"{self.path.name}.new")
        self._file = os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        head = _HEADER.pack(MAGIC, generation, 0)[:16]
        write_whole(self._file, head + crc32(head).to_bytes(4))
        os.fsync(self._file)
        new.replace(self.path)
        sync_folder(self.path)
        self.size = _HEADER.size

    def open(self, size: int) -> None:
        """Go on after so many bytes, and cut off what is behind them."""
        self._file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        os.ftruncate(self._file, size)
        os.lseek(self._file, size, os.SEEK_SET)
        self.size = size

    def append(self, payload: bytes) -> None:
        """Add a frame; OSError, and the file as it was, when there is no room for it."""
        head = _FRAME.pack(len(payload), crc32(payload), 0)[:_CHECKED]
        head += crc32(head).to_bytes(4)
        try:
            write_whole(self._file, head if len(payload) > LARGE else head + payload)
            if len(payload) > LARGE:
                write_whole(self._file, payload)
            if self._sync:
                os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self.size)
            os.lseek(self._file, self.size, os.SEEK_SET)
            raise
        self.size += len(head) + len(payload)

    def close(self) -> None:
        """Let go of the file."""
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
        head = file.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return None
    magic, generation, check = _HEADER.unpack(head)
    if magic != MAGIC or check != crc32(head[:16]):
        raise DamagedError(f"{path} is damaged at byte 0: it does not begin as a journal does")
    return int(generation)


def read_frames(path: Path) -> Iterator[tuple[int, bytes]]:
    """Go through whole frames with the byte each ends at; what was cut off is passed over.

    Raises DamagedError.
    """
    content = path.read_bytes()
    at = _HEADER.size
    while len(content) - at >= _FRAME.size:
        length, check, head_check = _FRAME.unpack_from(content, at)
        if head_check != crc32(content[at : at + _CHECKED]):
            if not content[at:].strip(b"\0"):
                return  # room that was made for a frame before the power went
            raise DamagedError(f"{path} is damaged at byte {at}: the head of a frame is not right")
        begin, end = at + _FRAME.size, at + _FRAME.size + length
        if end > len(content):
            return
        payload = content[begin:end]
        if check != crc32(payload):
            raise DamagedError(f"{path} is damaged between bytes {begin} and {end}")
        yield end, payload
        at = end


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
