"""Serves the page and its files, and those that vendors add, under one strict policy."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response

from emulator.http.exchange import READS
from emulator.kit.errors import ApiError
from emulator.kit.platform import Platform
from emulator.screens import dashboard_of

FILES: Final = "/-"
"""The path of the files below the page's own; no name of a world begins with a hyphen.

The page asks for ``/-{version}/{file}``, which a browser keeps; ``/-/{file}`` is asked for again.
"""
VERSION_DIGITS: Final = 16
UNVERSIONED: Final = b"/_emulator/ui/-/"
"""How the page names the folder of its files."""
KEPT: Final = {"Cache-Control": "max-age=31536000, immutable"}
"""Of a file of a version: it never changes."""
VENDORS: Final = "platforms/"
"""The path of the vendors' files below that: ``platforms/{name}/{file}``."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
MEDIA_TYPES: Final = {
    "css": "text/css",
    "html": "text/html",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
}
"""By the end of a file's name; those that Python knows depend on the machine."""
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def page(method: str, path: str, headers: Headers, platforms: Mapping[str, Platform]) -> Response:
    """Return the response for a path under ``/_emulator/ui``; ApiError 404 or 405 otherwise."""
    if method not in READS:
        raise ApiError(405, "method_not_allowed", "it is read-only", headers={"Allow": "GET"})
    if not path.startswith(FILES):
        return _page(headers, _version(tuple(platforms.values())))
    asked, _, name = path.removeprefix(FILES).partition("/")
    content = _vendor_file(name, platforms) if name.startswith(VENDORS) else _files().get(name)
    if content is None:
        raise ApiError(404, "no_file", f"the dashboard has no file {name[:100]}")
    is_kept = asked == _version(tuple(platforms.values()))
    return _response(content, name.rpartition(".")[2], headers, KEPT if is_kept else {})


def _page(headers: Headers, version: str) -> Response:
    """Return the page, with the version in the addresses of its files."""
    folder = UNVERSIONED.removesuffix(b"/") + version.encode() + b"/"
    return _response(_files()["index.html"].replace(UNVERSIONED, folder), "html", headers, {})


def _response(content: bytes, kind: str, headers: Headers, more: Mapping[str, str]) -> Response:
    own = {**HEADERS, "ETag": f'"{sha256(content).hexdigest()[:20]}"', **more}
    if headers.get("if-none-match") == own["ETag"]:
        return Response(status_code=304, headers=own)
    return Response(content, headers=own, media_type=MEDIA_TYPES[kind])


@cache
def _version(platforms: tuple[Platform, ...]) -> str:
    """Return a digest of all files, those of the vendors too."""
    found = sha256()
    folders = [_files(), *(dashboard_of(each).contents for each in platforms)]
    for name, content in [pair for folder in folders for pair in sorted(folder.items())]:
        found.update(f"{name} {len(content)} ".encode() + content)
    return found.hexdigest()[:VERSION_DIGITS]


def _vendor_file(name: str, platforms: Mapping[str, Platform]) -> bytes | None:
    """Return a file of a vendor's folder ``dashboard``."""
    vendor, _, file = name.removeprefix(VENDORS).partition("/")
    platform = platforms.get(vendor)
    return None if platform is None else dashboard_of(platform).contents.get(file)


@cache
def _files() -> dict[str, bytes]:
    """Return the dashboard's own files by their names."""
    return dict(_read(files("emulator.dashboard") / "static", ""))


def _read(folder: Traversable, before: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for each in folder.iterdir():
        if each.is_dir():
            found += _read(each, f"{before}{each.name}/")
        else:
            found.append((before + each.name, each.read_bytes()))
    return found
