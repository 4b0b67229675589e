"""Keeps callbacks away from the control API, whatever the emulator's address is called."""

import re
from functools import lru_cache
from posixpath import normpath
from typing import Final
from urllib.parse import unquote, urlsplit

from emulator.callbacks.egress import EgressError

CONTROL: Final = "_emulator"
INBOX: Final = "inbox"
MAX_DECODINGS: Final = 5
"""How often a path is decoded; a path that is still encoded then matches no route."""


@lru_cache(maxsize=256)
def check_route(url: str) -> None:
    """Raise EgressError for a URL of the control API, except an inbox.

    The host does not matter: behind names, port mappings and proxies it could be this emulator.
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return  # the transport reports an invalid URL
    segments = _normalized(path).split("/")
    if CONTROL in segments and segments[segments.index(CONTROL) + 1 :][:1] != [INBOX]:
        raise EgressError(
            f"{path[:100]} is a route of the control API, which callbacks must not use; "
            f"inboxes (/{CONTROL}/{INBOX}/...) and the vendors' paths are allowed"
        )


def _normalized(path: str) -> str:
    for _ in range(MAX_DECODINGS):
        path, before = unquote(path), path
        if path == before:
            break
    path = re.sub(r";[^/]*", "", path.replace("\\", "/"))
    return normpath(re.sub(r"[\x00-\x20]", "", f"/{path}")).lower()
