"""Lists of calls: every documented filter, pages in both directions, at a constant cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.platforms.exotel.calls.connections import connect
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.schemas.requests import ConnectCall
from emulator.platforms.exotel.calls.schemas.words import duration_of, price_of
from emulator.platforms.exotel.calls.state import state_of
from emulator.settings import Settings
from tests.cases import each_case, each_case_alone
from tests.platforms.exotel.test_voice_calls import FROM, Voice
from tests.support import Json, World
from tests.work import work_of

LINES: Final = ("08047000001", "08047000002")
DAY: Final = "2026-01-01"
CALLS: Final = (
    ("a", {"To": "+919876599001"}, 10),
    ("b", {"To": "09876599012"}, 0),
    ("c", {"To": "+919876500003", "CallerId": LINES[1]}, 30),
    ("d", {"To": "+919876500004", "From": "+14155550100", "CallerId": LINES[1]}, 90),
    ("e", {"To": "+919876500004"}, 30),
)
"""Calls a minute apart, by a name: their numbers and how long they are talked."""


@pytest.fixture
async def placed(world: World) -> tuple[Voice, dict[str, str]]:
    """The five calls, which have ended but for the last, and their Sids."""
    voice, sids = Voice(world), {}
    for name, fields, talk in CALLS:
        answered = {"behavior": "answered", "ring_seconds": 0, "talk_seconds": talk}
        rules = [{"match": {"number": FROM}, "scenario": answered | {"talk_seconds": 900}}]
        if talk:
            number = fields["To"]
            rules.append({"match": {"number": number}, "scenario": answered})
        await world.control("PUT", "/scenarios", json={"rules": rules})
        sids[name] = (await voice.connect(**({"CallerId": LINES[0]} | fields)))["Sid"]
        await world.advance(3600 if name != "e" else 10)
    return voice, sids


def names(sids: dict[str, str], found: list[str]) -> str:
    return "".join(name for sid in found for name, each in sids.items() if each == sid)


@each_case(
    ("query", "expected"),
    [
        pytest.param("", "edcba", id="all"),
        pytest.param("SortBy=DateCreated:asc", "abcde", id="ascending"),
        pytest.param("From=09876543210", "ecba", id="From"),
        pytest.param("From=9876543210,%2B14155550100", "edcba", id="several From"),
        pytest.param("To=%2B919876599001", "a", id="To"),
        pytest.param("To= 919876599012", "b", id="plus as a space"),
        pytest.param(f"PhoneNumber={LINES[1]}", "dc", id="PhoneNumber"),
        pytest.param("Status=completed", "dca", id="Status"),
        pytest.param("Status=busy,in-progress", "eb", id="several Status"),
        pytest.param("Status=queued", "", id="never queued"),
        pytest.param("Direction=outbound-api", "edcba", id="Direction"),
        pytest.param("Direction=inbound,outbound-dial", "", id="no inbound"),
        pytest.param("Duration=gte:10s;lte:45s", "ca", id="Duration"),
        pytest.param("Duration=eq:30s", "c", id="Duration equal"),
        pytest.param("Duration=gt:30s", "d", id="Duration more"),
        pytest.param("Duration=lt:10", "b", id="Duration less"),
        pytest.param("Price=gte:0.80;lte:1.5", "ca", id="Price"),
        pytest.param("Price=eq:3.000", "d", id="Price equal"),
        pytest.param(f"DateCreated=gte:{DAY} 06:30:00;lte:{DAY} 07:30:00", "cb", id="date"),
        pytest.param(f"DateCreated=gt:{DAY} 06:30:00;lt:{DAY} 08:30:00", "c", id="between"),
        pytest.param(f"DateCreated=eq:{DAY} 06:30:00", "b", id="date equal"),
        pytest.param("DateCreated=lt:2026-01-01", "", id="a day"),
        pytest.param("From=09876543210&Duration=gte:20s", "c", id="From and Duration"),
        pytest.param("From=09876543210&To=09876500004", "e", id="From and To"),
        pytest.param("Duration=gte:1s&Price=lte:1.5&Status=completed", "ca", id="three"),
        pytest.param("PhoneNumber=08047000002&SortBy=DateCreated:asc", "cd", id="sorted numbers"),
        pytest.param("RecordingUrlValidity=5&anything=x", "edcba", id="ignored"),
    ],
)
async def test_list_is_filtered(
    placed: tuple[Voice, dict[str, str]], query: str, expected: str
) -> None:
    """Each filter leaves the calls that meet it, newest first, and ``Total`` counts them."""
    voice, sids = placed

    response = await voice.request("GET", f"/Calls.json?{query}")

    body = response.json()
    assert names(sids, [each["Sid"] for each in body["Calls"]]) == expected
    assert body["Metadata"]["Total"] == len(expected)


async def test_list_is_filtered_by_sids(placed: tuple[Voice, dict[str, str]]) -> None:
    """Up to a hundred Sids, in the order of the list, with other filters beside them."""
    voice, sids = placed
    asked = f"{sids['a']},{sids['d']},{'0' * 32},{sids['b']}"

    assert names(sids, await voice.listed(f"Sid={asked}")) == "dba"
    assert names(sids, await voice.listed(f"Sid={asked}&Status=completed")) == "da"
    assert names(sids, await voice.listed(f"Sid={asked}&Duration=lt:50")) == "ba"


@each_case("order", ["desc", "asc"])
@each_case("filters", ["", "&Duration=gte:0s", "&From=09876543210&Duration=gte:0s"])
async def test_pages_lead_forwards_and_back(
    placed: tuple[Voice, dict[str, str]], order: str, filters: str
) -> None:
    """Every page has the addresses of its neighbors, which repeat the filters."""
    voice, sids = placed
    whole = await voice.listed(f"SortBy=DateCreated:{order}{filters}")
    uri: str | None = f"{voice.root}/Calls.json?PageSize=2&SortBy=DateCreated:{order}{filters}"

    async def get(address: str) -> Json:
        headers = {"X-Emulator-World": voice.world.name}
        response = await voice.world.http.get(address, auth=("k", "t"), headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    seen, pages = [], []
    while uri is not None:
        page = await get(uri)
        pages.append(page)
        seen += [each["Sid"] for each in page["Calls"]]
        uri = page["Metadata"]["NextPageUri"]
    assert seen == whole
    assert pages[0]["Metadata"]["PrevPageUri"] is None
    back = await get(pages[-1]["Metadata"]["PrevPageUri"])
    assert back["Calls"] == pages[-2]["Calls"]
    assert (await get(back["Metadata"]["FirstPageUri"]))["Calls"] == pages[0]["Calls"]
    assert {page["Metadata"]["Total"] for page in (*pages, back)} == {len(whole)}
    assert names(sids, seen) == names(sids, whole)


@each_case_alone(
    "query",
    [
        *("PageSize=0", "PageSize=101", "PageSize=x", "SortBy=Price:asc", "Status=done"),
        *("Duration=ten", "Duration=gte:", "Price=gte:1,5", "DateCreated=yesterday"),
        *("DateCreated=gte:2026-13-01", "Direction=up", "From=me", "From=1,2,3", "Sid="),
        *("To=" + ",".join(["09876543210"] * 6), "Sid=" + ",".join("ab" for _ in range(101))),
        *("After=nothing", "Before=nothing", "RecordingUrlValidity=4"),
    ],
)
async def test_filter_that_cannot_be_read_is_refused(world: World, query: str) -> None:
    """400 names the parameter, in both formats."""
    voice = Voice(world)
    name = query.partition("=")[0]

    as_json = await voice.request("GET", f"/Calls.json?{query}")
    as_xml = await voice.request("GET", f"/Calls?{query}")

    error = as_json.json()["RestException"]
    assert (as_json.status_code, error["Status"], as_xml.status_code) == (400, 400, 400)
    assert error["Message"].startswith(f"The '{name}")
    assert error["Message"].replace("'", "") in as_xml.text.replace("'", "").replace("&gt;", ">")


MAX_COST_RATIO: Final = 1.3
FEWER_CALLS, MORE_CALLS = 1_000, 10_000


async def filled(app: Emulator, http: httpx.AsyncClient, count: int) -> Voice:
    """A world with so many calls that have ended, one a second, all from one number."""
    made = await http.post("/_emulator/worlds", json={"clock": {"mode": "frozen"}})
    voice = Voice(World(http, made.json()))
    inside = app.worlds.get(voice.world.name)
    for number in range(count):
        to = f"+91980{number % 7:07}"
        form = {"From": FROM, "To": to, "CallerId": LINES[0]}
        connect(inside, state_of(inside), "", ConnectCall.model_validate(form))
        await inside.advance(inside.clock.now() + timedelta(seconds=1))
    await voice.world.advance()
    return voice


async def cost(voice: Voice, query: str) -> int:
    """Return how many lines of code a request executes."""
    response: list[httpx.Response] = []
    request = voice.request("GET", f"/Calls.json?{query}")

    def ask() -> None:
        try:
            while True:
                request.send(None)
        except StopIteration as done:
            response.append(done.value)

    lines = work_of(ask)
    assert response[0].status_code == 200, response[0].text
    assert len(response[0].json()["Calls"]) == 20
    return lines


async def test_lists_cost_the_same_whatever_their_length() -> None:
    """A page of 10,000 calls costs what one of 1,000 does, with each of the filters.

    Several filters with many calls each cost that from the second page on. Totals are exact.
    """
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        few, many = await filled(app, http, FEWER_CALLS), await filled(app, http, MORE_CALLS)
        queries: list[Any] = [
            *("", "From=09876543210", f"PhoneNumber={LINES[0]}", "Status=completed"),
            *("Duration=gte:1s", "Price=gte:0.1", "Direction=outbound-api"),
            *("DateCreated=gte:2026-01-01 05:30:30", "SortBy=DateCreated:asc"),
            "Duration=gte:1s&Status=completed&DateCreated=gte:2026-01-01 05:30:30",
            *COMBINED,
        ]
        for query in COMBINED:
            await many.listed(query)
        costs = {
            query: (
                await cost(few, f"PageSize=20&{query}"),
                await cost(many, f"PageSize=20&{query}"),
            )
            for query in queries
        }
        dear = {query: pair for query, pair in costs.items() if pair[1] > MAX_COST_RATIO * pair[0]}
        assert dear == {}
        for query, meets in COMBINED.items():
            await check_combined(many, query, meets)
        last = await many.connect(To="+919800000001")
        await many.world.advance()
        for query, meets in COMBINED.items():
            await check_combined(many, query, meets)
        assert (await many.listed(f"From=09876543210&{next(iter(COMBINED))}"))[0] == last["Sid"]
    await app.worlds.stop()


SOME: Final = ("+919800000001", "+919800000002", "+919800000003")
COMBINED: Final[dict[str, Callable[[VoiceCall], bool]]] = {
    f"Duration=gte:25s&To={','.join(SOME).replace('+', '')}": lambda call: (
        call.to_number in SOME and duration_of(call) >= 25
    ),
    "Duration=lte:70s&Price=gte:1.6": lambda call: (
        duration_of(call) <= 70 and price_of(call) >= 1600
    ),
}
"""Filters that have many calls each, and what the calls that meet both have."""


async def check_combined(voice: Voice, query: str, meets: Callable[[VoiceCall], bool]) -> None:
    """Compare the total and the oldest page with what looking at every call finds."""
    app = voice.world.http._transport.app  # type: ignore[attr-defined]
    calls = [each for each in state_of(app.worlds.get(voice.world.name)).calls if meets(each)]
    response = await voice.request("GET", f"/Calls.json?{query}&SortBy=DateCreated:asc")

    body = response.json()
    assert body["Metadata"]["Total"] == len(calls) > 1000
    assert [each["Sid"] for each in body["Calls"]] == [each.id for each in calls[:50]]
