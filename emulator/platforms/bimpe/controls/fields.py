"""What the requests of the control API have in common."""

from typing import Final

from pydantic import ConfigDict

CONTROL_CONFIG: Final = ConfigDict(extra="forbid", strict=True, defer_build=True)
"""For requests: types are not converted, unknown fields are refused."""
