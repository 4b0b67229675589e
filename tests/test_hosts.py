"""The Host names and the web pages from which the vendors' routes are served."""

from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from emulator.app import create_app
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.platforms import discover
from emulator.settings import Settings

PLATFORMS: Final = discover()
KNOWN: Final = {"Authorization": "Bearer x", "Token": "x"}
PAGE: Final = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
"""What a browser says of a page of another site."""


def operations(platform: Platform) -> Iterator[tuple[str, Operation]]:
    """Go through the operations of a vendor, by their paths and by the paths under its name."""
    for operation in platform.hooks.operations:
        path = operation.path.replace("{", "").replace("}", "")
        yield path, operation
        yield f"/{platform.name}{path}", operation


@pytest.fixture(scope="module")
async def served() -> httpx.AsyncClient:
    """A client of one server for all tests."""
    transport = httpx.ASGITransport(app=create_app(Settings(token="open sesame")))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
async def test_vendors_routes_accept_the_vendors_host_and_refuse_other_pages(
    served: httpx.AsyncClient, platform: Platform
) -> None:
    """Programs may use the vendor's own host name; pages of other sites are refused."""
    own = KNOWN | platform.auth.headers(platform.auth.issue("0" * 32))
    for path, operation in operations(platform):
        method = operation.method
        host = {}
        if platform.hosts:
            host = {"Host": f"{operation.host or 'api.'}{platform.hosts[0]}"}
        usual = await served.request(method, path, headers=own | host)
        from_page = await served.request(method, path, headers=own | host | PAGE)
        first = {"Access-Control-Request-Method": method}
        asked_first = await served.options(path, headers=host | PAGE | first)

        said = f"{method} {path}: {usual.status_code} {usual.text}"
        assert usual.status_code not in {401, 403, 405, 500}, said
        assert (from_page.status_code, asked_first.status_code) == (403, 403), said
        for answer in (usual, from_page, asked_first):
            assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/", "/nothing", "/_emulator", "/intron", "/favicon.ico"])
async def test_unknown_path_reveals_nothing(served: httpx.AsyncClient, path: str) -> None:
    """The response to an unknown path names no world, and no other page may read it."""
    answer = await served.get(path, headers=PAGE)

    assert "default" not in answer.text
    assert not [name for name in answer.headers if name.startswith("access-control-")]
