"""A browser, a server it looks at, and a world of each test's own."""

from collections.abc import AsyncIterator, Iterator
from shutil import which
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Final

import httpx
import pytest
from playwright.async_api import Browser, async_playwright

from emulator.app import Emulator
from emulator.server import running
from emulator.settings import Settings
from tests.dashboard.pages import Looker
from tests.limits import LIMIT_SECONDS
from tests.support import World

CHROMIUM: Final = which("chromium") or which("chromium-browser") or which("google-chrome")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="package")
def site() -> Iterator[Emulator]:
    """One server for all tests of the dashboard."""
    with running(Settings(port=0)) as app:
        yield app


@pytest.fixture(scope="package")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """One browser for all of them, with a profile of its own."""
    del anyio_backend
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def http(site: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that server."""
    async with httpx.AsyncClient(
        base_url=site.worlds.settings.base_url,
        verify=SSLContext(PROTOCOL_TLS_CLIENT),
        trust_env=False,
        timeout=LIMIT_SECONDS,
    ) as client:
        yield client


@pytest.fixture
async def looker(browser: Browser, world: World) -> AsyncIterator[Looker]:
    """A page of its own on the test's world; it must end without a complaint."""
    looker = await Looker.open(browser, str(world.http.base_url), world.name)
    yield looker
    await looker.close()
    assert looker.complaints == []
