"""A browser, a server, and a world for each test."""

from collections.abc import AsyncIterator, Iterator
from shutil import which
from typing import Final

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright

from emulator.app import Emulator
from emulator.server import running
from emulator.settings import Settings
from tests.dashboard.pages import HEIGHT, WIDE, Looker
from tests.support import World, client_of

BROWSERS: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first has no windows to draw, and takes two thirds of the time of the others."""
CHROMIUM: Final = next(filter(None, map(which, BROWSERS)), None)
FLAGS: Final = (
    "--enable-features=NetworkServiceInProcess2",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no other host is in reach
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
    """One browser for all tests of the dashboard, with an empty profile."""
    del anyio_backend
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: apt-get install chromium-headless-shell")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def http(site: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the dashboard's server."""
    async with client_of(site.worlds.settings.base_url) as client:
        yield client


@pytest.fixture(scope="package")
async def page(browser: Browser, site: Emulator) -> Page:
    """The page of all tests, so that the browser keeps its process and what it has compiled."""
    context = await browser.new_context(color_scheme="light", reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{site.worlds.settings.base_url}/_emulator/health")
    return page


@pytest.fixture
async def looker(page: Page, world: World) -> AsyncIterator[Looker]:
    """A page on the test's world, which is opened cold; the browser must report no error on it."""
    await page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    looker = Looker(page.context, page, str(world.http.base_url).rstrip("/"), world.name)
    yield looker
    looker.leave()
    await page.unroute_all()
    await page.evaluate("localStorage.clear()")
    assert looker.complaints == []
