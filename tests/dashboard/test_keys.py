"""Habits: the keyboard, titles that count, masked numbers, questions that name what is affected."""

import re

from playwright.async_api import expect

from tests.dashboard.pages import Looker
from tests.support import World

REACHED = """() => [...document.querySelectorAll(
  "main :is(a[href], button, input, select, textarea, summary, [tabindex='0'])"
)].filter((each) => each.tabIndex === 0 && !each.disabled && each.checkVisibility())
  .map((each) => each.getAttribute("aria-label") || each.title || each.name
    || each.closest("label")?.querySelector("span")?.textContent || each.textContent)"""
"""The names of what can have the focus on a screen."""
NUMBERS = ("+2348000099011", "+2348000099012", "+2348000099013")


async def test_rows_are_gone_through_by_keys(looker: Looker, world: World) -> None:
    """J and k choose, Enter opens, Esc goes up again."""
    await world.place(await world.workflow(), *NUMBERS)
    await looker.goto()
    await expect(looker.rows()).to_have_count(3)

    for key in "jjjk":
        await looker.page.keyboard.press(key)
    await expect(looker.page.locator(".row.chosen")).to_contain_text(NUMBERS[1])
    await looker.page.keyboard.press("Enter")
    await expect(looker.page.locator("h1")).to_contain_text(NUMBERS[1])
    await looker.page.keyboard.press("Escape")
    await expect(looker.rows()).to_have_count(3)


async def test_every_control_is_reached_and_worked_by_keys(looker: Looker, world: World) -> None:
    """Tab reaches what a screen has, with a visible focus; Enter, Space, arrows and Esc work."""
    workflow = await world.workflow(message="Hello [name]")
    batch = await world.place(workflow, *NUMBERS)
    await world.advance()
    body = {"action": "getEntityForSipId", "a": {"b": {"c": [1]}}}
    await world.http.post(
        "/voicebooker/webhook", json=body, headers={"X-Emulator-World": world.name}
    )
    (request, *_) = (await world.control("GET", "/requests")).json()
    controls = {
        "calls": ("Status", "Platform", "Columns", "Download", "Search calls", "Sort by Status"),
        "bookings": ("Business", "View", "The week before", "Date", "The week after", "Week"),
        f"batches/{batch}": ("Batches",),
        f"bots/{workflow}?platform=intron": ("Place",),
        "data/voicebooker.put_business": ("name", "Load what is there", "hours", "Add"),
        f"requests/{request['number']}": ("Edit and send", "body of the request", '"c": ['),
        "inboxes": ("Search inboxes",),
    }
    await looker.goto()
    for path, names in controls.items():
        await looker.goto(path)
        await expect(looker.page.locator(f".screen.{path.partition('/')[0]} h1")).to_be_visible()
        await expect(
            looker.page.locator("main .row a, main .panel, main .empty").first
        ).to_be_visible()
        reached = await looker.run(REACHED)
        for name in names:
            assert any(each.startswith(name) for each in reached), (path, name, reached)
        await looker.page.evaluate("document.querySelector('main').focus()")
        await looker.page.keyboard.press("Tab")
        assert await looker.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


async def test_lists_are_filtered_by_keys(looker: Looker, world: World) -> None:
    """Menus open by Enter and close by Esc; after a filter or a query the focus stays there."""
    await world.place(await world.workflow(), *NUMBERS)
    await world.advance()
    await looker.goto()
    keys, focused = looker.page.keyboard, looker.page.locator(":focus")
    await looker.page.locator("summary", has_text="Columns").focus()
    await keys.press("Enter")
    await expect(looker.page.locator(".columns .check").first).to_be_visible()
    await keys.press("Tab")
    await keys.press("Space")
    await expect(looker.page.locator(".heads .cell.status")).to_have_count(0)
    await keys.press("Escape")
    await expect(focused).to_have_text("Columns")
    await expect(looker.page.locator("details.columns[open]")).to_have_count(0)

    await looker.page.get_by_role("combobox", name="Status").focus()
    await keys.press("b")
    await expect(looker.rows()).to_have_count(1)
    await expect(focused).to_have_value("busy")
    await looker.page.get_by_role("searchbox", name="Search calls").focus()
    await keys.type("to:+234*12")
    await keys.press("Enter")
    await looker.sees("1 found among")
    await expect(focused).to_have_value("to:+234*12")

    await looker.goto("bookings")
    await looker.page.get_by_label("The week after").focus()
    await keys.press("Enter")
    await expect(looker.page.get_by_role("region", name="2026-01-12", exact=True)).to_be_visible()
    await keys.press("Enter")
    await expect(looker.page.get_by_role("region", name="2026-01-19", exact=True)).to_be_visible()
    await looker.page.get_by_label("Settings").focus()
    await keys.press("Enter")
    await expect(looker.page.get_by_label("Theme")).to_be_visible()
    await keys.press("Escape")
    await expect(looker.page.get_by_label("Theme")).to_be_hidden()


