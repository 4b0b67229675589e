"""How long tests wait: long enough that none fails because a machine is slow."""

from typing import Final

from httpx._config import DEFAULT_TIMEOUT_CONFIG

LIMIT_SECONDS: Final = 300
"""A test that waits longer than this hangs. No test passes or fails by how fast it is."""


def lift_http_timeout() -> None:
    """Have requests wait as long as the tests do, which give up after five seconds by default."""
    for phase in ("connect", "read", "write", "pool"):
        setattr(DEFAULT_TIMEOUT_CONFIG, phase, LIMIT_SECONDS)
