"""The certificates that clients trust: read once, and not by each of hundreds of clients."""

import os
import ssl
from functools import cache
from typing import Any

from httpx._config import create_ssl_context
from httpx._transports import default


def share_root_certificates() -> None:
    """Have the clients of a process share a context, unless they name what to trust."""
    default.create_ssl_context = shared_context  # type: ignore[attr-defined]  # imported there


def shared_context(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:  # noqa: FBT001, FBT002  # as httpx has it
    """Return a context; the same one to all that ask for the same and name no certificate."""
    if verify is not True or cert is not None:
        return create_ssl_context(verify, cert, trust_env)
    named = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")  # noqa: TID251  # httpx reads them
    return _usual(trust_env, named if trust_env else (None, None))


@cache
def _usual(trust_env: bool, _: tuple[str | None, str | None]) -> ssl.SSLContext:  # noqa: FBT001  # as httpx has it
    """Make a context of all root certificates, which takes 25 ms."""
    return create_ssl_context(trust_env=trust_env)
