"""What tests ask of Bimpe's console API, whatever they are about."""

from pathlib import Path
from typing import Any, Final

import httpx

from tests.support import Json, World

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "contracts" / "bimpe"
"""The vendor's own examples."""

PERSON: Final = "+2348099010"
"""Somebody who answers a call."""
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


def data(response: httpx.Response, status: int = 200) -> Json:
    """What was answered, out of its envelope."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body["message"] == "Success"
    return body["data"]


def refusal(response: httpx.Response) -> tuple[int, str, Json]:
    """Status, code and message of an error in the current shape."""
    body = response.json()
    assert body.keys() == {"message", "error", "code", "statusCode", "request_id"}, body
    assert body["statusCode"] == response.status_code
    assert response.headers["X-Request-Id"] == body["request_id"]
    return response.status_code, body["code"], body["message"]


def keys(value: Json) -> Json:
    """The keys of JSON in their order, all the way down."""
    if isinstance(value, list):
        return [keys(each) for each in value]
    return {key: keys(each) for key, each in value.items()} if isinstance(value, dict) else None


class Team:
    """A team in a world, talked to with its key."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def get(self, path: str, **query: Any) -> Json:
        """Read one thing, or the whole body of a list."""
        response = await self.world.bimpe("GET", path, params=query or None)
        shown = data(response)
        return response.json() if "meta" in response.json() else shown

    async def post(self, path: str, body: Json, status: int = 201) -> Json:
        """Create something."""
        return data(await self.world.bimpe("POST", path, json=body), status)

    async def patch(self, path: str, body: Json) -> Json:
        """Change something."""
        return data(await self.world.bimpe("PATCH", path, json=body))

    async def refused(self, method: str, path: str, **rest: Any) -> tuple[int, str, Json]:
        """Be refused."""
        return refusal(await self.world.bimpe(method, path, **rest))

    async def workflow(self, **fields: Json) -> Json:
        """A workflow of the team's own."""
        return await self.post("/workflows", WORKFLOW | fields)

    async def agent(self, **fields: Json) -> str:
        """The id of an agent, with a workflow of the team's own unless one is named."""
        if "workflow_id" not in fields:
            fields["workflow_id"] = (await self.workflow())["id"]
        made = await self.post("/agents", {"name": "Bo", "description": "Sells"} | fields)
        return str(made["id"])

    async def write(self, agent_id: str, text: str, **fields: Json) -> Json:
        """Have a user write; the message."""
        body = {
            "message": text,
            "role": "user",
            "channel_type": "webchat",
            "channel_user_id": "u1",
        }
        path = f"/agents/{agent_id}/conversations/messages"
        return await self.post(path, body | fields)

    async def conversation(self, agent_id: str, text: str = "hi", **fields: Json) -> str:
        """The id of a conversation that a user has begun."""
        await self.write(agent_id, text, **fields)
        page = await self.get(f"/agents/{agent_id}/conversations", sort="-created_at", limit=1)
        return str(page["data"][0]["id"])

    async def said(self, agent_id: str, conversation_id: str) -> list[tuple[str, str]]:
        """Who wrote what, oldest first."""
        path = f"/agents/{agent_id}/conversations/{conversation_id}/messages"
        page = await self.get(path, sort="created_at", limit=100)
        return [(each["role"], each["message"]) for each in page["data"]]

    async def number(self, agent_id: str | None = None, **fields: Json) -> Json:
        """A phone number of the team's."""
        body = fields | ({} if agent_id is None else {"agent_id": agent_id})
        response = await self.world.control("POST", "/bimpe/phone-numbers", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    async def options(self, **values: Json) -> None:
        """Have this world's Bimpe follow some of its variants."""
        body = {"options": {"bimpe": values}}
        response = await self.world.control("PATCH", "/settings", json=body)
        assert response.status_code == 200, response.text
