"""Reads the frames of a write-ahead log."""

import os
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from emulator.disk import open_regular
from emulator.persistence.wal import (
    FRAME,
    FRAME_CHECKED_BYTES,
    HEADER,
    HEADER_BYTES,
    HEADER_CHECKED_BYTES,
    MAGIC,
    DamagedError,
)


def generation_of(path: Path) -> int | None:
    """Return the generation of a log; None for a missing file or an incomplete header.

    Raises DamagedError.
    """
    try:
        file = open_regular(path)
    except FileNotFoundError:
        return None
    try:
        head = os.read(file, HEADER_BYTES)
    finally:
        os.close(file)
    if len(head) < HEADER_BYTES:
        return None
    magic, generation, check = HEADER.unpack(head)
    if magic != MAGIC or check != crc32(head[:HEADER_CHECKED_BYTES]):
        raise DamagedError(f"{path} is damaged at byte 0: it does not begin like a write-ahead log")
    return int(generation)


def read_frames(path: Path, until: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Go through the whole frames, each with the byte it ends at; skip an incomplete last one.

    ``until``: the byte that they are read up to, instead of the end. Raises DamagedError.
    """
    at, size = HEADER_BYTES, path.stat().st_size if until is None else until
    with open(open_regular(path), "rb") as file:  # noqa: PTH123  # a descriptor
        file.seek(at)
        while size - at >= FRAME.size:
            head = file.read(FRAME.size)
            length, check, head_check = FRAME.unpack(head)
            if head_check != crc32(head[:FRAME_CHECKED_BYTES]):
                if not head.strip(b"\0") and not file.read().strip(b"\0"):
                    return  # the system reserved space for a frame before the power failed
                raise DamagedError(
                    f"{path} is damaged at byte {at}: the head of a frame has a wrong checksum"
                )
            begin = at + FRAME.size
            at = begin + length
            if at > size:
                return
            payload = file.read(length)
            if check != crc32(payload):
                raise DamagedError(f"{path} is damaged between bytes {begin} and {at}")
            yield at, payload
