"""What the tests of Bimpe's console API share."""

from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_DNS, uuid5

import httpx

from tests.support import Json, Step, World

FOLDER: Final = Path(__file__).parents[3] / "fixtures" / "contracts" / "bimpe"
"""The vendor's own examples."""

PERSON: Final = "+2348099010"
"""The number of a callee who answers."""
BUSY: Final = "+2348099012"

FLOW: Final = {
    "name": "Orders",
    "priority": 1,
    "trigger_keywords": [{"keyword": "order", "weight": "high"}],
    "conversation_steps": [
        {"type": "text_response", "content": "What is your order number?"},
        {"type": "text_response", "content": "Thank you, I am looking."},
    ],
}
WORKFLOW: Final = {
    "name": "Shop",
    "system_prompt": "You sell shoes.",
    "flows": [FLOW],
    "faq": [{"question": "When are you open?", "answer": "From nine to five."}],
    "rules": [
        {
            "id": "r1",
            "name": "Discount",
            "trigger": "customer asks for a discount",
            "response": "SAVE10 takes ten percent off.",
            "enabled": True,
        }
    ],
}
NUMBER_REQUEST: Final = {
    "business_name": "x",
    "intended_use": "y",
    "region": "uk",
    "agent_count": 1,
    "outbound_minutes": 0,
}


def visitor(name: str) -> str:
    """Return the id of a visitor of the web chat, who has a UUID."""
    return str(uuid5(NAMESPACE_DNS, name))


