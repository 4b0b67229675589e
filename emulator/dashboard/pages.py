"""Serves the page and its files, with what a browser must be told about them."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from mimetypes import types_map
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response

from emulator.http.platform_app import READS
from emulator.kit.errors import ApiError

FILES: Final = "/-/"
"""Where the files are below it; no world's name begins so."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def page(method: str, path: str, headers: Headers) -> Response:
    """Answer with what is at a path under ``/_emulator/ui``; ApiError 404 or 405 otherwise."""
    if method not in READS:
        raise ApiError(405, "method_not_allowed", "it can only be read", headers={"Allow": "GET"})
    name = path.removeprefix(FILES) if path.startswith(FILES) else "index.html"
    found = _files().get(name)
    if found is None:
        raise ApiError(404, "no_file", f"the dashboard has no file {name[:100]}")
    content, tag = found
    own = HEADERS | {"ETag": tag}
    if headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=own)
    return Response(content, headers=own, media_type=types_map[f".{name.rpartition('.')[2]}"])


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Every file by its name, with what tells its contents apart."""
    return dict(_read(files("emulator.dashboard") / "static", ""))


def _read(folder: Traversable, before: str) -> list[tuple[str, tuple[bytes, str]]]:
    found: list[tuple[str, tuple[bytes, str]]] = []
    for each in folder.iterdir():
        if each.is_dir():
            found += _read(each, f"{before}{each.name}/")
        else:
            content = each.read_bytes()
            found.append((before + each.name, (content, f'"{sha256(content).hexdigest()[:20]}"')))
    return found
