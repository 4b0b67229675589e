"""Habits: the keyboard, titles that count, masked numbers, questions that name what is affected."""

import re

from playwright.async_api import expect

from tests.dashboard.pages import Looker
from tests.support import World

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
