"""No request keeps all others waiting: long work gives way, and what is too much is refused."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from typing import Any, Final

import httpx
import pytest

from emulator.conformance.replay import replayed
from emulator.domain.scenarios import SCENARIOS
from emulator.engine.choices import Rule
from emulator.fixtures import folder
from emulator.kit.calls import coming_batch
from emulator.kit.http import LONG_BODY_BYTES
from emulator.persistence.export import read_single_world
from emulator.persistence.split_file import split_tables
from emulator.platforms.intron.calls import place
from emulator.platforms.intron.params import WorkflowParams
from emulator.platforms.intron.prepared_calls import PreparedBatch
from emulator.platforms.intron.schemas.call_requests import IntronCallRequest
from emulator.platforms.intron.state import BatchRequest
from emulator.settings import Settings
from emulator.world.world import World as Live
from tests.cases import checking, each_case
from tests.files import tables
from tests.support import Json, World, served

CALLS: Final = 10_000
FIELDS: Final = 20_000
WEEK: Final = "mon tue wed thu fri sat sun".split()  # noqa: SIM905  # days


RULES: Final = [
    {"match": {"platform": "intron", "next": 1_500}, "scenario": "busy"},
    {"match": {"number": "+234800000005"}, "scenario": "no_answer"},
    {"match": {"platform": "intron", "next": 30_000}, "scenario": "failed"},
]


async def others_meanwhile(work: Awaitable[httpx.Response], http: httpx.AsyncClient) -> int:
    """Return how many requests of others were answered while one was."""
    task = asyncio.ensure_future(work)
    answered = 0
    while not task.done():
        assert (await http.get("/_emulator/health")).status_code == 200
        answered += 1
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert task.result().status_code == 200, task.result().text[:300]
    return answered


@pytest.fixture
async def large(world: World) -> World:
    """A world with many calls."""
    workflow = await world.workflow()
    await world.place(workflow, *(f"+2348{number:08}" for number in range(CALLS)))
    return world


async def test_export_gives_way(large: World) -> None:
    """Other requests are answered while a large world is exported, and the file is whole."""
    at_once = await others_meanwhile(large.control("GET", "/clock"), large.http)
    export = large.control("GET", "/export")
    assert await others_meanwhile(export, large.http) > at_once


async def test_long_history_gives_way(large: World) -> None:
    """Other requests are answered while a long history is searched, shown or exported."""
    await large.advance()
    at_once = await others_meanwhile(large.control("GET", "/clock"), large.http)
    with checking() as cases:
        for path in ("/history?kind=fault", "/history?limit=10000", "/history/export"):
            with cases(path):
                meanwhile = await others_meanwhile(large.control("GET", path), large.http)
                assert meanwhile > at_once


async def test_exported_run_is_that_of_one_moment(world: World) -> None:
    """What happens while a run is exported is not in it, and the export can be replayed."""
    workflow = await world.workflow()
    await world.place(workflow, *(f"+2348{number:08}" for number in range(2_000)))
    await world.advance()
    task = asyncio.ensure_future(world.control("GET", "/history/export"))
    while not task.done():
        await world.place(workflow, "+2348000099001")
        await world.control("PUT", "/clock", json={"mode": "frozen"})
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert (await replayed((await task).content)).difference is None


async def test_import_gives_way(large: World) -> None:
    """Other requests are answered while a large world is read, checked and loaded."""
    content = (await large.control("GET", "/export")).content
    at_once = await others_meanwhile(large.control("GET", "/clock"), large.http)
    taken = large.control("POST", "/import", content=content)
    assert await others_meanwhile(taken, large.http) > at_once


async def test_parts_of_a_long_body_are_joined_aside(world: World) -> None:
    """Other requests are answered while the parts of a long body are put together, in order."""
    part = b" " * (LONG_BODY_BYTES // 2)

    async def parts() -> AsyncIterator[bytes]:
        for each in (b"{", part, part, b"!"):
            yield each

    refused = await world.control("POST", "/import", content=parts())
    assert refused.status_code == 400
    assert f"line 1 column {2 + 2 * len(part)}" in refused.text


async def test_export_of_a_world_that_changes_is_consistent(large: World) -> None:
    """Whatever is written meanwhile, an export is the world at one moment."""
    task = asyncio.ensure_future(large.control("GET", "/export"))
    workflow = await large.workflow()
    while not task.done():
        await large.place(workflow, "+2348000099001")
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    name, rows = read_single_world(folder(), (await task).content)
    assert name == large.name
    assert rows["batches"].keys() == {row["batch_id"] for row in rows["calls"].values()}
    assert rows["batches"].keys() == rows["intron.requests"].keys()


def batch_of(world: World, workflow: str, count: int = CALLS) -> Awaitable[httpx.Response]:
    """Place a large batch."""
    entries = [{"phone_number": f"+2348{number:08}"} for number in range(count)]
    body = json.dumps({"workflow_id": workflow, "workflow_params": entries})
    return world.intron("POST", "/call", content=body)


async def total(world: World) -> int:
    """Return how many calls the world shows."""
    return int((await world.control("GET", "/calls?limit=1")).headers["X-Total-Count"])


NUMBERS: Final = [f"+2348{number:08}" for number in range(CALLS)]


async def call_ids(world: World, count: int) -> list[str]:
    """Return the ids of the first calls, in the order they were placed."""
    offset = await total(world) - count
    found: list[str] = []
    for start in range(offset, offset + count, 1000):
        page = await world.control("GET", f"/calls?limit=1000&offset={start}")
        found += [call["id"] for call in page.json()]
    return found[::-1]


@pytest.mark.parametrize(
    "scenarios",
    [
        pytest.param({"mix": {"answered": 1}}, id="one"),
        pytest.param({"mix": {"answered": 1, "busy": 1}}, id="drawn"),
        pytest.param({"rules": RULES, "mix": {"answered": 1, "busy": 1}}, id="rules"),
        pytest.param({"quota": {"answered": 700, "busy": 300}}, id="quota"),
    ],
)
async def test_large_batch_gives_way_and_is_placed_at_one_moment(scenarios: Json) -> None:
    """Other requests are answered meanwhile, and see none of the calls or all of them.

    Ids and scenarios are those of calls that are placed at once.
    """
    async with served(Settings()) as (app, http):
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        set_to = await world.control("PUT", "/scenarios", json=scenarios)
        assert set_to.status_code == 200, set_to.text
        fork = await http.post("/_emulator/worlds", json={"from": "default"})
        workflow = await world.workflow()
        seen = await totals_meanwhile(batch_of(world, workflow), world)
        assert set(seen) <= {0, CALLS}
        assert seen.count(0) > 1

        other = app.worlds.get(fork.json()["name"])
        place(other, IntronCallRequest(platform="intron", to=NUMBERS))
        for table in ("calls", "choices", "rules", "scenarios"):
            assert rows(app.worlds.default, table) == rows(other, table)


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(None, id="chosen"),
        pytest.param("busy", id="named"),
        pytest.param({"behavior": "answered", "talk_seconds": 7}, id="own"),
    ],
)
async def test_large_batch_of_the_control_api_gives_way(scenario: Any) -> None:
    """It is placed in turns as well, and is what it would be if it were placed at once."""
    async with served(Settings()) as (app, http):
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        fork = await http.post("/_emulator/worlds", json={"from": "default"})
        body = {"platform": "intron", "to": NUMBERS, "scenario": scenario, "message": "Hi"}
        seen = await totals_meanwhile(world.control("POST", "/calls", json=body), world)
        assert set(seen) <= {0, CALLS}
        assert seen.count(0) > 1

        other = app.worlds.get(fork.json()["name"])
        place(other, IntronCallRequest.model_validate(body))
        for table in tables(other):
            if table != "worlds":
                assert rows(app.worlds.default, table) == rows(other, table), table
        run = (await world.control("GET", "/history/export")).content
        assert (await replayed(run)).difference is None


async def test_large_batch_of_the_control_api_is_refused_as_a_small_one(world: World) -> None:
    """A batch that is refused leaves no workflow behind, whatever its size."""
    for numbers in (NUMBERS[:2], NUMBERS):
        for wrong in (
            {"message": "x" * 4_001},
            {"workflow_id": "none"},
            {"scenario": "none"},
            {"workflow_params": [{"phone_number": NUMBERS[0]}]},
        ):
            body = {"platform": "intron", "to": numbers, **wrong}
            refused = await world.control("POST", "/calls", json=body)
            assert refused.status_code == 400, refused.text
    assert (await world.control("GET", "/export")).json()["intron.workflows"] == {}
    assert await total(world) == 0


async def totals_meanwhile(work: Awaitable[httpx.Response], world: World) -> list[int]:
    """Return how many calls a world shows, again and again, while a batch is placed."""
    task = asyncio.ensure_future(work)
    seen: list[int] = []
    while not task.done():
        seen.append(await total(world))
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert task.result().is_success, task.result().text[:300]
    return seen


def rows(world: Live, table: str) -> list[Json]:
    """Return the rows of a table, whatever their world is called."""
    return [row | {"world": ""} for row in tables(world)[table].values()]


async def test_what_changes_while_a_batch_is_read_is_heeded(world: World) -> None:
    """Batches that are placed meanwhile are whole, and another message is the one that counts."""
    workflow = await world.workflow()
    tasks = [asyncio.ensure_future(batch_of(world, workflow, 2_500)) for _ in range(2)]
    while not all(task.done() for task in tasks):
        await world.intron("PUT", f"/workflows/{workflow}", json={"message": "Hi [name]"})
        await world.place(workflow, "+2348000099001")
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert [task.result().status_code for task in tasks] == [200] * 2
    (requests,) = [(await world.intron("GET", f"/workflows/{workflow}/requests")).json()["data"]]
    count = await total(world)
    assert count == 2 * 2_500 + requests["total"] - 2
    assert len({*await call_ids(world, count)}) == count
    run = (await world.control("GET", "/history/export")).content
    assert (await replayed(run)).difference is None


async def test_batch_that_is_given_up_uses_no_scenario_rule() -> None:
    """No more of a batch is made once a rule has come; the rule is used by a call alone."""
    async with served(Settings()) as (app, http):
        live = app.worlds.default
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        workflow = live.contexts["intron"].state.workflows.get(await world.workflow())
        request = BatchRequest(
            batch_id="",
            workflow_id=workflow.id,
            tts_voice_accent=None,
            tts_voice_gender=None,
            message="",
            workflow_type="ROBOCALL",
            params=WorkflowParams(()),
        )
        with coming_batch(live, "intron", workflow.id) as coming:
            prepared = PreparedBatch(live, workflow, request, coming)
            pieces = prepared.pieces([f"+2348{number:08}" for number in range(CALLS)])
            assert next(pieces)
            live.scenarios.write([Rule(scenario=SCENARIOS["busy"], next=1)], {"answered": 1})
            assert list(pieces) == [False]
            assert not prepared.is_ready()
        (rule,) = live.scenarios.rules
        assert rule.next == 1
        assert len(live.calls) == 0


async def test_deletion_gives_way_and_keeps_what_others_share(large: World) -> None:
    """A large world is gone at once; its memory is freed between requests, not a fork's calls."""
    await large.advance()
    forked = await large.http.post("/_emulator/worlds", json={"from": large.name})
    fork = World(large.http, forked.json())

    deleted = await large.http.delete(f"/_emulator/worlds/{large.name}")

    assert deleted.status_code == 204
    assert (await large.control("GET", "/clock")).status_code == 404
    assert await total(fork) == CALLS
    numbers = (await fork.control("GET", f"/calls?limit=1&offset={CALLS - 1}")).json()
    assert [each["status"] for each in numbers] == ["completed"]
    await large.http.delete(f"/_emulator/worlds/{fork.name}")


