"""What tests ask of Intron's calls, whatever they are about."""

from typing import Any, Final

import httpx

from tests.support import WORKFLOW, Json, Step, World

NUMBER: Final = "+2348099010"
"""A callee who answers."""

QUEUE_SECONDS: Final = 5
"""How long a batch waits until its first call is dialed."""
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
    """Return all calls of a workflow that has at most a hundred."""
    items: list[Json] = (await world.calls(workflow_id, per_page=100))["items"]
    return items


async def everything(world: World) -> Json:
    """Return what the lists show of a world's workflows, batches and calls."""
    workflows = (await world.intron("GET", "/workflows")).json()["data"]
    requests = [await requests_of(world, each["id"]) for each in workflows]
    calls = await world.control("GET", "/calls")
    return [workflows, requests, calls.json()]


async def refused(world: World, method: str, path: str, *, status: int = 400, **rest: Any) -> str:
    """Make a request that must be refused, check that nothing changed, and return the message."""
    before = await everything(world)

    response = await world.intron(method, path, **rest)

    message = response.json().get("message")
    assert response.json() == {"data": {}, "message": message, "status": "Error"}
    assert response.status_code == status, message
    assert response.headers["content-type"] == "application/json"
    assert 0 < len(message) < 1000
    assert await everything(world) == before
    return str(message)


async def use(world: World, step: Step) -> None:
    """Create every kind of record that Intron has, and read all of them."""
    mix = {"answered": 3, "busy": 1, "no_answer": 1}
    step(await world.control("PUT", "/scenarios", json={"mix": mix}))
    ids = []
    for more in (
        {"call_back_url": f"{world.inbox_url}done", "description": "first"},
        {"workflow_type": "CONVERSATION", "message": "Hi {{name}}, {{order}}!"},
        {"call_back_url": f"{world.inbox_url}doomed", "response_options": {"7": "Perhaps"}},
    ):
        made = step(await world.intron("POST", "/workflows", json=WORKFLOW | more))
        ids.append(made.json()["data"]["id"])
    robocall, conversation, doomed = ids
    for changes in ({"option_two": "Later", "option_one": None}, {"name": ""}):
        step(await world.intron("PUT", f"/workflows/{robocall}", json=changes))
    nested = [{"phone_number": f"+23480{each:08}", "workflow_variables": {}} for each in range(20)]
    tagged = [
        {"phone_number": NUMBER, "order": [1, 2.5, None, "é"], "user_tag_identifiers": {"a": 1}},
        {"phone_number": "+2348099012", "name": "Ada", "user_tag_identifiers": None},
    ]
    step(await post(world, "/voicebot/v1/call", robocall, workflow_params=nested))
    step(await post(world, "/voicebot/v1/robocall/call", doomed, tts_voice_accent="igbo"))
    for status in ("INACTIVE", "ACTIVE"):
        path = f"/intron/workflows/{conversation}"
        step(await world.control("PATCH", path, json={"status": status}))
        path = "/voicebot/v1/convobot/call"
        step(await post(world, path, conversation, workflow_params=tagged, tts_voice_gender="male"))
    host = {"Host": "convobot.intron.health"}
    step(await post(world, "/voicebot/v1/call", conversation, headers=host))
    step(await world.intron("PUT", f"/workflows/{conversation}", json={"message": "Bye"}))
    await use_voice_bots(world, step)
    for _ in range(4):
        step(await world.pass_time(1))
    step(await world.intron("DELETE", f"/workflows/{doomed}"))
    for _ in range(2):
        await look(world, step, robocall, conversation, doomed)
        step(await world.pass_time())


async def use_voice_bots(world: World, step: Step) -> None:
    """Place calls by the API that a world has only with an option."""
    await world.options(voice_bot_api=True)
    path, headers = "/api/v1/voice-bot", {"Authorization": f"Bearer {world.key}"}

    async def ask(rest: str, **body: Json) -> Json:
        url = f"{path}/{rest}"
        return step(await world.http.post(url, json=body, headers=headers)).json()

    nodes = [{"id": "1", "type": "speak", "content": "Hello {{name}}"}]
    bot_id = (await ask("workflow", name="Greeter", nodes=nodes))["workflow_id"]
    await ask("call", phone_number=NUMBER, message="Hello", callback_url=f"{world.inbox_url}done")
    await ask("conversation", phone_number=NUMBER, bot_id=bot_id, context={"name": "Ada"})
    await ask(f"workflow/{bot_id}/execute", phone_number=NUMBER)
    await world.options(voice_bot_api=False)


async def look(world: World, step: Step, *workflows: str) -> None:
    """Read everything that can be read."""
    step(await world.intron("GET", "/workflows"))
    step(await world.control("GET", "/intron/workflows"))
    for workflow in workflows:
        for rest in ("", "/requests?per_page=2&page=1", "/requests?page=2&per_page=1", "/calls"):
            step(await world.intron("GET", f"/workflows/{workflow}{rest}"))
        requests = await world.intron("GET", f"/workflows/{workflow}/requests")
        for each in requests.json()["data"].get("items", ()):
            path = f"/workflows/{workflow}/calls?batch_id={each['id']}&status=COMPLETED"
            step(await world.intron("GET", path))
    for call in (await world.control("GET", "/calls")).json():
        step(await world.control("GET", f"/calls/{call['id']}"))
        step(await world.intron("GET", f"/status/{call['id']}"))
    for name in ("done", "doomed"):
        step(await world.control("GET", f"/inboxes/{name}"))
