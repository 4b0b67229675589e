"""A sales engineer's story: patients from a file, a campaign, and who has pressed 2 as a file."""

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


def rows_of(saved: Path) -> list[dict[str, str]]:
    """Return the rows of a file."""
    with saved.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


async def test_campaign_is_shown_asked_about_and_exported(looker: Looker, world: World) -> None:
    """On a live clock at speed 60 it runs before one's eyes; each question takes a click or two."""
    workflow = await world.workflow(
        name="St Mary's reminder", message="Hello [firstname]", option_two="Cancel"
    )
    await world.control("PATCH", "/settings", json={"calls_per_second": 10})
    await looker.goto("data/voicebooker.create_user")
    await looker.page.locator("input[type=file]").set_input_files(FILE)
    await looker.button("Create a patient of each row (500)").click()
    await looker.sees("500 records created.")
    await looker.goto(f"bots/{workflow}?platform=intron")
    await looker.page.locator("input[type=file]").set_input_files(FILE)
    await looker.button("Place calls (500)").click()
    await expect(looker.rows().first).to_be_visible()
    await looker.goto("start")
    await looker.page.locator(".card.batch").click()
    await looker.sees("St Mary's reminder", "No call is completed yet")
    await looker.page.get_by_label("Clock mode").select_option("live")
    await looker.page.get_by_label("Speed").select_option("60")
    await expect(looker.page.locator(".mode-line")).to_contain_text("60 times as fast")

    await expect(looker.page.locator("h1 .badge")).to_have_text("completed")
    await looker.sees("500 of 500 calls ended")
    answer = looker.page.locator(".shares li", has_text="Cancel")
    count = int(await answer.locator("b").inner_text())
    await answer.locator("a").click()
    await expect(looker.rows().first.locator(".cell.keys")).to_have_text("2")
    await looker.sees(f"{count} found among 500 searched: all of them.")
    await looker.page.locator("summary", has_text="Download").click()
    async with looker.page.expect_download() as download:
        await looker.button("CSV, for spreadsheets").click()

    rows = rows_of(await (await download.value).path())
    assert (await download.value).suggested_filename == "calls.csv"
    assert len(rows) == count > 0
    assert {row["keys"] for row in rows} == {"2"}
    assert {row["to"] for row in rows} <= set(PATIENTS)
