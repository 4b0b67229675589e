"""Lists of any length: only what is in view exists, and nothing moves under the cursor."""

from typing import Final

import pytest
from playwright.async_api import expect

from tests.dashboard.pages import Looker
from tests.support import World

MANY: Final = 100_000
MAX_ROWS: Final = 60
"""Rows that may exist at once on a screen of 800 pixels."""
MAX_WRITTEN: Final = 16
"""Rows that may be written in one frame, so that none takes long."""
WATCH: Final = """() => {
  const { table } = emulator.screen();
  const draw = table.draw.bind(table);
  window.seen = { draws: 0, most: 0, twice: 0, rows: 0 };
  let frame = null;
  table.draw = () => {
    const had = table.elements.written;
    draw();
    seen.draws += 1;
    seen.most = Math.max(seen.most, table.elements.written - had);
    seen.rows = Math.max(seen.rows, document.querySelectorAll(".space .row").length);
    if (frame === document.timeline.currentTime) seen.twice += 1;
    frame = document.timeline.currentTime;
  };
}"""


@pytest.fixture
async def crowded(world: World) -> World:
    """A world of a hundred thousand calls."""
    workflow = await world.workflow()
    params = [{"phone_number": f"+23480{number:08}"} for number in range(MANY)]
    body = {"workflow_id": workflow, "workflow_params": params}
    placed = await world.intron("POST", "/call", json=body)
    assert placed.status_code == 200, placed.text
    return world


async def test_hundred_thousand_calls_are_scrolled(looker: Looker, crowded: World) -> None:
    """However far one scrolls, a screenful of rows exists, and a few pages were asked for.

    While all of them are called, each frame writes a few rows, and no more than is in view.
    """
    asked = looker.requests("/calls?")
    await looker.goto()
    await expect(looker.row("+2348000099999")).to_be_visible()

    most = 0
    for place in (0.1, 0.25, 0.5, 0.75, 1.0):
        await looker.run(
            f"(() => {{ const s = document.querySelector('.scroller');"
            f" s.scrollTop = {place} * (s.scrollHeight - s.clientHeight); }})()"
        )
        number = f"+2348{round((MANY - 1) * (1 - place)):09}"[:9]
        await expect(looker.row(number).first).to_be_visible()
        most = max(most, await looker.rows().count())

    await expect(looker.row("+2348000000000")).to_be_visible()
    assert most <= MAX_ROWS
    assert len(asked) <= 20
    await looker.run("document.querySelector('.scroller').scrollTop = 0")
    await crowded.control("PATCH", "/settings", json={"calls_per_second": 30})
    await looker.page.evaluate(WATCH)
    await crowded.control("PUT", "/clock", json={"mode": "live", "speed": 60})
    await expect(looker.row("completed").first).to_be_visible()
    await looker.page.wait_for_function("() => seen.draws >= 12")
    seen = await looker.run("seen")
    assert seen["most"] <= MAX_WRITTEN
    assert seen["rows"] <= MAX_ROWS
    assert seen["twice"] == 0


async def test_new_rows_do_not_move_what_is_under_the_cursor(looker: Looker, world: World) -> None:
    """While the cursor is over the list new calls are counted above it, and come in later."""
    workflow = await world.workflow()
    await world.place(workflow, *(f"+2348000000{number:03}" for number in range(30)))
    await looker.goto()
    row = looker.row("+2348000000020")
    await row.hover()
    before = await row.bounding_box()

    await world.place(workflow, *(f"+2348000001{number:03}" for number in range(5)))
    await expect(looker.page.locator(".news")).to_contain_text("5 new calls")
    after = await row.bounding_box()
    await looker.page.locator(".now").hover()

    await expect(looker.row("+2348000001004")).to_be_visible()
    assert before == after


async def test_calls_that_changed_come_first_but_never_under_the_cursor(
    looker: Looker, world: World
) -> None:
    """What rings comes to the top, while the cursor is elsewhere; under it only texts change."""
    workflow = await world.workflow()
    await world.place(workflow, *(f"+2348000000{number:03}" for number in range(40)))
    await looker.goto()
    oldest = "+2348000000000"
    await expect(looker.rows().first).to_contain_text("+2348000000039")
    row = looker.row("+2348000000038")
    await row.hover()

    (*_, call) = (await world.control("GET", "/calls")).json()
    (_, held, *_) = (await world.control("GET", "/calls")).json()
    for each in (held, call):
        await world.control("POST", f"/calls/{each['id']}/move", json={"status": "ringing"})

    await expect(row).to_contain_text("ringing")
    await expect(looker.page.locator(".news")).to_have_text("\u2191 Newer changes")
    await expect(looker.rows().first).to_contain_text("+2348000000039")
    await looker.page.locator(".now").hover()
    await expect(looker.rows().nth(0)).to_contain_text("+2348000000038")
    await expect(looker.rows().nth(1)).to_contain_text(oldest)