def data(response: httpx.Response, status: int = 200) -> Json:
    """Return the data of a successful response."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body["message"] == "Success"
    return body["data"]


def refusal(response: httpx.Response) -> tuple[int, str, Json]:
    """Return status, code and message of an error in the current shape."""
    body = response.json()
    assert body.keys() == {"message", "error", "code", "statusCode", "request_id"}, body
    assert body["statusCode"] == response.status_code
    assert response.headers["X-Request-Id"] == body["request_id"]
    return response.status_code, body["code"], body["message"]


def keys(value: Json) -> Json:
    """Return the keys of JSON in order, at every level."""
    if isinstance(value, list):
        return [keys(each) for each in value]
    return {key: keys(each) for key, each in value.items()} if isinstance(value, dict) else None


class Team:
    """A team in a world, with its API key."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def get(self, path: str, **query: Any) -> Json:
        """Return a record, or the whole body of a list."""
        response = await self.world.bimpe("GET", path, params=query or None)
        shown = data(response)
        return response.json() if "meta" in response.json() else shown

    async def post(self, path: str, body: Json, status: int = 201) -> Json:
        """Create a record and return it."""
        return data(await self.world.bimpe("POST", path, json=body), status)

    async def patch(self, path: str, body: Json) -> Json:
        """Update a record and return it."""
        return data(await self.world.bimpe("PATCH", path, json=body))

    async def refused(self, method: str, path: str, **rest: Any) -> tuple[int, str, Json]:
        """Send a request that must be refused."""
        return refusal(await self.world.bimpe(method, path, **rest))

    async def workflow(self, **fields: Json) -> Json:
        """Create a workflow that the team owns."""
        return await self.post("/workflows", WORKFLOW | fields)

    async def agent(self, **fields: Json) -> str:
        """Create an agent, with a new workflow unless one is named, and return its id."""
        if "workflow_id" not in fields:
            fields["workflow_id"] = (await self.workflow())["id"]
        made = await self.post("/agents", {"name": "Bo", "description": "Sells"} | fields)
        return str(made["id"])

    async def write(self, agent_id: str, text: str, **fields: Json) -> Json:
        """Write as a user and return the message."""
        body = {
            "message": text,
            "role": "user",
            "channel_type": "webchat",
            "channel_user_id": visitor("u1"),
        }
        path = f"/agents/{agent_id}/conversations/messages"
        return await self.post(path, body | fields)

    async def conversation(self, agent_id: str, text: str = "hi", **fields: Json) -> str:
        """Start a conversation as a user and return its id."""
        await self.write(agent_id, text, **fields)
        page = await self.get(f"/agents/{agent_id}/conversations", sort="-created_at", limit=1)
        return str(page["data"][0]["id"])

    async def said(self, agent_id: str, conversation_id: str) -> list[tuple[str, str]]:
        """Return role and text of every message, oldest first."""
        path = f"/agents/{agent_id}/conversations/{conversation_id}/messages"
        page = await self.get(path, sort="created_at", limit=100)
        return [(each["role"], each["message"]) for each in page["data"]]

    async def number(self, agent_id: str | None = None, **fields: Json) -> Json:
        """Assign a phone number to the team."""
        body = fields | ({} if agent_id is None else {"agent_id": agent_id})
        response = await self.world.control("POST", "/bimpe/phone-numbers", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    async def options(self, **values: Json) -> None:
        """Change the options of this world."""
        body = {"options": {"bimpe": values}}
        response = await self.world.control("PATCH", "/settings", json=body)
        assert response.status_code == 200, response.text


async def prepared(team: Team) -> dict[str, str]:
    """Create one record of every kind, and return the ids by the names of path parameters."""
    workflow = await team.workflow()
    agent_id = await team.agent(workflow_id=workflow["id"])
    path = f"/agents/{agent_id}"
    base = {"type": "url", "name": "x", "url": "https://x.test"}
    base_id = (await team.post(f"{path}/knowledge_bases", base))["id"]
    api = await team.post(f"{path}/integrations/custom_api/configure", {"name": "x"})
    tool = {"name": "Old", "http_method": "GET", "url_template": "/"}
    tools = f"{path}/integrations/custom_api/{api['id']}/tools"
    tool_id = (await team.post(tools, tool))["id"]
    server = {"name": "x", "server_url": "https://mcp.example"}
    server_id = (await team.post(f"{path}/integrations/mcp_server/configure", server, 200))["id"]
    await team.post(f"{path}/integrations/mcp_server/{server_id}/discover", {}, 200)
    await team.post(f"{path}/integrations/pipedream/configure", {"app_slug": "x"}, 200)
    (app,) = await team.get(f"{path}/integrations/pipedream")
    stripe = {"type": "stripe", "public_key": "p", "secret_key": "s"}
    own = await team.post(f"{path}/integrations/bimpeai/configure", stripe, 200)
    message = await team.write(agent_id, "hello")
    (conversation,) = (await team.get(f"{path}/conversations"))["data"]
    call = await team.post(f"{path}/calls", {"destination": PERSON, "is_test_call": True})
    await team.post("/phone-numbers/request", NUMBER_REQUEST)
    number = await team.number(agent_id)
    await team.world.advance()
    return {
        "workflowId": workflow["id"],
        "agentId": agent_id,
        "kbId": base_id,
        "custom_api": api["id"],
        "mcp_server": server_id,
        "pipedream": app["id"],
        "bimpeai": own["channel_id"],
        "toolId": tool_id,
        "conversationId": conversation["id"],
        "messageId": message["id"],
        "callId": call["call_id"],
        "phoneNumberId": number["id"],
    }


class User:
    """Sends requests and records the responses."""

    def __init__(self, world: World, step: Step) -> None:
        self.world = world
        self.step = step

    async def ask(self, method: str, path: str, body: Json = None, **headers: str) -> Json:
        """Send a request, and return what a success contains."""
        response = await self.world.bimpe(method, path, json=body, headers=headers)
        return self.step(response).json().get("data")

    async def set(self, method: str, path: str, body: Json) -> Json:
        """Change what Bimpe's dashboard changes."""
        response = self.step(await self.world.control(method, f"/bimpe{path}", json=body))
        return response.json() if response.content else None

    async def look(self, *paths: str) -> None:
        """Read all of these."""
        for path in paths:
            await self.ask("GET", path)

    async def make(self, path: str, body: Json) -> str:
        """Create a record and return its id."""
        return str((await self.ask("POST", path, body))["id"])


async def use(world: World, step: Step) -> None:
    """Do everything that makes Bimpe remember something, and read all of it."""
    user = User(world, step)
    workflow_id = await user.make("/workflows", WORKFLOW | {"setup_time": 0, "setup_steps": [[]]})
    public = (await user.ask("GET", "/workflows?scope=public"))[0]["id"]
    copied = await user.make("/workflows/clone", {"source_workflow_id": public})
    await user.ask("PATCH", f"/workflows/{copied}", {"setup_time": 1.5, "name": "Copied"})
    agents = [
        await user.make("/agents", {"name": name, "description": "x", "workflow_id": each})
        for name, each in (("Bo", workflow_id), ("Cy", public), ("Di", copied))
    ]
    agent = f"/agents/{agents[0]}"
    await user.ask("PATCH", agent, {"persona": "concise", "workflow_id": copied})
    await user.ask("PATCH", agent, {"workflow_id": workflow_id})
    await user.ask("PATCH", f"{agent}/live-status", {"status": "live", "status_reason": "now"})
    await user.ask("DELETE", f"/workflows/{copied}", **{"Idempotency-Key": "once"})
    await user.ask("DELETE", f"/workflows/{copied}", **{"Idempotency-Key": "once"})
    await use_integrations(user, agent)
    await use_numbers(user, agents[0])
    conversation = await use_conversations(user, agent)
    calls = await use_calls(user, agent)
    await use_keys(user)
    await look(user, agent, workflow_id, conversation, calls)
    await user.ask("DELETE", f"/agents/{agents[1]}")
    step(await world.pass_time())
    await look(user, agent, workflow_id, conversation, calls)


async def use_integrations(user: User, agent: str) -> None:
    """Configure every family with tools, actions and knowledge bases; remove some of them."""
    path = f"{agent}/integrations"
    for name in ("kept", "gone"):
        api = await user.make(f"{path}/custom_api/configure", {"name": name})
        tools = f"{path}/custom_api/{api}/tools"
        for tool in ("List", "Drop"):
            body = {"name": tool, "http_method": "GET", "url_template": "/", "timeout": 5000}
            made = await user.make(tools, body)
        await user.ask("DELETE", f"{tools}/{made}")
        await user.look(tools)
    await user.ask("DELETE", f"{path}/custom_api/{api}")
    server = {"name": "x", "server_url": "https://mcp.example"}
    one = f"{path}/mcp_server/{await user.make(f'{path}/mcp_server/configure', server)}"
    for verb in ("test", "discover", "discover"):
        await user.ask("POST", f"{one}/{verb}")
    await user.look(f"{one}/tools")
    await user.ask("DELETE", one)
    for kind, keys in (("bumpa", {"token": "t"}), ("google_sheets", {})):
        await user.ask("POST", f"{path}/bimpeai/configure", {"type": kind} | keys)
    await user.ask("POST", f"{path}/pipedream/configure", {"app_slug": "x"})
    apps = await user.ask("GET", f"{path}/pipedream")
    await user.ask("DELETE", f"{path}/pipedream/{apps[0]['id']}")
    own = {each["type"]: each["id"] for each in await user.ask("GET", f"{path}/bimpeai")}
    await user.set("PUT", f"{path}/{own['google_sheets']}", {"is_connected": True})
    await user.ask("DELETE", f"{path}/bimpeai/{own['bumpa']}")
    ids = [each["id"] for each in await user.ask("GET", f"{agent}/actions")]
    await user.ask("POST", f"{agent}/actions/disable", {"action_ids": ids})
    await user.ask("POST", f"{agent}/actions/enable", {"action_ids": ids[:1]})
    for name in ("kept", "gone"):
        base = {"type": "text", "name": name, "content": name}
        base_id = await user.make(f"{agent}/knowledge_bases", base)
        await user.ask("PATCH", f"{agent}/knowledge_bases/{base_id}", {"description": "d"})
    await user.ask("DELETE", f"{agent}/knowledge_bases/{base_id}")


async def use_numbers(user: User, agent_id: str) -> None:
    """Request, assign, link and unlink phone numbers."""
    asked = {"business_name": "x", "intended_use": "y", "agent_count": 1, "outbound_minutes": 0}
    for region in ("ng", "us"):
        await user.ask("POST", "/phone-numbers/request", asked | {"region": region})
    requests = await user.ask("GET", "/phone-numbers/request")
    for request, status in zip(requests, ("fulfilled", "rejected"), strict=True):
        await user.set("PATCH", f"/phone-number-requests/{request['id']}", {"status": status})
    given = await user.set("POST", "/phone-numbers", {"region": "uk", "label": "Line"})
    await user.set("PATCH", f"/phone-numbers/{given['id']}", {"inbound_enabled": False})
    for each in await user.ask("GET", "/phone-numbers"):
        path = f"/phone-numbers/{each['id']}"
        for linked in (agent_id, None, agent_id):
            await user.ask("PATCH", path, {"agent_id": linked})
        await user.look(path)


async def use_conversations(user: User, agent: str) -> str:
    """Write as users and operators, with and without replies; return a conversation's path."""
    everyone = f"{agent}/conversations"
    for text, name in (("order", "u1"), ("4711", "u1"), ("what?", "u2"), ("discount", "u3")):
        body = {"message": text, "role": "user", "channel_username": f"{name} {text}"}
        address = {"channel_type": "webchat", "channel_user_id": visitor(name)}
        await user.ask("POST", f"{everyone}/messages", body | address)
        user.step(await user.world.pass_time(1))
    body = {"message": "hi", "channel_type": "whatsapp", "channel_user_id": "+15551234567"}
    await user.set("POST", f"{agent}/messages", body | {"full_name": "Ada", "email": "a@b.test"})
    off = {"is_connected": False}
    await user.set("PUT", f"{agent}/channels/webchat", off)
    await user.ask("POST", f"{everyone}/messages", body | {"channel_type": "webchat"})
    await user.set("PUT", f"{agent}/channels/webchat", {"is_connected": True})
    user.step(await user.world.pass_time())
    for each in await user.ask("GET", everyone):
        path = f"{everyone}/{each['id']}"
        await user.ask("PATCH", f"{path}/ai-status", {"is_ai_chat_paused": True})
        change = {"needs_attention": not each["needs_attention"]}
        await user.set("PATCH", f"/conversations/{each['id']}", change)
    sent = await user.make(f"{path}/messages", {"message": "An operator."})
    await user.look(path, f"{path}/messages/{sent}")
    for _ in range(2):
        ticket = (await user.ask("POST", f"{path}/stream-ticket"))["ticket"]
    user.step(await user.world.http.head(f"/api/v1/console{path}/stream?ticket={ticket}"))
    return path


async def use_calls(user: User, agent: str) -> list[str]:
    """Place calls of both kinds in both directions, and return their paths."""
    for number in (PERSON, BUSY, "+2348099014"):
        for is_test in (True, False):
            body = {"destination": number, "is_test_call": is_test}
            await user.ask("POST", f"{agent}/calls", body)
            user.step(await user.world.pass_time(20))
    transcript = [{"role": "user", "message": "Hello?"}]
    call = {"platform": "bimpe", "agent_id": agent.split("/")[2], "transcript": transcript}
    user.step(await user.world.control("POST", "/calls", json=call))
    user.step(await user.world.pass_time(15))
    found = await user.ask("GET", f"{agent}/calls")
    return [f"{agent}/calls/{each['id']}" for each in found]


async def use_keys(user: User) -> None:
    """Restrict, expire and revoke API keys."""
    changes: list[Json] = [{"scopes": ["agents:read"]}, {"expires_in": 5}, {"scopes": []}]
    for change in changes:
        key = await user.set("POST", "/keys", change)
        await user.ask("GET", "/agents", Authorization=f"Bearer {key['api_key']}")
    await user.set("PATCH", f"/keys/{key['id']}", {"scopes": None, "expires_in": 9})
    await user.set("DELETE", f"/keys/{key['id']}", None)
    await user.ask("GET", "/agents", Authorization=f"Bearer {key['api_key']}")


async def look(user: User, agent: str, workflow_id: str, talk: str, calls: list[str]) -> None:
    """Read everything that can be read, in every order."""
    for sort in ("created_at", "-updated_at", "name"):
        await user.look(f"/workflows?sort={sort}", f"/agents?sort={sort}&search=o")
    for sort in ("-created_at", "updated_at", "-last_message_at"):
        path = f"{agent}/conversations?limit=3&page=1&sort={sort}"
        await user.look(path, f"{path}&needs_attention=true", f"{path}&search=u")
    await user.look(f"/workflows/{workflow_id}", agent, f"{agent}/deployment/agent-test-code")
    for below in ("integrations", "channels", "actions", "knowledge_bases", "calls?status=busy"):
        await user.look(f"{agent}/{below}")
    for family in ("bimpeai", "custom_api", "mcp_server", "pipedream"):
        await user.look(f"{agent}/integrations/{family}")
    await user.look(talk, f"{talk}/messages?sort=created_at", f"{talk}/messages?search=o", *calls)
    await user.look("/phone-numbers?sort=-e164", "/phone-numbers/request?search=x")
    for path in ("/bimpe/keys", "/bimpe/streams", "/calls"):
        user.step(await user.world.control("GET", path))
