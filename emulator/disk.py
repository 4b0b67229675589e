"""Files on disk: private at creation, never made through a link, replaced whole."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
"""The mode of new files: they may hold tokens, headers and phone numbers."""
MOUNTS: Final = Path("/proc/self/mountinfo")
"""Where Linux lists what is mounted."""
_MOUNT_POINT: Final = 4
"""The field of a line of it that has the mount point."""
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The errors of writing to a full disk."""


NOFOLLOW: Final[int] = getattr(os, "O_NOFOLLOW", 0)
NONBLOCK: Final[int] = getattr(os, "O_NONBLOCK", 0)
CLOEXEC: Final[int] = getattr(os, "O_CLOEXEC", 0)
BINARY: Final[int] = getattr(os, "O_BINARY", 0)
"""Flags that not every system has; 0 where it has not."""


class NotRegularError(OSError):
    """A path names a folder, a pipe or a device where a file is needed."""


def resolve_link(path: Path) -> Path:
    """Return where a link leads to, also if there is nothing yet; any other path as it is.

    OSError for links that go round in circles.
    """
    if not path.is_symlink():
        return path
    found = Path(os.path.realpath(path))
    if found.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return found


def open_regular(path: Path, flags: int = os.O_RDONLY, *, follow: bool = False) -> int:
    """Open a file; OSError for a link, unless it is to be followed, and for what is no file.

    A pipe is refused, not waited for.
    """
    if not follow:
        flags |= NOFOLLOW
    try:
        file = os.open(path, flags | BINARY | CLOEXEC | NONBLOCK, PRIVATE)
    except OSError as error:
        if error.errno == errno.ELOOP and path.is_symlink():
            raise OSError(
                errno.ELOOP, "a symbolic link, which is not followed here", str(path)
            ) from None
        raise
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise NotRegularError(errno.EINVAL, "not a regular file", str(path))
    return file


def read_regular(path: Path, *, follow: bool = False) -> bytes:
    """Read a whole file; OSError as for ``open_regular``."""
    with open(open_regular(path, follow=follow), "rb") as file:  # a descriptor
        return file.read()


def open_new(path: Path, *, like: Path | None = None) -> int:
    """Create a private file in place of any left over; whatever the umask, with exactly its mode.

    ``like`` names a file whose mode it gets, if there is one. Whatever has the path is unlinked,
    so that nothing is written through a link.
    """
    path.unlink(missing_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | NOFOLLOW | BINARY | CLOEXEC
    file = os.open(path, flags, PRIVATE)
    if hasattr(os, "fchmod"):  # not on Windows before Python 3.13
        os.fchmod(file, mode_of(like) if like is not None else PRIVATE)
    return file


def mode_of(path: Path) -> int:
    """Return the permissions of a file; those of a private file if there is none."""
    with suppress(FileNotFoundError):
        return stat.S_IMODE(path.lstat().st_mode)
    return PRIVATE


def is_mounted(path: Path) -> bool:
    """Whether a file is mounted by itself, as containers do; nothing can be renamed to it."""
    if not path.exists():
        return False
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return path.is_mount()
    found = os.path.realpath(path)
    points = (line.split(" ")[_MOUNT_POINT] for line in lines)
    return any(found == _unescaped(point) for point in points)


def _unescaped(point: str) -> str:
    """Return a mount point: blanks, tabs, line ends and backslashes are written in octal."""
    for escaped in (r"\040", r"\011", r"\012", r"\134"):
        point = point.replace(escaped, chr(int(escaped[1:], 8)))
    return point


def create_ignored_folder(path: Path) -> None:
    """Create a folder, if it is missing, that version control leaves out."""
    if not path.is_dir():
        path.mkdir(parents=True, mode=0o700)
        write_file(path / ".gitignore", b"# written by voicebot-emulator\n*\n")


def write_file(path: Path, content: bytes) -> None:
    """Write a file wholly or not at all; a new one is private, and an old one keeps its mode.

    What cannot be replaced (a device, a pipe, a file that is mounted by itself) is written in
    place.
    """
    path = resolve_link(path)
    if path.exists() and (not path.is_file() or is_mounted(path)):
        _write_in_place(path, content)
        return
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(open_new(new, like=path), "wb") as file:  # a descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _write_in_place(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_TRUNC | BINARY | CLOEXEC), "wb") as file:  # noqa: PTH123
        file.write(content)
        file.flush()
        with suppress(OSError):  # a pipe has no disk
            os.fsync(file.fileno())
