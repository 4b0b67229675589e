"""The emulator's own API, under ``/_emulator``."""

from typing import Final

CONTROL: Final = "control"
"""The name of its OpenAPI document; the others have the names of the vendors."""
