"""Tools that a scenario names: when the bot uses them, in which order, and what is refused."""

from typing import Any, Final

import pytest

from tests.platforms.exotel.test_tool_uses import SCENARIO, attach, bound, talked
from tests.platforms.exotel.test_voice_calls import Voice
from tests.platforms.exotel.tool_use import PYTHON, make_tool
from tests.support import Json, World

NUMBER: Final = "+919876543210"


@pytest.fixture
async def bot_id(world: World) -> str:
    """Return a bot whose assistant has two tools in Python; a third one is not attached."""
    made = [await make_tool(world, name, PYTHON, "python") for name in ("first", "second", "third")]
    bot = await world.bot()
    for tool in made:
        script = {"result": f"I am {tool['name']}."}
        await world.control("PUT", f"/exotel/tools/{tool['id']}/script", json=script)
    await attach(world, bot, bound(made[0]), bound(made[1], y=2))
    return bot


async def set_tools(world: World, *tools: Json) -> Any:
    """Have the calls of a person use tools; return the response."""
    rule = {"match": {"number": NUMBER}, "scenario": SCENARIO | {"tools": list(tools)}}
    return await world.control("PUT", "/scenarios", json={"rules": [rule]})


async def test_scenario_says_which_tools_when_and_in_which_order(world: World, bot_id: str) -> None:
    """Each use is in the details, the transcript, the history and the explanation."""
    inputs = {"x": 1, "y": 3}
    tools = [
        {"name": "second", "inputs": {"x": 1}, "after": 9},
        {"name": "first", "inputs": inputs, "after": 9},
        {"name": "first", "inputs": inputs, "after": 2},
    ]
    shown = (await set_tools(world, *tools)).json()["rules"][0]["scenario"]

    uses, transcript = await talked(world, bot_id, scenario=None)

    assert shown["tools"] == tools
    assert [(each["name"], each["trigger"]) for each in uses] == [
        ("first", "scenario"),
        ("second", "scenario"),
        ("first", "scenario"),
    ]
    assert uses[1]["inputs"] == {"x": 1, "y": 2}
    said = [each["text"] for each in transcript if each["text"].startswith("I am ")]
    assert said == ["I am first.", "I am second.", "I am first."]
    entries = (await world.control("GET", "/history?kind=tool")).json()
    assert len(entries) == 3
    (call,) = (await world.control("GET", "/calls")).json()
    story = (await world.control("GET", f"/explain/{call['id']}")).json()
    texts = [each["text"] for each in story["steps"] if each["step"] == "tool"]
    assert "tool second(x 1, y 2), by scenario: succeeded" in texts[1]


@pytest.mark.usefixtures("bot_id")
async def test_tool_that_the_world_does_not_have_is_refused_in_a_rule(world: World) -> None:
    """The rules stay as they were, and the hint says what to do."""
    response = await set_tools(world, {"name": "first"}, {"name": "fourth"})

    assert response.status_code == 400
    assert "rules[0].scenario.tools[1].name names the tool fourth" in response.json()["detail"]
    assert "create the tool first" in response.text
    assert (await world.control("GET", "/scenarios")).json()["rules"] == []


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        pytest.param({"name": "third"}, "is not attached", id="unattached"),
        pytest.param({"name": "second", "inputs": {"y": 4}}, "comes from static", id="inputs"),
    ],
)
async def test_tool_that_the_bot_does_not_have_is_refused_or_noted(
    world: World, bot_id: str, tool: Json, words: str
) -> None:
    """Refused in the request of a call; noted in a call that a rule matches."""
    asked = {"platform": "exotel", "bot_id": bot_id, "from": NUMBER}
    scenario = SCENARIO | {"tools": [tool]}
    refused = await world.control("POST", "/calls", json=asked | {"scenario": scenario})
    await set_tools(world, tool)
    call = (await world.control("POST", "/calls", json=asked)).json()
    await world.advance()

    assert refused.status_code == 400
    assert (
        f"scenario.tools[0].{'name' if words == 'is not attached' else 'inputs.y'}" in refused.text
    )
    details = (await world.control("GET", f"/calls/{call['id']}")).json()["details"]
    assert details["tool_uses"] == []
    (note,) = details["tool_notes"]
    assert note.startswith(f"{tool['name']}, which the scenario names:")
    assert words in note


@pytest.mark.usefixtures("bot_id")
async def test_bot_of_a_user_has_its_own_tools(world: World) -> None:
    """Tools are for the vendor's bots alone."""
    scenario = SCENARIO | {"tools": [{"name": "first"}]}
    body = {"platform": "exotel", "from": NUMBER, "bot_url": "ws://127.0.0.1:1/"}

    response = await world.control("POST", "/calls", json=body | {"scenario": scenario})

    assert response.status_code == 400
    assert "scenario.tools is not allowed with bot_url" in response.json()["detail"]


async def test_tool_of_a_scenario_is_noted_if_no_bot_of_the_vendor_is_on_the_line(
    world: World,
) -> None:
    """A call between two persons has no bot; its details and its explanation say so."""
    await make_tool(world, "first", PYTHON, "python")
    await set_tools(world, {"name": "first"})
    call = await Voice(world).connect(To=NUMBER)
    await world.advance()

    details = (await world.control("GET", f"/calls/{call['Sid']}")).json()["details"]
    story = (await world.control("GET", f"/explain/{call['Sid']}")).json()

    note = "first, which the scenario names: no bot of the vendor is on the line"
    assert (details["tool_uses"], details["tool_notes"]) == ([], [note])
    assert f"unused tool {note}" in story["text"]


OTHERS: Final = {
    "bimpe": {},
    "intron": {"to": "+2348055512345"},
    "voicebooker": {},
}
"""Calls of vendors whose bots use no tools."""


@pytest.mark.parametrize("platform", OTHERS)
async def test_platform_without_tools_refuses_or_notes_them(world: World, platform: str) -> None:
    """In a request or a rule for the platform it is an error; a rule for all calls is noted."""
    await make_tool(world, "first", PYTHON, "python")
    scenario = {"behavior": "answered", "tools": [{"name": "first"}]}
    body = {"platform": platform} | OTHERS[platform]
    own = [{"match": {"platform": platform}, "scenario": scenario}]

    refused = await world.control("POST", "/calls", json=body | {"scenario": scenario})
    unset = await world.control("PUT", "/scenarios", json={"rules": own})
    everywhere = {"rules": [{"scenario": scenario}]}
    assert (await world.control("PUT", "/scenarios", json=everywhere)).status_code == 200
    placed = (await world.control("POST", "/calls", json=body)).json()
    call_id = placed["calls"][0]["id"] if "calls" in placed else placed["id"]
    shown = (await world.control("GET", f"/calls/{call_id}")).json()
    story = (await world.control("GET", f"/explain/{call_id}")).json()

    problem = f"tools is not allowed: bots of {platform} use no tools"
    for response, path in ((refused, "scenario."), (unset, "rules[0].scenario.")):
        assert (response.status_code, path + problem in response.text) == (400, True), response.text
        assert "bots of exotel use tools" in response.text
    note = f"first, which the scenario names: bots of {platform} use no tools"
    assert shown["details"]["tool_notes"] == [note]
    assert f"unused tool {note}" in story["text"]
