"""The control API's own document: valid, complete, and true to what is served."""

import asyncio
from functools import cache, partial
from pathlib import Path
from typing import Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.control.document import control_document
from emulator.control.reference import RESPONSES
from emulator.control.routes import OWN, all_routes
from emulator.kit.operation import Operation
from emulator.openapi.document import operation_ids
from emulator.persistence.export import dump_world
from emulator.platforms import discover
from emulator.settings import Settings
from tests.effort import examples
from tests.openapi.documents import operations_of
from tests.platforms.contributions import Given, given as given_to_operation, prepare
from tests.support import Json, World

EXAMPLES: Final = examples(1)
ROUTES: Final = all_routes(discover().values())
IDS: Final = operation_ids(ROUTES)
SLOW: Final[Given] = {"query.timeout": 0.01, "query.count": 1}
"""Queries that wait for as long as they are told to."""
REFUSED: Final = {
    "create_world": "from names a world or a snapshot, options a platform",
    "set_clock": "no moment is before 1970",
    "change_settings": "options names a platform and its options",
    "advance": "exactly one field is given",
    "set_scenarios": "scenarios are named; a quota adds up to a bound",
    "add_fault": "each kind has fields of its own",
    "list_calls": "terms of a search are named; calls of a number have no order of changes",
    "list_batches": "terms of a search are named",
    "list_callbacks": "terms of a search are named",
    "export_calls": "terms of a search are named",
    "export_callbacks": "terms of a search are named",
    "export_batches": "terms of a search are named",
    "export_bookings": "days are days of the calendar",
    "list_requests": "terms of a search are named",
    "list_inboxes": "terms of a search are named",
    "read_inbox": "terms of a search are named",
    "list_bots": "terms of a search are named",
    "list_faults": "terms of a search are named",
    "list_bookings": "terms of a search are named",
    "create_call": "scenarios, time zones, days and times are named",
    "move_call": "keys are those that the call offers",
    "import_world": "the body is a whole world file",
    "create_key": "scopes are named",
    "receive_message": "the channel is connected",
    "set_flow": "an applet of kind voicebot has a url or a bot_id",
    "set_sound": "the body is a WAV file",
    "set_flow_2": "an applet of kind voicebot has a url or a bot_id",
    "put_business": "the parts of a business name each other",
    "set_links": "sources and targets are named, each with settings of its own",
    "add_link": "sources and targets are named, each with settings of its own",
    "show_book": "days are days of the calendar",
}
"""Routes that refuse requests which fit their schemas, by what no schema says."""
RUNS: Final = 4
"""Parts of the routes: several workers can test one each."""


@cache
def written() -> Json:
    """Return the document: to write it takes as long as many tests."""
    return control_document(discover().values())


def test_document_is_valid() -> None:
    """An independent validator finds nothing wrong with it."""
    from openapi_spec_validator import OpenAPIV31SpecValidator  # noqa: PLC0415  # slow to import

    errors = OpenAPIV31SpecValidator(written()).iter_errors()

    assert [error.message for error in errors] == []


def test_document_has_every_route() -> None:
    """The routes that are served are in the document with all they declare, and no others."""
    served = {each.label for each in create_app().control.table.operations}
    found = {
        f"{method} {path.removeprefix('/_emulator')}": each
        for each in operations_of(written()).values()
        for method, path in [each["at"]]
    }

    assert found.keys() == served | {"POST /inbox/{world}/{name}"}
    for route in ROUTES:
        shown = found[route.label]
        assert shown["summary"] == route.summary
        assert str(route.status) in shown["responses"]
        is_raw = route.path == "/import" or route.takes_as == "audio/wav"
        assert ("requestBody" in shown) == (route.takes is not None or is_raw)
        assert bool(shown["tags"])


def test_every_route_of_ours_declares_its_response() -> None:
    """No route is without the type of its response; those of vendors are left open."""
    missing = [each.label for each in OWN if each.handler not in RESPONSES]
    assert missing == [], "add them to RESPONSES in emulator/control/reference.py"
    assert REFUSED.keys() <= set(IDS.values())


def test_document_has_no_basis() -> None:
    """No vendor is imitated here, so nothing is assumed."""
    assert "x-basis" not in str(written())


async def test_document_is_served(http: httpx.AsyncClient) -> None:
    """It is served beside those of the vendors, and has a page as they do."""
    response = await http.get("/_emulator/openapi/control.json")
    page = await http.get("/_emulator/docs/control")

    assert response.json() == written()
    assert page.status_code == 200