async def test_search_is_a_key_away(looker: Looker, world: World) -> None:
    """A slash searches: a part of a number finds its calls, an id finds what has it."""
    await world.place(await world.workflow(), *NUMBERS)
    await looker.goto("worlds")

    await looker.page.keyboard.press("/")
    await looker.page.keyboard.type("99012")
    await expect(looker.page.locator(".results a")).to_have_count(1)
    await looker.page.keyboard.press("Enter")
    await expect(looker.page.locator("h1")).to_contain_text(NUMBERS[1])


async def test_keys_are_listed(looker: Looker) -> None:
    """A question mark lists the keys, and Esc closes the list."""
    await looker.goto()
    await looker.page.keyboard.press("?")
    await expect(looker.page.get_by_role("dialog")).to_contain_text("next and previous row")

    await looker.page.keyboard.press("Escape")

    await expect(looker.page.get_by_role("dialog")).to_have_count(0)


async def test_numbers_are_masked_where_that_is_wished(looker: Looker, world: World) -> None:
    """Masked, no phone number can be read: not in a list, on a call, nor in a body."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, NUMBERS[1])
    await world.advance()
    (call,) = (await world.control("GET", "/calls")).json()
    (callback,) = (await world.control("GET", "/callbacks")).json()
    await looker.goto()
    await looker.page.get_by_label("Settings").click()
    await looker.page.get_by_label("Phone numbers").select_option("masked")

    for path in ("calls", f"calls/{call['id']}", f"callbacks/{callback['id']}", "inboxes/done"):
        await looker.goto(path)
        await expect(looker.page.locator("main")).to_contain_text("+234••••••••12")
        assert NUMBERS[1] not in await looker.page.locator("main").inner_text()


async def test_reset_is_asked_about_with_numbers(looker: Looker, world: World) -> None:
    """What is lost is counted before it is lost; without a yes nothing is."""
    await world.place(await world.workflow(), *NUMBERS)
    await looker.goto("worlds")
    reset = looker.page.locator("tr.here").get_by_role("button", name="Reset")

    await reset.click()
    await expect(looker.page.get_by_role("dialog")).to_contain_text("3 calls, 0 callbacks")
    await looker.button("Cancel").click()
    assert len((await world.control("GET", "/calls")).json()) == 3
    await reset.click()
    await looker.button("Reset world").click()
    await expect(looker.page.locator(".toast")).to_contain_text("was reset")
    assert (await world.control("GET", "/calls")).json() == []


async def test_snapshot_is_taken_restored_and_forked(looker: Looker, world: World) -> None:
    """A world is kept, changed, put back, and gone on from by another."""
    await world.place(await world.workflow(), *NUMBERS)
    await looker.goto("worlds")
    await looker.page.locator("tr.here").get_by_role("button", name="Snapshot").click()
    await expect(looker.page.locator("h2", has_text="Snapshots of")).to_contain_text("(1)")
    await world.control("POST", "/reset")

    await looker.button("Restore").click()
    await expect(looker.page.get_by_role("dialog")).to_contain_text("0 calls")
    await looker.button("Restore snapshot").click()
    await expect(looker.page).to_have_title(re.compile("^Worlds"))
    await expect(looker.page.locator(".toast").last).to_contain_text("was restored from")
    assert len((await world.control("GET", "/calls")).json()) == 3

    rows = await looker.page.locator("tbody tr[data-key]").count()
    await looker.page.locator("tr.here").get_by_role("button", name="Fork").click()
    await expect(looker.page.locator("tbody tr[data-key]")).to_have_count(rows + 1)
