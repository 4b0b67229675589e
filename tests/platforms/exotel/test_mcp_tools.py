"""Tools of MCP servers at the Tools Server; the judge is PyPI's mcp."""

from typing import Any

import pytest

from tests.mcp_service import TOKEN, McpService, serving_mcp
from tests.platforms.exotel.test_tool_uses import SCENARIO, attach, bound
from tests.platforms.exotel.tool_use import PYTHON, data_of, document, make_tool, tools_server
from tests.support import Json, World


async def add_tools(world: World, url: str, **fields: Json) -> Any:
    """Add the tools of a server to the world's account."""
    return await world.control("POST", "/exotel/mcp-tools", json={"url": url} | fields)


async def run_test(world: World, tool: Json, **inputs: Any) -> Json:
    """Test the latest version of a tool, and return its result and its details."""
    path = f"/tools/{tool['id']}/versions/{tool['latest_version_id']}/tests"
    done = data_of(await tools_server(world, "POST", path, json={"test_inputs": inputs}))
    return done["test_result"], done["details"]["error_message"]


async def test_tools_of_a_server_are_added_and_called(world: World) -> None:
    """Each tool of a server is an active OpenAPI tool, whose tests really call it."""
    service = McpService()
    with serving_mcp(service, is_guarded=True) as url:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        added = (await add_tools(world, url, headers=headers)).json()
        find, book = added
        found = await run_test(world, find, day="monday")
        booked = await run_test(world, book, slot="09:00", persons=2)
        crowded = await run_test(world, book, slot="10:00", persons=3)
        missing = await run_test(world, book, persons=1)
        service.server.remove_tool("find_slots")
        again = (await add_tools(world, url, headers=headers)).json()
        other = (await add_tools(world, url, headers=headers | {"X-Lang": "en"})).json()

    listed = data_of(await tools_server(world, "GET", "/tools"))
    assert [(each["name"], each["type"], each["status"]) for each in listed[::-1]] == [
        ("find_slots", "openapi", "active"),
        ("book_slot", "openapi", "active"),
    ]
    assert book["description"] == "Book a time."
    assert found == ({"result": ["monday 09:00", "monday 10:00"]}, None)
    assert booked == ({"result": "booked 09:00"}, None)
    assert crowded[0] == {}
    assert "there is no room for so many" in crowded[1]
    assert missing == ({}, "the input slot is missing")
    assert service.booked == [("09:00", 2)]
    assert [each["latest_version_number"] for each in again + other] == [1, 2]
    assert other[0]["current_version_number"] == 2


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("http://127.0.0.1:9/mcp", "cannot be listed: ", id="closed-port"),
        pytest.param("https://8.8.8.8/mcp", "--allow-public-callbacks", id="public-address"),
    ],
)
async def test_server_out_of_reach_adds_nothing(world: World, url: str, reason: str) -> None:
    """Without a response there are no tools, and the control API says why."""
    refused = await add_tools(world, url)

    assert refused.status_code == 409
    assert reason in refused.json()["detail"]
    assert data_of(await tools_server(world, "GET", "/tools")) == []


async def test_name_of_a_tool_of_another_type_is_taken(world: World) -> None:
    """A server whose tool has the name of a tool in Python adds none of its tools."""
    await make_tool(world, "book_slot", PYTHON, "python")
    with serving_mcp(McpService()) as url:
        refused = await add_tools(world, url)

    assert refused.status_code == 409
    assert refused.json()["detail"] == "a python tool named book_slot already exists"
    assert len(data_of(await tools_server(world, "GET", "/tools"))) == 1


async def test_document_may_name_a_server_itself(world: World) -> None:
    """A document with x-mcp-server calls its tool; one with a bad address says what is wrong."""
    service = McpService()
    with serving_mcp(service) as url:
        own = document(url, "/", operationId="book_slot", requestBody={"content": {}})
        good = await make_tool(world, "book", own | {"x-mcp-server": {"url": url}})
        bad = await make_tool(world, "bad", own | {"x-mcp-server": {"url": "ftp://x"}})
        unknown = document(url, "/", operationId="sing", requestBody={"content": {}})
        silent = await make_tool(world, "sing", unknown | {"x-mcp-server": {"url": url}})
        results = [await run_test(world, each, slot="11:00") for each in (good, bad, silent)]

    assert results[0] == ({"result": "booked 11:00"}, None)
    assert results[1][1] == "x-mcp-server of the document must have a url, and no bad header"
    assert "sing" in results[2][1]
    assert service.booked == [("11:00", 1)]


@pytest.mark.parametrize(
    "as_json", [pytest.param(False, id="events"), pytest.param(True, id="json")]
)
async def test_bot_calls_a_tool_of_a_server_during_a_call(world: World, *, as_json: bool) -> None:
    """A bot whose assistant has a tool of a server calls it, and says what it results in."""
    service = McpService()
    bot_id = await world.bot()
    with serving_mcp(service, as_json=as_json) as url:
        _, book = (await add_tools(world, url)).json()
        await attach(world, bot_id, bound(book, slot="09:00", persons={"source": "llm"}))
        asked = [
            {"name": "book_slot", "after": 2, "inputs": {"persons": 2}},
            {"name": "book_slot", "after": 9, "inputs": {"persons": 3}},
        ]
        call = await world.call(bot_id, scenario=SCENARIO, tools=asked)
        await world.advance()

    (done, failed) = (await world.control("GET", f"/calls/{call['id']}")).json()["details"][
        "tool_uses"
    ]
    assert (done["status"], done["result"]) == ("succeeded", {"result": "booked 09:00"})
    assert done["said"] == "booked 09:00"
    assert failed["status"] == "failed"
    assert "there is no room for so many" in failed["error"]
    assert service.booked == [("09:00", 2)]
    sent = (await world.control("GET", f"/callbacks?call_id={call['id']}")).json()
    messages = [
        "mcp_initialize",
        "mcp_initialized",
        "mcp_call_tool",
        *([] if as_json else ["mcp_end"]),
    ]
    assert [each["event"] for each in sent[::-1]] == messages * 2
    assert {each["status"] for each in sent} == {"delivered"}


async def test_server_that_stops_fails_the_use_and_not_the_call(world: World) -> None:
    """A server out of reach during a call is the error of the use; the call is not ended."""
    bot_id = await world.bot()
    with serving_mcp(McpService()) as url:
        _, book = (await add_tools(world, url)).json()
    await attach(world, bot_id, bound(book, slot="09:00"))
    call = await world.call(bot_id, scenario=SCENARIO, tools=[{"name": "book_slot", "after": 2}])
    await world.advance()

    shown = (await world.control("GET", f"/calls/{call['id']}")).json()
    (use,) = shown["details"]["tool_uses"]
    assert (shown["status"], use["status"]) == ("completed", "failed")
    assert use["said"] == "I am sorry, I could not look that up."
