"""The pictures of the README and the guides: taken here, and written by `make screenshots`."""

import struct
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.async_api import Browser, expect

from emulator.cli.demo_data import seed_demo
from emulator.server import running
from emulator.settings import Settings
from tests.dashboard.pages import WIDE, Looker

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "fixtures" / "screenshots"
GUIDES: Final = ROOT / "emulator" / "docs"
LARGEST: Final = 200_000
GUIDE_PICTURES: Final = frozenset({"failure"})
FAILED: Final = '.callback[data-status="failed"]'


SHOW_USUAL_PORT: Final = """(host) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    texts.currentNode.data = texts.currentNode.data.replaceAll(host, "127.0.0.1:8080");
  }
}"""
"""A free port would be another in each picture."""


async def place_first_call(looker: Looker) -> None:
    """Place a first call on Start, and wait until it has ended."""
    await looker.goto("start")
    await looker.button("Place a first call").nth(1).click()
    first = looker.page.locator(".first-call")
    await expect(first.locator(".reached").first).to_be_visible()
    async with httpx.AsyncClient(base_url=looker.url, trust_env=False) as client:
        await client.post("/_emulator/clock/advance", json={"seconds": 60})
    await expect(first.locator(".planned")).to_have_count(0)
    await expect(first.get_by_text("delivered").first).to_be_visible()


@pytest.mark.parametrize(
    ("name", "theme"),
    [
        pytest.param("calls", "light", id="calls"),
        pytest.param("call", "dark", id="call"),
        pytest.param("start", "light", id="start"),
        pytest.param("failure", "light", id="failure"),
    ],
)
async def test_readme_shows_the_demonstration(
    browser: Browser, request: pytest.FixtureRequest, name: str, theme: Any
) -> None:
    """The pictures are of the demonstration as it is, as wide as a window, and small."""
    with running(Settings(port=0)) as app:
        url = app.worlds.settings.base_url
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            made = (await client.get("/_emulator/worlds/default")).json()
            await seed_demo(client, made["credentials"], url)
            await client.post("/_emulator/clock/advance", json={"seconds": 21})
        looker = await Looker.open(browser, url, "default", theme=theme)
        await looker.goto()
        await expect(looker.row("1 failed")).to_be_visible()
        if name in {"call", "failure"}:
            await looker.row("1 failed").click()
            await expect(looker.page.locator(FAILED)).to_be_visible()
        if name == "failure":
            await looker.page.locator(FAILED).click()
            await expect(looker.page.locator("p.summary")).to_be_visible()
        if name == "start":
            await place_first_call(looker)
        await looker.page.evaluate(SHOW_USUAL_PORT, url.removeprefix("http://"))
        taken = await looker.page.screenshot()
        await looker.close()
    path = (GUIDES / "static" if name in GUIDE_PICTURES else FOLDER) / f"{name}.png"
    if request.config.getoption("--screenshots"):
        path.write_bytes(taken)

    width, height = struct.unpack(">II", taken[16:24])
    kept = path.read_bytes()
    assert (width, height) == struct.unpack(">II", kept[16:24]) == (WIDE, 800)
    assert len(kept) < LARGEST
    shown = (ROOT / "README.md").read_text() + (GUIDES / "browser.md").read_text()
    assert f"{path.parent.name}/{name}.png)" in shown
