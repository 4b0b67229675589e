"""The Tools Server in use: every operation, and records of every kind."""

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
