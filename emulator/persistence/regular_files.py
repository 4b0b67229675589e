"""Regular files: opening a named pipe or a device could wait for ever."""

from pathlib import Path
from stat import S_ISREG

from emulator.persistence.wal import WorldFileError


def check_regular(path: Path) -> None:
    """Raise WorldFileError for a path that exists and is no regular file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not S_ISREG(mode):
        raise WorldFileError(
            f"{path} is not a regular file; name a file, or a path that does not exist yet"
        )


def read_regular(path: Path) -> bytes:
    """Read a whole file; WorldFileError if it is no regular file."""
    check_regular(path)
    return path.read_bytes()