@pytest.mark.parametrize("end", ["reset", "deletion", "workflow"])
async def test_batch_whose_world_ends_is_not_placed(world: World, end: str) -> None:
    """What a batch needs may be gone before its calls are placed: then none of them is."""
    workflow = await world.workflow()
    task = asyncio.ensure_future(batch_of(world, workflow))
    await asyncio.sleep(0)  # noqa: TID251  # its first turn, which is too short for all calls
    assert not task.done()
    match end:
        case "reset":
            await world.control("POST", "/reset")
        case "deletion":
            await world.http.delete(f"/_emulator/worlds/{world.name}")
        case _:
            await world.intron("DELETE", f"/workflows/{workflow}")
    assert (await task).status_code == (404 if end == "workflow" else 410)
    if end != "deletion":
        assert await total(world) == 0


async def test_book_of_a_month_gives_way(world: World) -> None:
    """Other requests are answered while a month of a large business is shown."""
    agents = [{"id": f"a{number}", "name": "A"} for number in range(100)]
    business = {
        "name": "B",
        "hours": {day: [["00:00", "24:00"]] for day in WEEK},
        "grid": 5,
        "agents": agents,
        "products": [{"id": "p", "name": "P", "duration": 30}],
        "appointment_types": [
            {"id": "t", "name": "T", "agents": [each["id"] for each in agents], "products": ["p"]}
        ],
    }
    made = await world.control("PUT", "/voicebooker/businesses/big", json=business)
    assert made.status_code == 201, made.text
    at_once = await others_meanwhile(world.control("GET", "/clock"), world.http)
    book = world.control("GET", "/voicebooker/book?business_id=big&days=31")
    assert await others_meanwhile(book, world.http) > at_once


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param(
            {f"k{number}": 1 for number in range(FIELDS)}, "more than 5,040 fields", id="fields"
        ),
        pytest.param({"a": [1] * 1_000_002}, "more than 1,000,000 values", id="values"),
    ],
)
async def test_too_many_fields_or_values_are_refused(
    world: World, body: Json, problem: str
) -> None:
    """A body that would take long to read is refused by its counts, whatever its bytes."""
    for refused in (
        await world.control("PUT", "/scenarios", content=json.dumps(body)),
        await world.control("PUT", "/scenarios", content=json.dumps(body, indent=1)),
        await world.intron("POST", "/workflows", content=json.dumps(body)),
        await world.bimpe("POST", "/workflows", content=json.dumps(body)),
    ):
        assert refused.status_code == 400
        assert problem in refused.text


async def test_batch_with_many_fields_is_taken(world: World) -> None:
    """Many objects may have many fields together."""
    workflow = await world.workflow()
    numbers = [f"+2348{number:08}" for number in range(10_000)]
    assert await world.place(workflow, *numbers)


def parse(piece: bytes) -> Any:
    """Parse a piece."""
    return json.loads(piece)


@pytest.mark.parametrize("name", ["demo.json", "small.json"])
def test_file_in_pieces_is_the_whole_file(name: str) -> None:
    """A file that is parsed piece by piece has every row, in order."""
    content = (folder() / "worlds" / name).read_bytes()
    for size in (100, 1000, 1 << 18):
        found = split_tables(content, parse, size)
        assert json.dumps(found) == json.dumps(json.loads(content))


@each_case(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="nothing"),
        pytest.param(b'{"a":{"1":{"world":"w","id":"1"}', id="cut"),
        pytest.param(b'{"a":{"1":{"world":"w","x":{"y":{"1":{"world":"}}"}}}}}}', id="nested"),
    ],
)
def test_other_files_are_not_split(content: bytes) -> None:
    """A file that is not written as ours are is parsed as a whole, or as it is."""
    found = split_tables(content, parse)
    assert found is None or found == json.loads(content)
