"""The write-ahead log of version 0.1, which had another name."""

from pathlib import Path
from typing import Final

from pydantic_core import from_json

from emulator.persistence.wal import (
    WorldFileError,
    beside,
    sync_folder,
)
from emulator.persistence.wal_reader import generation_of, read_frames

FORMER_WAL_SUFFIX: Final = ".journal"
"""What version 0.1 called the write-ahead log."""


def adopt_former_wal(path: Path, wal: Path, generation: int) -> None:
    """Rename the log of an older version; a crash leaves it under one name or the other.

    ``generation``: that of the data file at the path.
    """
    former = path.with_name(f"{path.name}{FORMER_WAL_SUFFIX}")
    beside(former).unlink(missing_ok=True)
    if not former.exists():
        return
    if wal.exists() and _has_changes(wal, generation):
        if _has_changes(former, generation):
            raise WorldFileError(
                f"{former} and {wal} both have changes of {path}, because an older version has"
                " used it since; move one of the two away to continue with the other"
            )
        former.unlink()
    else:
        former.replace(wal)
    sync_folder(wal)


def _has_changes(wal: Path, generation: int) -> bool:
    """Whether a log has frames that the last checkpoint does not have."""
    own = generation_of(wal)
    is_void = own is None or own < generation
    changes = (from_json(payload) for _, payload in read_frames(wal))
    return not is_void and any("format" not in change for change in changes)
