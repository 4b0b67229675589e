"""Room on the disk that is reserved before it is needed, so that a write does not fail halfway."""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

CHUNK_BYTES: Final = 4 << 20
"""How much is reserved at a time, where there is as much."""
KEEP_SIZE: Final = 1
"""The mode of ``fallocate`` in which a file is as long as before."""
UNSUPPORTED: Final = frozenset({errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


class Room:
    """The room behind the end of one file."""

    def __init__(self) -> None:
        self._end = 0
        """The byte up to which room is reserved."""

    def reserve(self, file: int, at: int, size: int) -> None:
        """Reserve so many bytes after byte ``at``; OSError if there are fewer."""
        check_limit(at + size)
        if at + size <= self._end:
            return
        try:
            _allocate(file, at, max(size, CHUNK_BYTES))
            self._end = at + max(size, CHUNK_BYTES)
        except OSError:
            _allocate(file, at, size)
            self._end = at + size

    def release(self, file: int, at: int) -> None:
        """Give back what is reserved after byte ``at``, which is the end of the file."""
        if self._end > at:
            self._end = 0
            with suppress(OSError):
                os.ftruncate(file, at)


def check_limit(end: int) -> None:
    """Raise OSError if this process may write no file of this size."""
    limit = _file_limit()
    if limit is not None and end > limit():
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))


@lru_cache(maxsize=1)
def _file_limit() -> Callable[[], float] | None:
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return None

    def limit() -> float:
        soft, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
        return float("inf") if soft == resource.RLIM_INFINITY else soft

    return limit


@lru_cache(maxsize=1)
def _fallocate() -> Any:
    """Return the function of the C library; None where it has none."""
    import ctypes  # noqa: PLC0415  # for those who keep a file

    try:
        found = ctypes.CDLL(None, use_errno=True).fallocate64
    except (AttributeError, OSError, TypeError):
        return None
    found.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    return found


def _allocate(file: int, at: int, size: int) -> None:
    """Reserve room; where the system or the disk cannot, do nothing."""
    allocate = _fallocate()
    if allocate is None or allocate(file, KEEP_SIZE, at, size) == 0:
        return
    from ctypes import get_errno  # noqa: PLC0415  # for those who keep a file

    number = get_errno()
    if number not in UNSUPPORTED:
        raise OSError(number, os.strerror(number))