async def test_query_is_in_the_address_and_a_wrong_term_is_named(
    looker: Looker, world: World
) -> None:
    """What is searched for is kept in the address; a wrong term is said below the box."""
    await world.place(await world.workflow(), "+2348000099001", "+2348000099012")
    await world.advance()
    await looker.goto()
    box = looker.page.get_by_role("searchbox", name="Search calls")
    await box.fill('to:+234* text:"hello ada" -status:busy')
    await box.press("Enter")

    await expect(looker.rows()).to_have_count(1)
    await expect(looker.row("+2348000099001")).to_be_visible()
    await looker.sees("1 found among 2 searched: all of them.")
    await looker.page.reload()
    await expect(looker.rows()).to_have_count(1)
    await box.fill("stauts:busy")
    await box.press("Enter")
    await expect(looker.page.locator(".wrong-query")).to_contain_text("stauts:busy")
    await looker.goto("requests?q=method:POST%20text:2348000099012")
    await expect(looker.rows()).to_have_count(1)
    await looker.goto("callbacks?q=answer:500")
    await looker.sees("0 found among 0 searched: all of them.")


async def test_inboxes_and_messages_are_searched(looker: Looker, world: World) -> None:
    """Inboxes are found by name, and the messages of one by what they say."""
    for name, body in (("done", "first"), ("done", "second"), ("other", "third")):
        await world.http.post(f"/_emulator/inbox/{world.name}/{name}", content=body)
    await looker.goto("inboxes")
    await expect(looker.rows().first).to_contain_text("other")
    box = looker.page.get_by_role("searchbox", name="Search inboxes")
    await box.fill("name:d*")
    await box.press("Enter")
    await expect(looker.rows()).to_have_count(1)
    await looker.row("2 messages").click()
    await looker.sees("second", "Messages (2)")
    box = looker.page.get_by_role("searchbox", name="Search messages")
    await box.fill("text:first")
    await box.press("Enter")

    await looker.sees("1 found among 2 searched: all of them.", "first")
    await expect(looker.page.locator("main details.attempt")).to_have_count(1)


async def test_columns_and_order_are_in_the_address(looker: Looker, world: World) -> None:
    """A column is added by its box, and a title sorts; a shared link shows the same."""
    await world.place(await world.workflow(), "+2348000099001", "+2348000099012")
    await world.advance()
    await looker.goto()
    await expect(looker.row("+2348000099001").locator(".cell.keys")).to_have_text("1")
    await expect(looker.row("+2348000099001").locator(".cell.outcome")).to_have_text("replied")

    await looker.page.locator("summary", has_text="Columns").click()
    await looker.page.get_by_label("Started", exact=True).check()
    await looker.page.get_by_label("Callbacks", exact=True).uncheck()
    await looker.page.keyboard.press("Escape")
    await looker.page.get_by_role("button", name="Started").click()

    await expect(looker.page.locator("[aria-sort=descending]")).to_contain_text("Started")
    await looker.page.reload()
    await expect(looker.page.locator("[aria-sort=descending]")).to_contain_text("Started")
    await expect(looker.page.locator(".heads .cell.sent")).to_have_count(0)
    await expect(looker.rows().first).to_contain_text("+2348000099012")
    await looker.page.get_by_role("button", name="Started").click()
    await expect(looker.rows().first).to_contain_text("+2348000099001")


async def test_back_leads_to_the_same_rows(looker: Looker, world: World) -> None:
    """Going back from a call finds the list as it was left: scrolled, filtered, chosen."""
    workflow = await world.workflow()
    await world.place(workflow, *(f"+2348000000{number:03}" for number in range(300)))
    await looker.goto("calls?platform=intron")
    await looker.run("document.querySelector('.scroller').scrollTop = 5000")
    row = looker.row("+2348000000155")
    await row.click()
    await expect(looker.page.locator("h1")).to_contain_text("+2348000000155")

    await looker.page.go_back()

    await expect(row).to_be_visible()
    assert "platform=intron" in looker.page.url
    assert await looker.run("document.querySelector('.scroller').scrollTop") == 5000


async def test_filters_are_in_the_address(looker: Looker, world: World) -> None:
    """Choosing a filter changes the address, and going back undoes it."""
    await world.place(await world.workflow(), "+2348000099012", "+2348000099011")
    await world.advance()
    await looker.goto()
    await expect(looker.rows()).to_have_count(2)

    await looker.page.get_by_label("Status").select_option("busy")
    await expect(looker.rows()).to_have_count(1)
    assert "status=busy" in looker.page.url
    await looker.page.go_back()
    await expect(looker.rows()).to_have_count(2)


async def test_older_requests_are_read_on_demand(looker: Looker, world: World) -> None:
    """The newest requests are listed at once and once, the older ones when they are asked for."""
    for _ in range(205):
        await world.intron("GET", "/workflows")
    await looker.goto("requests")
    await expect(looker.rows().first).to_be_visible()
    await looker.page.evaluate("Promise.all([1, 2].map(() => emulator.screen().table.load(0)))")
    assert await looker.run("emulator.screen().table.total") == 200
    await looker.run("document.querySelector('.scroller').scrollTop = 1e6")
    await looker.button("Older requests").click()
    await looker.run("document.querySelector('.scroller').scrollTop = 1e6")

    await expect(looker.page.locator(f'a[href$="/{world.name}/requests/1"]')).to_be_visible()
    await expect(looker.button("Older requests")).to_be_hidden()
