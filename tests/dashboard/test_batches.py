"""Batches on the screen: progress, answers and hours, live, whatever their size."""

from typing import Final

from playwright.async_api import expect

from tests.dashboard.pages import Looker
from tests.support import World

MANY: Final = 100_000
MAX_ELEMENTS: Final = 600
"""Elements of a page, however many calls it is about."""


async def test_campaign_is_followed_without_reload(looker: Looker, world: World) -> None:
    """A batch of many calls is a few figures and bars, which follow the world; links lead on."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500] * 3})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.control("PATCH", "/settings", json={"calls_per_second": 10})
    params = [{"phone_number": f"+23480{number:08}"} for number in range(MANY)]
    body = {"workflow_id": workflow, "workflow_params": params}
    placed = await world.intron("POST", "/call", json=body)
    batch = placed.json()["data"]["batch_id"]
    await looker.goto("start")
    card = looker.page.locator(".card.batch")
    await expect(card).to_contain_text("0 of 100,000 calls ended")
    await card.click()
    await looker.sees("100,000", "No call is completed yet", "None yet")

    await world.advance(3600)
    main = looker.page.locator("main")
    await expect(main).to_contain_text("answered:")
    await expect(main).to_contain_text("1 h 46 min left on the world's clock")
    await expect(looker.page.locator(".hourly rect")).to_have_count(2)
    shown = (await world.control("GET", f"/batches/{batch}")).json()
    await expect(main).to_contain_text(f"{shown['keys']['2']:,}")
    assert await looker.run("document.querySelectorAll('main *').length") < MAX_ELEMENTS
    await looker.page.locator(".shares a", has_text="2No").click()
    await expect(looker.rows().first.locator(".cell.keys")).to_have_text("2")
    await expect(looker.page.locator(".campaign")).to_contain_text("100,000 calls ended")


async def test_failures_come_first(looker: Looker, world: World) -> None:
    """Failed calls and callbacks are a click away; a finished batch says so."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500] * 3})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, "+2348000099001", "+2348000099012", "+2348000099013")
    await world.advance()
    (failed,) = (await world.control("GET", "/callbacks")).json()
    await looker.goto("batches")
    await expect(looker.rows()).to_have_count(1)
    await looker.rows().first.click()
    await looker.sees("100%", "3 of 3 calls ended", "1 failed")
    await expect(looker.page.locator(f'main .rows a[href$="{failed["id"]}"]')).to_be_visible()
    await expect(looker.page.locator(".progress")).to_have_attribute(
        "aria-label", "Calls: 1 completed, 1 busy, 1 failed"
    )
    await looker.page.get_by_role("link", name="1 failed").first.click()
    await expect(looker.rows()).to_have_count(1)
    await looker.goto("batches/none")
    await looker.sees("No such batch")
