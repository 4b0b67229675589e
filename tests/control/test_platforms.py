"""GET /platforms: what clients of ours need to know of a vendor without naming one."""

from typing import Final

import httpx
import pytest

from emulator.kit.call_request import Role, field_with
from emulator.kit.platform import Platform
from emulator.platforms import discover
from tests.cases import each_case_alone
from tests.support import Json, World

PLATFORMS: Final = list(discover().values())
PLACING: Final = [each for each in PLATFORMS if each.hooks.place is not None]
each_placing = pytest.mark.parametrize(
    "platform", [pytest.param(each, id=each.name) for each in PLACING]
)


async def listed(world: World) -> dict[str, Json]:
    """The platforms by their names."""
    found = (await world.control("GET", "/platforms")).json()
    return {each["name"]: each for each in found}


async def test_platforms_are_listed_with_what_they_declare(world: World) -> None:
    """Each vendor comes with its title, roots, events and its word for bots."""
    found = await listed(world)

    assert {
        name: (each["title"], tuple(each["roots"]), tuple(each["callback_events"]), each["bots"])
        for name, each in found.items()
    } == {each.name: (each.title, each.roots, each.hooks.events, each.bots) for each in PLATFORMS}
    assert all(each["sends_callbacks"] == bool(each["callback_events"]) for each in found.values())


async def test_commands_have_the_credentials_of_the_world(world: World) -> None:
    """The commands to paste are for the world that the request names."""
    for name, each in (await listed(world)).items():
        own = world.made["credentials"][name]
        assert each["command"] == discover()[name].command(world.made["base_urls"][name], own)


@each_placing
async def test_call_request_names_the_person(world: World, platform: Platform) -> None:
    """A call request has a field for the person's number, with the prefix of an example."""
    schema = (await listed(world))[platform.name]["call_request"]

    field = field_with(Role.NUMBER, schema)

    assert schema["properties"]["platform"]["const"] == platform.name
    assert field is not None
    assert schema["properties"][field]["x-emulator-prefix"].startswith("+")


@each_placing
async def test_call_is_placed_by_the_number_alone(world: World, platform: Platform) -> None:
    """Whatever else a vendor's calls need has a default, or the refusal says what is missing."""
    schema = (await listed(world))[platform.name]["call_request"]
    field = field_with(Role.NUMBER, schema)
    assert field is not None
    number = schema["properties"][field]["x-emulator-prefix"] + "99012"
    value = [number] if schema["properties"][field].get("type") == "array" else number

    placed = await world.control("POST", "/calls", json={"platform": platform.name, field: value})

    assert placed.status_code in {201, 409}, placed.text
    if placed.status_code == 201:
        calls = placed.json().get("calls", [placed.json()])
        assert [number in (each["from"], each["to"]) for each in calls] == [True]
        assert calls[0]["scenario"] == "busy"
    else:
        assert ": create one with" in placed.json()["detail"]


@each_case_alone(
    ("platform", "direction", "ends"),
    [
        pytest.param("bimpe", "inbound", ("+2348012399012", "+12025550100"), id="bimpe-in"),
        pytest.param("bimpe", "outbound", ("+12025550100", "+2348012399012"), id="bimpe-out"),
        pytest.param("exotel", "inbound", ("+2348012399012", "+911234567890"), id="exotel-in"),
        pytest.param("exotel", "outbound", ("+911234567890", "+2348012399012"), id="exotel-out"),
    ],
)
async def test_number_is_the_persons_in_either_direction(
    world: World, platform: str, direction: str, ends: tuple[str, str]
) -> None:
    """The number is the caller of an inbound call and the callee of an outbound one."""
    await world.bot()
    body = {"platform": platform, "number": "+2348012399012", "direction": direction}

    call = (await world.control("POST", "/calls", json=body)).json()

    assert (call["from"], call["to"]) == ends


async def test_number_and_the_persons_end_contradict_each_other(world: World) -> None:
    """A request that names the person twice is refused with both fields named."""
    await world.bot()
    body = {"platform": "exotel", "number": "+2348012399012", "from": "+2348012399011"}

    refused = await world.control("POST", "/calls", json=body)

    assert refused.status_code == 400
    assert "has both number and from" in refused.json()["detail"]


async def test_screens_of_vendors_are_served(world: World, http: httpx.AsyncClient) -> None:
    """Every module that a vendor adds to the dashboard is there, and no two screens collide."""
    found = (await listed(world)).values()
    screens = [screen for each in found for screen in each["screens"]]
    panels = [each["call_panel"] for each in found if each["call_panel"] is not None]

    for path in (*(each["module"] for each in screens), *panels):
        served = await http.get(path)
        assert served.status_code == 200, path
        assert served.headers["content-type"].startswith("text/javascript")
    names = [each["name"] for each in screens]
    assert len(set(names)) == len(names)
