"""The API pages: Swagger UI, from this package and from nowhere else, with scripts of our own.

https://swagger.io/tools/swagger-ui/ lies in ``swagger_ui`` as it was published, compressed; its
licence and the hashes of its files lie beside it.
"""

from collections.abc import Container
from functools import cache
from gzip import decompress
from hashlib import sha256
from importlib.resources import files
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response

from emulator.http.exchange import READS
from emulator.kit.errors import ApiError

ROOT: Final = "/_emulator/docs"
FILES: Final = "-"
"""The path of the files below the root: ``-{version}/{file}``, or ``-/{file}``."""
VERSION_DIGITS: Final = 16
KEPT: Final = {"Cache-Control": "max-age=31536000, immutable"}
"""Of a file of a version, which never changes: a browser does not ask for it again."""
LIBRARY: Final = "swagger_ui"
COMPRESSED: Final = ("swagger-ui-bundle.js", "swagger-ui.css")
OWN: Final = (
    *("docs.css", "docs.js", "drafts.js", "plugin.js", "references.js", "samples.js"),
    *("snippets.js", "theme.js"),
)
MEDIA_TYPES: Final = {"css": "text/css", "html": "text/html", "js": "text/javascript"}
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""What a browser may do with the pages."""


def api_page(method: str, path: str, headers: Headers, names: Container[str]) -> Response:
    """Return what is at a path under ``/_emulator/docs``; ApiError 404 or 405 otherwise.

    ``names`` are those of the documents.
    """
    if method not in READS:
        raise ApiError(405, "method_not_allowed", "it is read-only", headers={"Allow": "GET"})
    name = path.strip("/")
    if name.startswith(FILES):
        asked, _, file = name.removeprefix(FILES).partition("/")
        return _file(file, headers, KEPT if asked == _version() else {})
    if name and name not in names:
        raise ApiError(404, "no_file", f"there is no API page {name[:100]}")
    folder = f"{ROOT}/{FILES}"
    versioned = _own("index.html").replace(f"{folder}/".encode(), f"{folder}{_version()}/".encode())
    return _response(versioned, "html", headers, {})


def _file(name: str, headers: Headers, kept: dict[str, str]) -> Response:
    kind = name.rpartition(".")[2]
    if name in OWN:
        return _response(_own(name), kind, headers, kept)
    if name not in COMPRESSED:
        raise ApiError(404, "no_file", f"the API pages have no file {name[:100]}")
    content, more = _library(name), {"Vary": "Accept-Encoding", **kept}
    if "gzip" not in headers.get("accept-encoding", ""):
        return _response(decompress(content), kind, headers, more)
    return _response(content, kind, headers, {"Content-Encoding": "gzip", **more})


def _response(content: bytes, kind: str, headers: Headers, more: dict[str, str]) -> Response:
    own = HEADERS | {"ETag": f'"{sha256(content).hexdigest()[:20]}"'} | more
    if headers.get("if-none-match") == own["ETag"]:
        return Response(status_code=304, headers=own)
    return Response(content, headers=own, media_type=MEDIA_TYPES[kind])


@cache
def _version() -> str:
    """Return a digest of all files."""
    contents = [*map(_own, OWN), *map(_library, COMPRESSED)]
    return sha256(b"".join(sha256(each).digest() for each in contents)).hexdigest()[:VERSION_DIGITS]


@cache
def _own(name: str) -> bytes:
    return (files(__name__) / name).read_bytes()


@cache
def _library(name: str) -> bytes:
    return (files(__name__) / LIBRARY / f"{name}.gz").read_bytes()
