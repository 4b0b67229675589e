"""How long tests wait."""

from typing import Final

LIMIT_SECONDS: Final = 300
"""A test that waits longer than this hangs. No test passes or fails by how fast it is."""
