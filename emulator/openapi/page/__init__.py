"""The page that shows the documents: three files of our own, and nothing from anywhere else."""

from importlib.resources import files
from typing import Final

MEDIA_TYPES: Final = {
    "index.html": "text/html; charset=utf-8",
    "docs.css": "text/css; charset=utf-8",
    "docs.js": "text/javascript; charset=utf-8",
}
POLICY: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
"""What a browser may do with it."""


def page_part(name: str) -> tuple[bytes, str] | None:
    """A file of the page with its media type; None if it has none of this name."""
    if name not in MEDIA_TYPES:
        return None
    return files(__name__).joinpath(name).read_bytes(), MEDIA_TYPES[name]
