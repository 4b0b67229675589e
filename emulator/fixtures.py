"""The folder ``fixtures/``: beside this package in a checkout, inside it once installed."""

from importlib.resources import files
from pathlib import Path
from typing import Final

INSIDE: Final = "_fixtures"
"""The folder of the fixtures in the wheel."""


def folder() -> Path:
    """Return the folder that has ``contracts`` and ``worlds``."""
    package = Path(str(files("emulator")))
    inside = package / INSIDE
    return inside if inside.is_dir() else package.parent / "fixtures"
