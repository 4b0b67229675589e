"""Locks: one process at a time uses a data file.

Where the system has no ``flock``, as on Windows, a file beside it is locked by filelock, and the
data file is not held open, since an open file cannot be replaced there.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from emulator.disk import open_regular
from emulator.persistence.wal import WorldFileError

try:
    import fcntl as _fcntl
except ImportError:  # Windows
    _fcntl = None  # type: ignore[assignment]

flock: Final[Any] = None if _fcntl is None else _fcntl.flock
"""``fcntl.flock``; None where the system has none."""
MAX_HOLDER_BYTES: Final = 100


class LockedError(WorldFileError):
    """Another process uses the file."""


def lock_file(path: Path) -> Callable[[], None]:
    """Lock the file beside a data file; return what releases it. LockedError if it is locked."""
    name = path.with_name(f"{path.name}.lock")
    return _locked_elsewhere(path, name) if flock is None else _flocked(path, name)


def hold(file: int, path: Path) -> None:
    """Lock an open data file, which may have other names; LockedError if it is locked."""
    if flock is None:
        return
    try:
        flock(file, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
    except OSError:
        raise LockedError(f"{path} is in use by another process, under another name") from None


def keeps_open() -> bool:
    """Whether a data file is held open, so that its lock is held."""
    return flock is not None


def _flocked(path: Path, name: Path) -> Callable[[], None]:
    lock = open_regular(name, os.O_RDWR | os.O_CREAT)
    try:
        flock(lock, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
    except OSError:
        holder = os.read(lock, MAX_HOLDER_BYTES).decode("utf-8", "replace").strip() or "unknown"
        os.close(lock)
        raise LockedError(f"{path} is in use by process {holder}") from None
    if not name.exists() or not os.path.samestat(os.fstat(lock), name.stat()):
        os.close(lock)  # the process that held it deleted it after this one opened it
        return _flocked(path, name)
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lambda: os.close(lock)


def _locked_elsewhere(path: Path, name: Path) -> Callable[[], None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415  # for systems without flock

    lock = FileLock(name, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(f"{path} is in use by another process") from None
    return lock.release
