"""The dashboard below a path, as a proxy serves it."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.async_api import Browser

from emulator.app import Emulator
from emulator.server import running
from emulator.settings import Settings
from tests.dashboard.pages import Looker

PATH: Final = "/voice/emulator"
SCREENS: Final = ("start", "calls", "requests", "faults", "worlds", "chat", "bookings")


@pytest.fixture(scope="module")
def below() -> Iterator[str]:
    """The address of a dashboard whose emulator is reached below a path."""
    with running(Settings(port=0, public_url=f"http://127.0.0.1{PATH}")) as app:
        yield f"http://127.0.0.1:{port_of(app)}{PATH}"


def port_of(app: Emulator) -> int:
    return app.worlds.settings.port


async def test_every_screen_is_served_below_a_path(browser: Browser, below: str) -> None:
    """Nothing that the dashboard loads, asks or links to is outside of the public path."""
    looker = await Looker.open(browser, below, "default")
    page = looker.page
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda got: failed.append(got.url) if got.status >= 400 else None)
    page.on("pageerror", lambda error: failed.append(str(error)))
    for screen in SCREENS:
        await looker.goto(screen)
        await page.wait_for_selector("h1")
        links = await page.eval_on_selector_all("a", "links => links.map(each => each.href)")
        asked += [link for link in links if link.startswith("http://127.0.0.1")]
    await looker.close()

    assert failed == []
    assert [url for url in asked if not url.startswith(below)] == []
