"""The Tools Server in use: every operation, and records of every kind."""

import json
from typing import Any, Final

import httpx

from tests.support import Json, Step, World

PYTHON: Final[Json] = {
    "body": "return x + y",
    "parameters": {name: {"type": "number", "description": "a summand"} for name in "xy"},
    "return_value": {"type": "number", "description": "the sum"},
}


async def tools_server(world: World, method: str, path: str, **rest: Any) -> httpx.Response:
    """Make a request to the Tools Server about this world's account."""
    url = f"/tools/api/v1/tenants/{world.account}{path}"
    return await world.http.request(method, url, **{"auth": ("key", "token")} | rest)


def data_of(response: httpx.Response) -> Json:
    """Return the record of a response."""
    return response.json()["response"]["data"]


def document(server: str, path: str = "/lookup", method: str = "post", **operation: Any) -> Json:
    """Return an OpenAPI document with one operation, which takes any JSON."""
    body = {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Tools", "version": "1"},
        "servers": [{"url": server}],
        "paths": {path: {method: operation or body}},
    }


async def make_tool(
    world: World, name: str, definition: Json, kind: str = "openapi", **rest: Any
) -> Json:
    """Create a tool, and activate it."""
    body = {"name": name, "description": name, "type": kind, "definition": definition}
    made = await tools_server(world, "POST", "/tools", json=body, **rest)
    assert made.status_code == 201, made.text
    path = f"/tools/{data_of(made)['id']}"
    activated = await tools_server(world, "PUT", path, json={"status": "active"}, **rest)
    assert activated.status_code == 200, activated.text
    return data_of(activated)


TABLE: Final[Json] = {
    "name": "prices",
    "columns": [
        {"name": "item", "type": "string", "description": "what it is"},
        {"name": "price", "type": "number"},
        {"name": "sold", "type": "boolean"},
    ],
}


async def make_corpus(world: World, name: str, *texts: str, **rest: Any) -> str:
    """Upload texts as a corpus, which is ready ten seconds later, and return its id."""
    files = [
        ("files[]", (f"{number}.txt", text.encode(), "text/plain"))
        for number, text in enumerate(texts, 1)
    ]
    form = [("metadata", (None, json.dumps({"name": name, "description": name}))), *files]
    made = await tools_server(world, "POST", "/knowledgecorpora", files=form, **rest)
    assert made.status_code == 202, made.text
    return str(data_of(made)["id"])


async def use_corpora(world: World, step: Step) -> None:
    """Create corpora, ask one, and delete another in the other spelling."""
    first, second, third = [
        await make_corpus(world, name, "Open at nine.\n\nClosed on Sunday.", "\ufeffPrices")
        for name in ("one", "two", "no [[fail]]")
    ]
    form = [("metadata", (None, '{"name": "four"}')), ("files[]", ("a", b"\xff"))]
    made = await tools_server(world, "POST", "/knowledge-corpora", files=form)
    step(made)
    definition = {"knowledge_corpus_id": first}
    tool = await make_tool(world, "hours", definition, "knowledge_base")
    tests = f"/tools/{tool['id']}/versions/{tool['latest_version_id']}/tests"
    for _ in range(2):
        body = {"test_inputs": {"question": "When are you closed?"}}
        step(await tools_server(world, "POST", tests, json=body))
        step(await world.pass_time(10))
    for path in ("knowledgecorpora", "knowledge-corpora"):
        for each in (first, second, third):
            step(await tools_server(world, "GET", f"/{path}/{each}"))
        step(await tools_server(world, "DELETE", f"/{path}/{second}"))
        step(await tools_server(world, "GET", f"/{path}?status=ready&from_date=2026-01-01"))


