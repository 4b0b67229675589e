"""The screen of bookings: by week, by day, by business."""

from playwright.async_api import expect

from tests.dashboard.pages import NARROW, Looker
from tests.platforms.voicebooker.support import ADA, SALON, finished
from tests.support import World

WISHES = {"agent": "Lea", "day": "2026-01-05", "time": "10:00"}


async def test_weeks_and_days_show_bookings(looker: Looker, world: World) -> None:
    """A week shows each booking at its time, leads to its days, and is left by date."""
    assert (await finished(world, persona=ADA, wishes=WISHES))["outcome"] == "booked"

    await looker.goto("bookings")
    days = looker.page.locator(".week .day")
    await expect(days).to_have_count(7)
    monday = looker.page.get_by_role("region", name="2026-01-05", exact=True)
    await expect(monday.locator(".booking")).to_contain_text("Ada Byron")
    await expect(monday.locator(".booking")).to_contain_text("10:00")
    await looker.page.get_by_label("Date", exact=True).fill("2026-01-14")
    await expect(looker.page.get_by_role("region", name="2026-01-12", exact=True)).to_be_visible()
    await looker.page.get_by_label("The week before").click()
    await monday.get_by_role("link").click()

    await expect(looker.page.locator(".agent .taken")).to_contain_text("Ada Byron")
    await looker.page.get_by_label("The day after").click()
    await looker.sees("Tuesday 2026-01-06")
    await looker.page.get_by_label("View").select_option("week")
    await expect(monday.locator(".booking")).to_be_visible()

    await looker.page.set_viewport_size({"width": NARROW, "height": 700})
    await monday.locator(".booking").scroll_into_view_if_needed()
    await expect(monday.locator(".booking")).to_be_in_viewport(ratio=1)


async def test_business_that_was_called_last_is_shown_first(looker: Looker, world: World) -> None:
    """Its page says what the calls were about, not an empty one of another business."""
    made = await world.control("PUT", "/voicebooker/businesses/salon", json=SALON)
    await finished(world, sip_id="salon")

    await looker.goto("bookings")

    assert made.status_code in {200, 201}, made.text
    await expect(looker.page.get_by_label("Business")).to_have_value("salon")
    await looker.sees("Calls to the bot of Salon")
    await expect(looker.page.locator(".rows li")).to_have_count(1)
    await looker.page.get_by_label("Business").select_option(label="Physiotherapie Gleichgewicht")
    await looker.sees("Calls to the bot of Physiotherapie Gleichgewicht", "No calls")


async def test_bookings_are_searched_in_all_businesses(looker: Looker, world: World) -> None:
    """A query lists bookings of all businesses, whatever happens meanwhile; each leads on."""
    await finished(world, persona=ADA, wishes=WISHES)
    await looker.goto("bookings")
    box = looker.page.get_by_role("searchbox", name="Search bookings")
    await box.focus()
    await looker.page.keyboard.type("byron ")
    await world.control("POST", "/calls", json={"platform": "voicebooker", "intent": "book"})
    await expect(looker.page.locator(".rows li")).to_have_count(2)
    await looker.page.keyboard.type("day:2026-01-*")
    await looker.page.keyboard.press("Enter")

    await expect(looker.rows()).to_have_count(1)
    await looker.page.reload()
    await expect(looker.row("Miriam Vogel")).to_contain_text("2026-01-05 10:00")
    await looker.rows().first.click()
    await expect(looker.page.locator(".agent .taken")).to_contain_text("Ada Byron")
