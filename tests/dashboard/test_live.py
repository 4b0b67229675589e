"""The page follows its world: at once, but no faster than anybody can read."""

import asyncio
import re

from playwright.async_api import Browser, expect

from emulator.server import running
from emulator.settings import Settings
from tests.dashboard.pages import Looker
from tests.support import World

WATCH = """() => {
  window.seen = { messages: emulator.live.messages, renders: emulator.screen().table.renders };
  window.began = performance.now();
}"""
SEEN = """() => {
  const seconds = (performance.now() - window.began) / 1000;
  return {
    seconds,
    messages: emulator.live.messages - window.seen.messages,
    renders: emulator.screen().table.renders - window.seen.renders,
    rows: document.querySelectorAll(".space .row").length,
  };
}"""


async def test_burst_is_sent_in_a_few_messages(looker: Looker, world: World) -> None:
    """Thousands of events become about ten messages a second, and a few drawings each."""
    workflow = await world.workflow()
    await looker.goto()
    await looker.page.evaluate(WATCH)
    for _ in range(10):
        numbers = (f"+23480000{number:05}" for number in range(500))
        await asyncio.gather(world.place(workflow, *numbers), world.intron("GET", "/workflows"))
        await world.advance(5)
    await expect(looker.page).to_have_title(
        "Calls (5,000) · " + world.name + " · voicebot-emulator"
    )
    seen = await looker.page.evaluate(SEEN)

    events = (await world.control("GET", "/summary")).json()["history"]["last"]
    assert events > 2000
    assert seen["messages"] <= 12 * seen["seconds"] + 5
    assert seen["renders"] <= 30 * seen["seconds"] + 30
    assert seen["rows"] <= 60


async def test_world_that_begins_anew_is_followed(looker: Looker, world: World) -> None:
    """After a reset the stream is opened again, and the screen shows what there is now."""
    await world.place(await world.workflow(), "+2348000099012")
    await looker.goto()
    await expect(looker.rows()).to_have_count(1)

    await world.control("POST", "/reset")

    await looker.sees("No calls yet")
    await world.place(await world.workflow(), "+2348000099011")
    await expect(looker.row("+2348000099011")).to_be_visible()


async def test_other_world_is_switched_to(looker: Looker, world: World) -> None:
    """The switcher leads to another world, and the address names it."""
    other = (await world.http.post("/_emulator/worlds", json={})).json()["name"]
    await looker.goto()
    await looker.page.get_by_label("World", exact=True).select_option(other)

    await expect(looker.page).to_have_url(f"{looker.url}/_emulator/ui/{other}/calls")
    await expect(looker.page).to_have_title(f"Calls (0) · {other} · voicebot-emulator")
    await world.http.delete(f"/_emulator/worlds/{other}")


async def test_one_stream_is_open(looker: Looker) -> None:
    """However many screens are looked at, the page listens to one stream."""
    asked = looker.requests("/events")
    await looker.goto()
    for screen in ("Callbacks", "Requests", "Worlds", "Calls"):
        await looker.page.get_by_role("link", name=screen).first.click()
        await expect(looker.page.locator("main h1")).to_contain_text(screen)

    assert len(asked) == 1


async def test_token_is_asked_for_and_taken_from_the_address(browser: Browser) -> None:
    """Where a token is needed, the page asks for it or reads it from its own address."""
    with running(Settings(port=0, token="open sesame")) as app:
        url = app.worlds.settings.base_url
        asked = await Looker.open(browser, url, "default")
        await asked.page.goto(f"{url}/_emulator/ui")
        await asked.page.get_by_label("Token", exact=True).last.fill("open sesame")
        await asked.button("Continue").click()
        await expect(asked.page.locator("span.live")).to_have_text("Connected")
        given = await Looker.open(browser, url, "default")
        await given.page.goto(f"{url}/_emulator/ui/default/worlds#token=open%20sesame")
        await expect(given.page.locator("span.live")).to_have_text("Connected")
        assert "token" not in given.page.url
        await asked.close()
        await given.close()


async def test_world_that_has_ended_is_said_to_be_gone(looker: Looker, world: World) -> None:
    """The page says so, at once and when opened later, and offers another world."""
    await looker.goto()
    await world.control("DELETE", f"/worlds/{world.name}")
    gone = looker.page.get_by_role("alert").filter(has_text=f"World {world.name} no longer exists")
    await expect(gone).to_be_visible()

    await looker.page.reload()

    await expect(gone).to_be_visible()
    await looker.page.get_by_role("combobox", name="World", exact=True).select_option("default")
    await expect(looker.page.locator("span.live")).to_have_text("Connected")
    await expect(looker.page).to_have_title(re.compile("· default ·"))
