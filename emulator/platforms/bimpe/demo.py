"""Seed data of a demonstration: a chat with the first agent, and a call that is under way."""

from typing import Final

from emulator.kit.auth import Credentials
from emulator.kit.demo import DemoClient, ask

AGENTS: Final = "/api/v1/console/agents"
CALLER: Final = "+2348012399015"
"""A magic number: the caller talks for ten minutes."""
MESSAGE: Final = {
    "message": "Hello, where is my order?",
    "role": "user",
    "channel_type": "whatsapp",
    "channel_user_id": "+2348012345678",
}


async def seed_demo(client: DemoClient, credentials: Credentials, base_url: str) -> None:
    """Write to the first agent, and call it."""
    del base_url
    headers = {"Authorization": f"Bearer {credentials['api_key']}"}
    agent = (await ask(client, "GET", AGENTS, headers=headers))["data"][0]
    path = f"{AGENTS}/{agent['id']}/conversations/messages"
    await ask(client, "POST", path, json=MESSAGE, headers=headers)
    call = {"platform": "bimpe", "agent_id": agent["id"], "number": CALLER}
    await ask(client, "POST", "/_emulator/calls", json=call)
