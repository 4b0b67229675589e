"""Start: from an address in the browser's bar to a first callback."""

import re

import httpx
import pytest
from playwright.async_api import expect

from emulator.platforms import discover
from tests.dashboard.pages import HEIGHT, NARROW, Looker
from tests.support import World

each_platform = pytest.mark.parametrize("name", discover())


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        pytest.param("text/html,application/xhtml+xml,*/*;q=0.8", 303, id="browser"),
        pytest.param("*/*", 200, id="curl"),
        pytest.param("application/json", 200, id="program"),
        pytest.param("", 200, id="nothing"),
    ],
)
async def test_front_page_is_for_both(http: httpx.AsyncClient, accept: str, status: int) -> None:
    """A browser is led to Start; a program gets JSON as it always has."""
    front = await http.get("/", headers={"Accept": accept})

    assert (front.status_code, front.headers["vary"]) == (status, "Accept")
    if status == 200:
        assert front.json()["platforms"].keys() == discover().keys()
    else:
        assert front.headers["location"] == "/_emulator/ui/default/start"


async def test_root_opens_start(looker: Looker) -> None:
    """The address of the server alone shows Start, and so does that of the dashboard."""
    for path in ("/", "/_emulator/ui"):
        await looker.page.goto(f"{looker.url}{path}")
        await expect(looker.page).to_have_url(f"{looker.url}/_emulator/ui/default/start")
        await expect(looker.page.locator("main h1")).to_have_text("Start")


@each_platform
async def test_vendor_is_shown_with_the_worlds_credentials(
    looker: Looker, world: World, name: str
) -> None:
    """Address and credentials of the selected world stand there, each with a button to copy it."""
    await looker.goto("start")
    title = discover()[name].title
    vendor = looker.page.get_by_role("region", name=title, exact=True)

    await expect(vendor).to_contain_text(f"{looker.url}/{name}")
    for field, value in world.made["credentials"][name].items():
        await expect(vendor.locator("dd code", has_text=value)).to_be_visible()
        await expect(vendor.locator(f"button[title='Copy {field}']")).to_be_visible()
    for tab in ("Python", "Node", "curl"):
        await vendor.get_by_role("button", name=tab, exact=True).click()
        await expect(vendor.locator(".snippet pre")).to_contain_text(f"{looker.url}/{name}")


async def test_copy_buttons_are_seen_without_a_mouse(looker: Looker) -> None:
    """A button to copy is visible on a screen that is touched, too."""
    await looker.goto("start")
    await expect(looker.page.locator(".vendor").first).to_be_visible()

    seen = await looker.run(
        "[...document.querySelectorAll('.copy')].map((each) => getComputedStyle(each).opacity)"
    )
    assert len(seen) >= 2 * len(discover())
    assert set(seen) == {"1"}


NOTE_NEXT_LABEL = """button => {
    window.nextLabel = new Promise((found) => {
        const observer = new MutationObserver(() => {
            observer.disconnect();
            found(button.textContent);
        });
        observer.observe(button, {childList: true});
    });
}"""
"""The label is back after a moment, which a test on a slow machine would miss."""


async def test_snippet_is_copied_as_it_is_shown(looker: Looker) -> None:
    """What is copied is the snippet of the chosen language."""
    await looker.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await looker.goto("start")
    vendor = looker.page.locator(".vendor").first
    await vendor.get_by_role("button", name="Python", exact=True).click()
    button = vendor.locator(".snippet > button")
    await button.evaluate(NOTE_NEXT_LABEL)
    await button.click()

    assert await looker.run("window.nextLabel") == "Copied"
    copied = await looker.run("navigator.clipboard.readText()")
    assert copied == await vendor.locator(".snippet pre").inner_text()
    assert copied.startswith("import requests")


@each_platform
async def test_first_call_is_shown_as_it_goes_on(looker: Looker, world: World, name: str) -> None:
    """A call is placed with one click; its statuses and callbacks appear as they happen."""
    platform = discover()[name]
    await looker.goto("start")
    vendor = looker.page.get_by_role("region", name=platform.title, exact=True)
    await vendor.get_by_role("button", name="Place a first call").click()
    first = vendor.get_by_role("status", name="First call")
    await expect(first).to_contain_text("due at")

    await first.get_by_role("button", name="Advance to the end").click()

    await expect(first.locator(".planned")).to_have_count(0)
    await expect(first.locator(".reached .badge", has_text="completed").first).to_be_visible()
    callbacks = (await world.control("GET", "/callbacks")).json()
    await expect(first.locator("li .badge")).to_have_text(["delivered"] * len(callbacks))
    if callbacks:
        await first.get_by_role("link", name=re.compile("Inbox first-call")).click()
        await expect(looker.page.locator("main")).to_contain_text(callbacks[0]["url"][-10:])


async def test_worlds_are_listed_by_activity(looker: Looker, world: World) -> None:
    """The world that a request used last comes first, and its name leads to its Start."""
    other = World(world.http, (await world.http.post("/_emulator/worlds", json={})).json())
    await other.control("POST", "/reset")
    await looker.goto("start")
    names = looker.page.locator(".rows a:first-child")
    await expect(names.first).to_have_text(other.name)

    await world.intron("GET", "/workflows")
    await looker.page.reload()
    await expect(names.first).to_have_text(world.name)
    await looker.page.get_by_role("link", name=other.name, exact=True).click()
    await expect(looker.page).to_have_url(f"{looker.url}/_emulator/ui/{other.name}/start")
    key = other.made["credentials"]["intron"]["api_key"]
    await expect(looker.page.get_by_text(key, exact=True)).to_be_visible()
    await world.http.delete(f"/_emulator/worlds/{other.name}")


async def test_start_stays_when_the_world_is_switched(looker: Looker) -> None:
    """Another world's credentials are one choice away."""
    await looker.goto("start")

    await looker.page.get_by_label("World", exact=True).select_option("default")

    await expect(looker.page).to_have_url(f"{looker.url}/_emulator/ui/default/start")


async def test_start_fits_a_phone(looker: Looker) -> None:
    """On a narrow screen nothing is cut off to the side."""
    await looker.page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    await looker.goto("start")
    await expect(looker.page.locator(".vendor").first).to_be_visible()

    assert await looker.run("document.documentElement.scrollWidth") == NARROW
