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
GUIDE_PICTURES: Final = frozenset({"failure", "campaign"})
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


async def run_campaign(looker: Looker, credentials: Any) -> None:
    """Place a campaign of 2,000 calls, let three hours pass, and look at it."""
    workflow = {
        "name": "St Mary's: appointment tomorrow",
        "workflow_type": "ROBOCALL",
        "message": "Hello [name], your appointment is tomorrow.",
        "include_reply": True,
        "option_one": "Confirm",
        "option_two": "Cancel",
    }
    params = [
        {"phone_number": f"+23480{number:08}", "workflow_variables": {"name": "Ada"}}
        for number in range(2000)
    ]
    key = {"Authorization": f"Bearer {credentials['intron']['api_key']}"}
    async with httpx.AsyncClient(base_url=looker.url, trust_env=False, headers=key) as client:
        await client.patch("/_emulator/settings", json={"calls_per_second": 0.15})
        made = (await client.post("/voicebot/v1/workflows", json=workflow)).json()["data"]
        body = {"workflow_id": made["id"], "workflow_params": params}
        placed = (await client.post("/voicebot/v1/call", json=body)).json()["data"]
        await client.post("/_emulator/clock/advance", json={"seconds": 3 * 3600})
    await looker.goto(f"batches/{placed['batch_id']}")
    await expect(looker.page.locator(".hourly rect").first).to_be_visible()


@pytest.mark.parametrize(
    ("name", "theme"),
    [
        pytest.param("calls", "light", id="calls"),
        pytest.param("call", "dark", id="call"),
        pytest.param("start", "light", id="start"),
        pytest.param("failure", "light", id="failure"),
        pytest.param("campaign", "light", id="campaign"),
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
        if name == "campaign":
            await run_campaign(looker, made["credentials"])
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
