"""The platforms that a world's rows are about: a file may have some that are not served."""

from collections.abc import Container, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from emulator.persistence.columns import Rows
from emulator.persistence.wal import WorldFileError


class MissingPlatformError(WorldFileError):
    """A world file has data of a platform that is not served."""


def check_platforms(file: Path | str, world: str, rows: Rows, served: Container[str]) -> None:
    """Raise MissingPlatformError for data of a platform that is not served."""
    missing = sorted(name for name in _platforms(rows) if name not in served)
    if missing:
        folders = " and ".join(f"emulator/platforms/{name}" for name in missing)
        raise MissingPlatformError(
            f"{file} has data of {' and '.join(map(repr, missing))} in world {world!r}, which this"
            f" emulator does not serve; restore {folders} (a folder with mistakes is left out, and"
            " the log names them), or open the file with an emulator that serves it"
        )


def _platforms(rows: Rows) -> set[str]:
    """Return the platforms whose state or options a world has."""
    tables = {name.partition(".")[0] for name in rows if "." in name}
    settings: list[Any] = [*rows.get("worlds", {}).values()]
    fields = (
        each.get(field)
        for each in settings
        if isinstance(each, Mapping)
        for field in ("vendors", "options")
    )
    named = chain.from_iterable(each for each in fields if isinstance(each, list | dict))
    return tables | {name for name in named if isinstance(name, str)}
