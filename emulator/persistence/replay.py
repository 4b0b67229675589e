"""Applies the changes of a write-ahead log to the rows of the file that it belongs to."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pydantic_core import from_json

from emulator.persistence.columns import Rows
from emulator.persistence.migrations import check_format, migrate
from emulator.persistence.rows import apply
from emulator.persistence.wal import HEADER_BYTES, DamagedError
from emulator.persistence.wal_reader import read_frames

STAGED: Final = "staged:"
"""The name of a world that is being written begins with this; no other world's name may."""


def replay(
    wal: Path, worlds: dict[str, Rows], number: int, until: int | None = None
) -> tuple[int, int]:
    """Apply every whole change to these worlds, whose rows have a format of this number.

    Return the byte after the last change, and the format that the rows have then.
    ``until``: the byte that they are read up to.

    Raises DamagedError and NewerError.
    """
    frames = read_frames(wal, until)
    return apply_all(
        frames, worlds, number, wal, first=HEADER_BYTES, where="the file beside it, at byte"
    )


def apply_all(
    changes: Iterable[tuple[int, bytes]],
    worlds: dict[str, Rows],
    number: int,
    log: Path | str,
    *,
    first: int,
    where: str,
) -> tuple[int, int]:
    """Apply changes, each with the place where it ends, from the place ``first`` on.

    A change may say that those after it have a later format. Return the place after the last one,
    and the format that the rows have then; worlds that were never committed are left out.
    """
    at = first
    for end, payload in changes:
        try:
            change = from_json(payload, cache_strings="keys")
            if "format" in change:
                later = check_format(log, change)
                migrate(worlds, number, later)
                number = later
            else:
                apply(change, worlds)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise DamagedError(f"{log} does not fit {where} {at}: {problem}") from None
        at = end
    delete_staged(worlds)
    return at, number


def delete_staged(worlds: dict[str, Rows]) -> None:
    """Delete what was written of worlds that were never committed."""
    for name in [each for each in worlds if each.startswith(STAGED)]:
        del worlds[name]
