"""What tests ask of Intron's calls, whatever they are about."""

from typing import Any, Final

import httpx

from tests.support import Json, World

NUMBER: Final = "+2348099010"
"""A callee who answers."""

ENTRY: Final = {"phone_number": NUMBER}


async def post(world: World, path: str, workflow_id: str, **rest: Json) -> httpx.Response:
    """Place calls; one to NUMBER, unless ``workflow_params`` says otherwise."""
    headers = {"Authorization": f"Bearer {world.key}"} | rest.pop("headers", {})
    body = {"workflow_id": workflow_id, "workflow_params": [ENTRY]} | rest
    return await world.http.post(path, json=body, headers=headers)


async def total(world: World, workflow_id: str) -> int:
    page = await world.calls(workflow_id, per_page=1)
    return int(page["total"])


async def requests_of(world: World, workflow_id: str, **query: Json) -> Json:
    response = await world.intron("GET", f"/workflows/{workflow_id}/requests", params=query)
    assert response.status_code == 200, response.text
    return response.json()["data"]


async def all_calls(world: World, workflow_id: str) -> list[Json]:
    """Every call of a workflow that has up to a hundred."""
    items: list[Json] = (await world.calls(workflow_id, per_page=100))["items"]
    return items


async def everything(world: World) -> Json:
    """All that the lists show of a world's workflows, requests and calls."""
    workflows = (await world.intron("GET", "/workflows")).json()["data"]
    requests = [await requests_of(world, each["id"]) for each in workflows]
    calls = await world.control("GET", "/calls")
    return [workflows, requests, calls.json()]


async def refused(world: World, method: str, path: str, *, status: int = 400, **rest: Any) -> str:
    """Make a request that is to be refused, see that nothing changed, and return the message."""
    before = await everything(world)

    response = await world.intron(method, path, **rest)

    message = response.json().get("message")
    assert response.json() == {"data": {}, "message": message, "status": "Error"}
    assert response.status_code == status, message
    assert response.headers["content-type"] == "application/json"
    assert 0 < len(message) < 1000
    assert await everything(world) == before
    return str(message)
