"""Lists as files: every record that matches, and nothing that a spreadsheet would calculate."""

import csv
import io
from typing import Any

import pytest

from emulator.kit.export import cell
from tests.support import World

ONE, BUSY = "+2348000099001", "+2348000099012"
HOSTILE = '=HYPERLINK("http://evil.example","x")'


async def rows_of(world: World, path: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    response = await world.control("GET", path)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].endswith('.csv"')
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


async def listed(world: World, path: str) -> Any:
    """Return what a control route answers."""
    response = await world.control("GET", path)
    assert response.status_code == 200, response.text
    return response.json()


async def test_export_has_what_the_list_has(world: World) -> None:
    """A file has the records of its list, with the same filters, as CSV and as JSON."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500] * 9})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done", name=HOSTILE)
    batch = await world.place(workflow, *[ONE, BUSY] * 60)
    await world.place(workflow, ONE)
    await world.advance()

    rows = await rows_of(world, "/calls/export")
    calls = await listed(world, "/calls?limit=1000")
    assert [row["id"] for row in rows] == [each["id"] for each in calls]
    assert (rows[0]["to"], rows[0]["keys"], rows[0]["outcome"]) == (ONE, "1", "replied")
    assert (rows[0]["bot"], rows[0]["hangup_cause"]) == (f"'{HOSTILE}", "normal_clearing")
    assert rows[0]["ended_at"] == calls[0]["ended_at"]
    for query in (
        f"batch_id={batch}",
        "status=busy",
        f"number=%2B{ONE[1:]}",
        f"workflow_id={workflow}",
    ):
        found = await listed(world, f"/calls?limit=1000&{query}")
        assert [row["id"] for row in await rows_of(world, f"/calls/export?{query}")] == [
            each["id"] for each in found
        ]
    assert len(await rows_of(world, "/calls/export?q=pressed:1&status=completed")) == 61
    as_json = await listed(world, f"/calls/export?format=json&batch_id={batch}")
    assert as_json[0].items() <= calls[1].items()
    assert await listed(world, "/calls/export?format=json&q=nobody") == []

    (sent,) = await rows_of(world, f"/callbacks/export?batch_id={batch}&q=answer:500")
    assert (sent["status"], sent["tries"], sent["last_status"]) == ("failed", "3", "500")
    assert len(await listed(world, "/callbacks/export?format=json")) == 2
    (_, first) = await rows_of(world, "/batches/export?status=completed")
    assert (first["calls"], first["statuses.busy"], first["callbacks.failed"]) == ("120", "60", "1")
    assert first["keys"] == '{"1":60}'


async def test_bookings_are_exported(world: World) -> None:
    """The bookings of a business, of some days or of a status, are a file with their persons."""
    await world.control("POST", "/calls", json={"platform": "voicebooker", "intent": "book"})
    await world.advance()
    path = "/voicebooker/bookings/export"

    *others, row = await rows_of(world, path)
    *_, booked = await listed(world, f"{path}?format=json")

    assert (row["id"], row["start"], row["status"]) == (booked["id"], booked["start"], "booked")
    assert row["participant.lastname"] == booked["participant"]["lastname"]
    day = row["start"][:10]
    assert len(others) == sum(each["start"][:10] != day for each in others)
    for query, count in (
        (f"day={day}&until={day}&business_id={row['business_id']}", 1),
        ("until=2026-01-01", 0),
        ("status=cancelled", 0),
        ("day=2027-01-01", 0),
    ):
        assert len(await rows_of(world, f"{path}?{query}")) == count
    assert (await world.control("GET", f"{path}?business_id=none")).status_code == 404


async def test_export_of_nothing_has_its_header(world: World) -> None:
    """An empty file says what its columns are; a wrong filter is refused."""
    response = await world.control("GET", "/calls/export")

    assert response.text.startswith("id,platform,direction,from,to,status,outcome,keys,")
    assert response.text.count("\r\n") == 1
    assert (await world.control("GET", "/calls/export?format=xls")).status_code == 400
    assert (await world.control("GET", "/calls/export?q=stauts:x")).status_code == 400
    assert (await world.control("GET", "/calls/export?batch_id=none")).status_code == 404


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(HOSTILE, f"'{HOSTILE}", id="formula"),
        pytest.param("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0", id="plus"),
        pytest.param("-1+1", "'-1+1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("+2348000099001", "+2348000099001", id="phone-number"),
        pytest.param("-12.5", "-12.5", id="number"),
        pytest.param(None, "", id="none"),
        pytest.param(True, "true", id="yes"),
        pytest.param(1.5, "1.5", id="float"),
    ],
)
def test_cells_are_texts(value: Any, written: str) -> None:
    """A text that a spreadsheet would calculate gets an apostrophe; numbers stay as they are."""
    assert cell(value) == written
