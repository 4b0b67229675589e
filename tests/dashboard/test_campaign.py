"""A sales engineer's story: a hospital of one's own, a campaign, and who has pressed 2."""

import csv
from pathlib import Path

from playwright.async_api import FilePayload, expect

from tests.dashboard.pages import Looker
from tests.support import World

PATIENTS = [f"+2348000{number:06}" for number in range(500)]
FILE: FilePayload = {
    "name": "patients.csv",
    "mimeType": "text/csv",
    "buffer": "".join(
        ["firstname,phone\n", *(f"Ada {number},{phone}\n" for number, phone in enumerate(PATIENTS))]
    ).encode(),
}
HOSPITAL = {
    "path.business_id": "st-marys",
    "name": "St Mary's",
    "hours": "mon=08:00-12:00, 13:00-17:00\nfri=08:00-14:00",
    "agents_0_id": "okafor",
    "agents_0_name": "Dr Okafor",
    "products_0_id": "checkup",
    "products_0_name": "Check-up",
    "products_0_duration": "30",
    "appointment_types_0_id": "visit",
    "appointment_types_0_name": "Visit",
    "appointment_types_0_agents": "okafor",
    "appointment_types_0_products": "checkup",
}
REMINDER = {
    "name": "St Mary's reminder",
    "message": "Hello [firstname]",
    "option_one": "Confirm",
    "option_two": "Cancel",
}


def rows_of(saved: Path) -> list[dict[str, str]]:
    """Return the rows of a file."""
    with saved.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


async def own_hospital(looker: Looker) -> None:
    """Create a hospital and its reminder by form, and its patients from a file."""
    await looker.goto("start")
    await looker.follow(looker.to("data"), looker.to("data/voicebooker.put_business"))
    await looker.fill(**HOSPITAL)
    await looker.follow(looker.button("Save business"))
    await expect(looker.page.locator(".toast", has_text="Saved.")).to_be_visible()
    looker.answered()
    await looker.follow(looker.to("data/intron.create_workflow"), looker.text("More fields"))
    await looker.fill(**REMINDER)
    for field, value in (("workflow_type", "ROBOCALL"), ("include_reply", "yes")):
        await looker.page.locator(f"form [name='{field}']").select_option(label=value)
    await looker.follow(looker.button("Create workflow"))
    await expect(looker.page.locator(".toast", has_text="Created.")).to_be_visible()
    looker.answered()
    await looker.follow(looker.to("data/voicebooker.create_user"))
    await looker.page.locator("input[type=file]").set_input_files(FILE)
    await looker.follow(looker.button("Create a patient of each row (500)"))
    await looker.sees("500 records created.")
    looker.answered()


async def test_campaign_is_shown_asked_about_and_exported(looker: Looker, world: World) -> None:
    """All of it by forms and files, on a live clock at speed 60; no question takes five clicks."""
    await world.control("PATCH", "/settings", json={"calls_per_second": 10})
    await own_hospital(looker)
    business = (await world.control("GET", "/voicebooker/businesses/st-marys")).json()
    assert business["agents"] == [{"id": "okafor", "name": "Dr Okafor"}]

    await looker.follow(looker.to("bots"), looker.page.locator(".card", has_text="St Mary's"))
    await looker.page.locator("input[type=file]").set_input_files(FILE)
    await looker.follow(looker.button("Place calls (500)"))
    await expect(looker.rows().first).to_be_visible()
    looker.answered()
    await looker.follow(looker.to("start"), looker.page.locator(".card.batch"))
    await looker.sees("St Mary's reminder", "No call is completed yet")
    await looker.page.get_by_label("Clock mode").select_option("live")
    await looker.page.get_by_label("Speed").select_option("60")
    await expect(looker.page.locator(".mode-line")).to_contain_text("60 times as fast")
    looker.answered()

    await expect(looker.page.locator("h1 .badge")).to_have_text("completed")
    await looker.sees("500 of 500 calls ended")
    answer = looker.page.locator(".shares li", has_text="Cancel")
    count = int(await answer.locator("b").inner_text())
    await looker.follow(answer.locator("a"))
    await expect(looker.rows().first.locator(".cell.keys")).to_have_text("2")
    await looker.sees(f"{count} found among 500 searched: all of them.")
    looker.answered()
    await looker.follow(looker.page.locator("summary", has_text="Download"))
    async with looker.page.expect_download() as download:
        await looker.follow(looker.button("CSV, for spreadsheets"))
    looker.answered()

    rows = rows_of(await (await download.value).path())
    assert (await download.value).suggested_filename == "calls.csv"
    assert len(rows) == count > 0
    assert {row["keys"] for row in rows} == {"2"}
    assert {row["to"] for row in rows} <= set(PATIENTS)