async def use_tables(world: World, step: Step) -> None:
    """Create tables with rows, change and delete some of them; then tenants."""

    async def ask(method: str, path: str, body: Json = None) -> httpx.Response:
        return step(await tools_server(world, method, path, json=body))

    tables = [data_of(await ask("POST", "/tables", TABLE))["id"] for _ in "12"]
    for table in tables:
        rows = [{"item": "tea", "price": 2.5, "sold": True}, {"item": "bun"}, {}]
        added = data_of(await ask("POST", f"/tables/{table}/rows", {"rows": rows}))
        row = f"/tables/{table}/rows/{added[0]['id']}"
        await ask("PUT", row, {"data": {"price": None}})
        await ask("DELETE", f"/tables/{table}/rows/{added[1]['id']}")
        await ask("PUT", f"/tables/{table}", {"columns": TABLE["columns"][:2]})
        for path in (row, f"/tables/{table}/rows", f"/tables/{table}/rows?limit=1&offset=1"):
            await ask("GET", path)
    await ask("DELETE", f"/tables/{tables[1]}")
    for path in ("/tables", f"/tables/{tables[0]}", f"/tables/{tables[1]}"):
        await ask("GET", path)
    headers = {"X-Emulator-World": world.name}
    for tenant in (world.account, "acme", "acme"):
        body = {"tenant_id": tenant, "name": "Acme"}
        url, auth = "/tools/api/v1/tenants", ("key", "token")
        step(await world.http.post(url, json=body, headers=headers, auth=auth))
    for path in ("/terminate", "/spawn"):
        await ask("POST", path)


async def use_in_call(world: World, step: Step, bot_id: str) -> None:
    """Attach tools to a bot's assistant, and place a call in which the bot uses them."""
    lookup = await make_tool(world, "order", document(world.inbox_url, "/order"))
    adder = await make_tool(world, "sum", PYTHON, "python")
    shown = (await world.control("GET", f"/exotel/bots/{bot_id}")).json()
    number = {"phone": {"source": "conversation_state", "value": "caller_number"}}
    tools = [{"tool_id": lookup["id"], "parameters": number}, {"tool_id": adder["id"]}, {}]
    path = f"/assistants/{shown['assistant_config']['assistant_id']}/versions"
    body = {"source_version": "v1", "mark_as_stable": True, "agents": [{"tools": tools}]}
    step(await world.exotel("POST", path, json=body))
    asked = {
        "platform": "exotel",
        "bot_id": bot_id,
        "scenario": {"behavior": "answered", "ring_seconds": 1, "talk_seconds": 30},
        "transcript": [{"speaker": "user", "text": "Where is my order?"}],
        "tools": [{"name": "sum", "inputs": {"x": 1, "y": 2}, "after": 12}, {"name": "order"}],
    }
    call = step(await world.control("POST", "/calls", json=asked)).json()
    for seconds in (3, 6, 7, 30):
        step(await world.pass_time(seconds))
        step(await world.control("GET", f"/calls/{call['id']}"))


async def use_tools(world: World, step: Step) -> None:
    """Create tools with versions, test and activate them, and read all of them."""

    async def ask(method: str, path: str, body: Json = None) -> httpx.Response:
        return step(await tools_server(world, method, path, json=body))

    adder = {"name": "adder", "description": "adds", "type": "python", "definition": PYTHON}
    tool = data_of(await ask("POST", "/tools", adder))
    await ask("POST", "/tools", adder)
    path = f"/tools/{tool['id']}"
    changed = {"definition": PYTHON | {"body": "return 4"}, "changelog": "always 4"}
    version = data_of(await ask("POST", f"{path}/versions", changed))
    for body in ({"status": "active"}, {"current_version_id": version["id"]}, {}):
        await ask("PUT", path, body)
    script = f"/exotel/tools/{tool['id']}/script"
    step(await world.control("PUT", script, json={"result": [4, {"is": None}]}))
    step(await world.control("GET", script))
    lookup = {"name": "lookup", "type": "openapi", "definition": document(world.inbox_url)}
    asked = data_of(await ask("POST", "/tools", lookup))
    for each in (tool, asked):
        tests = f"/tools/{each['id']}/versions/{each['latest_version_id']}/tests"
        for inputs in ({"x": 1, "y": 2}, {}):
            await ask("POST", tests, {"test_inputs": inputs})
    for read in (
        *("/tools", "/tools?active=true&limit=1", "/tools?type=openapi&offset=1", path),
        *(f"{path}/versions?limit=1", f"{path}/versions/{version['id']}", "/tools/none"),
    ):
        await ask("GET", read)
    await use_corpora(world, step)
    await use_tables(world, step)
