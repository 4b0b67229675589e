"""How the page and its files are served: to which clients, and with which headers."""

import posixpath
import re
from pathlib import Path
from typing import Final

import httpx
import pytest

import emulator.dashboard
import emulator.platforms
from emulator.app import create_app
from emulator.screens import DECLARATION
from emulator.settings import Settings
from tests.cases import each_case

STATIC: Final = Path(emulator.dashboard.__file__).parent / "static"
VENDORS: Final = Path(emulator.platforms.__file__).parent
FILES: Final = {
    **{str(each.relative_to(STATIC)): each for each in sorted(STATIC.rglob("*")) if each.is_file()},
    **{
        f"platforms/{each.parents[1].name}/{each.name}": each
        for each in sorted(VENDORS.glob("*/dashboard/*"))
        if each.name != DECLARATION
    },
}
"""The dashboard's own files and those of the vendors, by the paths they are served at."""
UI: Final = "/_emulator/ui"


def client(token: str | None = None) -> httpx.AsyncClient:
    app = create_app(Settings(token=token))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost")


@each_case("path", ["", "/", "/default/calls", "/x/y/z", "/-/main.js"])
async def test_policy_is_strict_everywhere(path: str) -> None:
    """Nothing from elsewhere, nothing inline, in no frame, whatever is asked for."""
    async with client() as http:
        answered = await http.get(UI + path)

    policy = answered.headers["content-security-policy"].split("; ")
    assert answered.status_code == 200
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy)
    assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} <= set(policy)
    assert "unsafe" not in answered.headers["content-security-policy"]
    assert answered.headers["x-content-type-options"] == "nosniff"


@each_case("name", FILES)
async def test_file_is_served_as_it_is_and_once(name: str) -> None:
    """Each file has the type of its name, and is not sent again to a browser that has it."""
    async with client() as http:
        first = await http.get(f"{UI}/-/{name}")
        again = await http.get(f"{UI}/-/{name}", headers={"If-None-Match": first.headers["etag"]})

    assert first.content == FILES[name].read_bytes()
    assert (again.status_code, again.content) == (304, b"")


async def test_browser_keeps_the_files_that_the_page_names() -> None:
    """The page names a version of its files, which never change; other versions are asked for."""
    async with client() as http:
        page = await http.get(UI)
        (main,) = re.findall(r'src="([^"]+/main\.js)"', page.text)
        kept = await http.get(main)
        of_vendor = await http.get(main.replace("main.js", "platforms/bimpe/chat.js"))
        former = await http.get(f"{UI}/-0123456789abcdef/main.js")
        unversioned = await http.get(f"{UI}/-/main.js")

    answered = (page, kept, of_vendor, former, unversioned)
    assert [each.headers["cache-control"] for each in answered] == [
        "no-cache",
        *["max-age=31536000, immutable"] * 2,
        *["no-cache"] * 2,
    ]
    assert kept.content == former.content == unversioned.content


@each_case("name", [name for name in FILES if not name.endswith(".svg")])
def test_file_asks_nothing_of_anybody_else(name: str) -> None:
    """No file names an address outside, has markup made of text, or anything inline."""
    text = FILES[name].read_text()

    outside = set(re.findall(r"https?://[\w.]+", text)) - {"http://www.w3.org"}
    assert outside == set()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|\sstyle=", text)


@each_case("name", [name for name in FILES if name.endswith(".js")])
def test_module_imports_files_that_are_there(name: str) -> None:
    """Each import names a file that is served."""
    text = FILES[name].read_text()

    for found in re.findall(r'from "(\.[^"]+)"', text):
        assert posixpath.normpath(posixpath.join(posixpath.dirname(name), found)) in FILES, found


@each_case(
    ("headers", "status"),
    [
        pytest.param({"Host": "emulator.evil.example"}, 403, id="rebound-name"),
        pytest.param({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403, id="used"),
        pytest.param(
            {
                "Sec-Fetch-Site": "cross-site",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "iframe",
            },
            403,
            id="framed",
        ),
        pytest.param(
            {
                "Sec-Fetch-Site": "cross-site",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "document",
            },
            200,
            id="link",
        ),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 200, id="own"),
    ],
)
async def test_page_is_for_its_own_address(headers: dict[str, str], status: int) -> None:
    """A public host name and another site's page are refused; a link is followed."""
    async with client() as http:
        assert (await http.get(UI, headers=headers)).status_code == status


async def test_page_holds_nothing_that_a_token_protects() -> None:
    """With a token set the page is there for the asking, and what it shows is not."""
    async with client("sesame") as http:
        page = await http.get(UI)
        data = await http.get("/_emulator/summary")

    assert (page.status_code, data.status_code) == (200, 401)


@each_case(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/-/none.js", 404, id="no-file"),
        pytest.param("GET", "/-/%2e%2e/pages.py", 404, id="outside-encoded"),
        pytest.param("GET", "/-/platforms/none/chat.js", 404, id="no-vendor"),
        pytest.param("GET", "/-/platforms/bimpe/screens.json", 404, id="declaration"),
        pytest.param("GET", "/-/platforms/bimpe/%2e%2e/auth.py", 404, id="vendor-outside"),
        pytest.param("POST", "", 405, id="written"),
    ],
)
async def test_nothing_else_is_served(method: str, path: str, status: int) -> None:
    """Only the files there are, and only to be read."""
    async with client() as http:
        refused = await http.request(method, UI + path)

    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
