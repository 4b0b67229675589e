"""The API pages: served from the package, and from nowhere else."""

import re
from gzip import decompress
from hashlib import sha256
from pathlib import Path
from typing import Final

import httpx
import pytest

import emulator.openapi.page
from emulator.openapi.page import COMPRESSED, LIBRARY, MEDIA_TYPES, OWN, ROOT
from emulator.platforms import discover

FOLDER: Final = Path(emulator.openapi.page.__file__).parent
PAGES: Final = ("", "/", *(f"/{name}" for name in discover()))
LINES: Final = (FOLDER / LIBRARY / "SHA256SUMS").read_text().splitlines()
SUMS: Final = {name: digest for digest, name in (line.split("  ") for line in LINES)}
"""The hashes of the library's files as they were published, by name."""


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_served_with_all_its_parts(http: httpx.AsyncClient, path: str) -> None:
    """Each API has a page of its own, whose styles and scripts the emulator serves."""
    page = await http.get(f"{ROOT}{path}")

    named = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert all(each.startswith("/_emulator/") for each in named)
    for each in named:
        assert (await http.get(each)).status_code == 200, each


async def test_browser_keeps_the_files_that_a_page_names(http: httpx.AsyncClient) -> None:
    """A page names a version of its files, which never change; others are asked for again."""
    page = await http.get(ROOT)
    named = re.findall(r'(?:href|src)="(/_emulator/docs/-[^"]+)"', page.text)
    kept = {(await http.get(each)).headers["cache-control"] for each in named}
    former = await http.get(f"{ROOT}/-0123456789abcdef/docs.js")

    assert len(named) == 5
    assert kept == {"max-age=31536000, immutable"}
    assert (page.headers["cache-control"], former.headers["cache-control"]) == ("no-cache",) * 2


@pytest.mark.parametrize("name", [*OWN, "swagger-ui.css"])
async def test_page_needs_nothing_from_outside(http: httpx.AsyncClient, name: str) -> None:
    """A browser may load nothing from elsewhere, and no file of ours asks it to."""
    response = await http.get(f"{ROOT}/-/{name}")

    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert re.findall(r"(?:url\(|import|fetch\()\s*=?\s*[\"'`]?https?:", response.text) == []
    assert "innerHTML" not in response.text
    assert response.headers["Content-Type"].startswith(MEDIA_TYPES[name.rpartition(".")[2]])


@pytest.mark.parametrize("name", COMPRESSED)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
async def test_library_is_sent_compressed_where_it_can_be(
    http: httpx.AsyncClient, name: str, coding: str
) -> None:
    """A browser gets the file as it lies here; a client that cannot unpack it gets it unpacked."""
    response = await http.get(f"{ROOT}/-/{name}", headers={"Accept-Encoding": coding})
    tag = {"If-None-Match": response.headers["etag"], "Accept-Encoding": coding}

    assert sha256(response.content).hexdigest() == SUMS[name]
    assert response.headers.get("content-encoding") == ("gzip" if coding == "gzip" else None)
    assert response.headers["vary"] == "Accept-Encoding"
    assert (await http.get(f"{ROOT}/-/{name}", headers=tag)).status_code == 304


@pytest.mark.parametrize("name", SUMS)
def test_library_is_as_it_was_published(name: str) -> None:
    """The hash of every file of the library is the one written down beside it."""
    path = FOLDER / LIBRARY / name
    content = path.read_bytes() if path.exists() else decompress(Path(f"{path}.gz").read_bytes())

    assert sha256(content).hexdigest() == SUMS[name]


def test_library_has_its_licence_beside_it() -> None:
    """Nothing lies there that has no hash, and the licence is there in full."""
    there = {each.name.removesuffix(".gz") for each in (FOLDER / LIBRARY).iterdir()}

    assert there == {*SUMS, "SHA256SUMS"}
    assert "Apache License" in (FOLDER / LIBRARY / "LICENSE").read_text()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/-/__init__.py", 404, id="module"),
        pytest.param("GET", "/-/nope.js", 404, id="no-file"),
        pytest.param("GET", "/-/%2e%2e%2fdocument.py", 404, id="outside"),
        pytest.param("GET", "/nobody", 404, id="no-api"),
        pytest.param("POST", "/intron", 405, id="written"),
    ],
)
async def test_nothing_else_is_served(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    """Other files of the package cannot be read, and nothing can be written."""
    response = await http.request(method, f"{ROOT}{path}")

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
