"""What ``serve --demo`` begins with: a little of every platform, under way."""

import asyncio
from typing import TYPE_CHECKING, Any, Final

from emulator.app import Emulator
from emulator.cli.demo import CONVERSATION, WORKFLOW, batch_for

if TYPE_CHECKING:
    import httpx

BOT: Final = "A clinic's assistant that reminds patients of appointments and moves them"
PATIENT: Final = "+4917099000123"
UNREACHED: Final = "+2348055599012"
TRIES: Final = 3
"""Attempts that Intron makes at a callback."""


def begin(app: Emulator) -> None:
    """Give the default world something to look at; what it places goes on by itself.

    A world that has calls already, from a file, is left as it is.
    """
    if not len(app.worlds.default.engine.calls):
        asyncio.get_running_loop().create_task(_place(app))


async def _place(app: Emulator) -> None:
    import httpx  # noqa: PLC0415  # start-up time without --demo

    worlds = app.worlds
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=worlds.settings.base_url
    ) as client:
        own = {name: worlds.credentials(worlds.default, name) for name in app.platforms}
        await furnish(client, own, worlds.settings.base_url)


async def furnish(
    client: "httpx.AsyncClient", credentials: dict[str, dict[str, str]], base_url: str
) -> None:
    """Ask of each platform what its users ask first.

    One batch has ended before, and the endpoint it was reported to was broken.
    """
    await _exotel(client, credentials["exotel"])
    await _failed(client, credentials["intron"]["api_key"], base_url)
    await _called(client)
    await _intron(client, credentials["intron"]["api_key"], base_url)
    await _bimpe(client, credentials["bimpe"]["api_key"])
    call = {
        "platform": "voicebooker",
        "intent": "book",
        "sip_id": credentials["voicebooker"]["sip_id"],
        "from": PATIENT,
    }
    await _asked(client, "POST", "/_emulator/calls", json=call)


async def _intron(client: "httpx.AsyncClient", key: str, base_url: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    path = "/voicebot/v1"
    await _asked(client, "POST", f"{path}/workflows", json=CONVERSATION, headers=headers)
    fields = WORKFLOW | {"call_back_url": f"{base_url}/_emulator/inbox/default/demo"}
    made = await _asked(client, "POST", f"{path}/workflows", json=fields, headers=headers)
    body = batch_for(made["data"]["id"])
    await _asked(client, "POST", f"{path}/call", json=body, headers=headers)


async def _failed(client: "httpx.AsyncClient", key: str, base_url: str) -> None:
    """Have a callback fail, for good: its endpoint works again when it is sent once more."""
    headers = {"Authorization": f"Bearer {key}"}
    broken = [{"status": 500, "json": {"error": "no connection to the database"}}] * TRIES
    await _asked(client, "PUT", "/_emulator/inboxes/broken", json={"answers": broken})
    fields = WORKFLOW | {
        "name": "Laboratory results",
        "message": "Hello [name], your results of [date] are there. Press 1 to be called back.",
        "call_back_url": f"{base_url}/_emulator/inbox/default/broken",
    }
    made = await _asked(client, "POST", "/voicebot/v1/workflows", json=fields, headers=headers)
    called = [{"phone_number": UNREACHED, "workflow_variables": {"name": "Obi", "date": "Friday"}}]
    body = {"workflow_id": made["data"]["id"], "workflow_params": called}
    await _asked(client, "POST", "/voicebot/v1/call", json=body, headers=headers)
    await _asked(client, "POST", "/_emulator/clock/advance", json={"until": "idle"})


async def _exotel(client: "httpx.AsyncClient", own: dict[str, str]) -> None:
    await _asked(
        client,
        "POST",
        f"/voicebot/api/v2/accounts/{own['account_id']}/bot-generation",
        files={"text_content": (None, BOT)},
        auth=(own["api_key"], own["api_token"]),
    )


async def _called(client: "httpx.AsyncClient") -> None:
    """Have somebody call each bot that is there."""
    for bot in await _asked(client, "GET", "/_emulator/bots"):
        call = {"platform": bot["platform"]}
        if bot["platform"] == "exotel":
            call |= {"bot_id": bot["id"], "from": "+919876599014", "to": "+911234567890"}
        elif bot["platform"] == "bimpe":
            call |= {"agent_id": bot["id"], "from": "+2348012345678"}
        else:
            continue
        await _asked(client, "POST", "/_emulator/calls", json=call)


async def _bimpe(client: "httpx.AsyncClient", key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    agents = "/api/v1/console/agents"
    agent = (await _asked(client, "GET", agents, headers=headers))["data"][0]
    message = {
        "message": "Hello, where is my order?",
        "role": "user",
        "channel_type": "whatsapp",
        "channel_user_id": "+2348012345678",
    }
    path = f"{agents}/{agent['id']}/conversations/messages"
    await _asked(client, "POST", path, json=message, headers=headers)


async def _asked(client: "httpx.AsyncClient", method: str, path: str, **rest: Any) -> Any:
    response = await client.request(method, path, **rest)
    response.raise_for_status()
    return response.json()