async def prepared(app: Emulator) -> tuple[dict[str, Given], dict[str, Given]]:
    """Fill the default world; return the ids of what is in it, and those of each vendor."""
    async with client_of(app) as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        own = await filled(world)
        return own, {name: await prepare(name, world) for name in discover()}


def client_of(app: Emulator) -> httpx.AsyncClient:
    """Return a client, in process."""
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


def given(route: Operation, own: dict[str, Given], of_vendors: dict[str, Given]) -> Given:
    """Return the values that a route is tested with."""
    vendor = next((name for name in of_vendors if route.path.startswith(f"/{name}/")), None)
    if vendor is None:
        area = f"/{route.path.split('/')[1]}"
        waits: Given = SLOW if route.path in ("/events", "/inboxes/{name}/wait") else {}
        return own[""] | own.get(area, {}) | waits
    ids = ids_of_vendor(vendor, of_vendors[vendor])
    return {f"path.{name}": "nope" for name in route.names} | {
        snake(name): value
        for name, value in ids.items()
        if snake(name).removeprefix("path.") in route.names
    }


def ids_of_vendor(vendor: str, ids: Given) -> Given:
    """Return the ids that a vendor's first operation is tested with."""
    (operation, *_) = discover()[vendor].hooks.operations
    return given_to_operation(vendor, ids, operation)


def snake(name: str) -> str:
    """Spell the name of a vendor's parameter as our routes do."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


async def filled(world: World) -> dict[str, Given]:
    """Let every vendor's calls and callbacks happen, and one of everything else.

    Return the ids by the area of the routes that are about them.
    """
    batches = [
        (await world.control("POST", "/first-call", json={"platform": name})).json()
        for name in discover()
    ]
    await world.advance(7)
    call = {"platform": "intron", "to": ["+2348055599012"], "scenario": "busy"}
    await world.control("POST", "/calls", json=call)
    fault = await world.control("POST", "/faults", json={"effect": "error", "times": 1})
    await world.control("POST", "/faults", json={"effect": {"kind": "capacity", "calls": 5}})
    await world.intron("GET", "/workflows")
    rules = {"rules": [{"match": {"platform": "intron"}, "scenario": {"behavior": "busy"}}]}
    await world.control("PUT", "/scenarios", json=rules)
    callbacks = (await world.control("GET", "/callbacks")).json()
    call_id = {"path.id": batches[0]["calls"][0]["id"]}
    return {
        "": {"path.number": "1", "path.document": "control.json"},
        "/faults": {"path.id": fault.json()["id"]},
        "/calls": call_id,
        "/explain": call_id,
        "/callbacks": {"path.id": callbacks[0]["id"]},
        "/snapshots": {"path.name": "kept"},
        "/inboxes": {"path.name": "first-call"},
        "/worlds": {"path.name": "other"},
    }


async def started(file: Path) -> Emulator:
    """Create an emulator with the world of a file, a snapshot of it, and another world."""
    app = create_app(Settings(world_files=(file,)))
    async with client_of(app) as http:
        snapshot = await http.post("/_emulator/snapshots", json={"name": "kept"})
        other = await http.post("/_emulator/worlds", json={"name": "other"})
        assert (snapshot.status_code, other.status_code) == (201, 201)
    return app


@pytest.mark.fuzz
@pytest.mark.parametrize(
    "part", [pytest.param(range(at, len(ROUTES), RUNS), id=str(at)) for at in range(RUNS)]
)
def test_routes_do_what_the_document_says(part: range, tmp_path: Path) -> None:
    """Fitting requests are accepted, others refused; every response has its status and schema."""
    from tests.openapi.plans import OperationPlan, findings_of, planned  # noqa: PLC0415  # slow

    app = create_app(Settings())
    own, of_vendors = asyncio.run(prepared(app))
    file = tmp_path / "prepared.json"
    file.write_bytes(dump_world(app.worlds.default))
    plans = [
        OperationPlan(
            IDS[route.label],
            partial(started, file),
            given(route, own, of_vendors),
            checks_off=("positive_data_acceptance",) if IDS[route.label] in REFUSED else (),
            reads=route.method == "GET",
        )
        for route in (ROUTES[number] for number in part)
    ]

    found = findings_of(planned(app, "control", EXAMPLES), plans)

    assert found == [], "\n\n".join(found[:3])
