"""The emulator below a path: behind a proxy whose URL has one, whether it removes it or not."""

from typing import Final

from starlette.responses import Response
from starlette.types import Scope

PREFIX: Final = b"/_emulator"


def without_public_path(scope: Scope, public_path: str, path: str) -> Scope:
    """Return a request as it is behind a proxy that removes the path of the public URL."""
    return {
        **scope,
        "path": scope["path"].removeprefix(public_path),
        "raw_path": path.encode("latin-1"),
        "root_path": public_path,
    }


def with_public_path(response: Response, public_path: str) -> Response:
    """Have a page of the emulator's own, and a redirect to one, lead to its public path.

    Scripts find the path in their own address.
    """
    if not public_path:
        return response
    location = response.headers.get("location", "")
    if location.startswith("/"):
        response.headers["location"] = public_path + location
    if response.media_type == "text/html":
        response.body = bytes(response.body).replace(PREFIX, public_path.encode() + PREFIX)
        response.headers["content-length"] = str(len(response.body))
    return response
