"""What tests say about VoiceBooker: calls to its bot, its backend, its book."""

from typing import Any

import httpx

from tests.support import Json, World

ENTITY = "xyzBusinessEntityId"
MASSAGE = {"appointmentTypeId": "abcAppointmentTypeId", "productId": "abcProductTypeId"}
BERLIN = "Europe/Berlin"
ADA = {"firstname": "Ada", "lastname": "Byron", "dateOfBirth": "1995-12-10", "phone": "+4935155500"}


async def ask(world: World, action: str, **fields: Any) -> httpx.Response:
    """Ask the world's reference backend for an action."""
    return await world.http.post(
        "/voicebooker/webhook",
        json={"action": action, **fields},
        headers={"X-Emulator-World": world.name},
    )


async def asked(world: World, action: str, **fields: Any) -> Json:
    """Ask for an action that has to work."""
    response = await ask(world, action, **fields)
    assert response.status_code == 200, response.text
    return response.json()


async def slots(world: World, day: str, agent: str | None = None, **fields: Any) -> Json:
    """The free slots of a day for a massage."""
    wanted = MASSAGE | {"agentId": agent, "dateTime": day, "timezone": BERLIN} | fields
    return await asked(world, "getSlots", **wanted)


def booking_of(slot: Json, participant: Json | None = None) -> Json:
    """The request that books a slot for a massage."""
    who = ADA if participant is None else participant
    return {
        "action": "bookAppointment",
        **MASSAGE,
        "slotId": slot["id"],
        "start": slot["start"],
        "booker": who,
        "participant": who,
    }


async def call(world: World, **fields: Any) -> Json:
    """Have somebody call the bot."""
    body = {"platform": "voicebooker", **fields}
    response = await world.control("POST", "/calls", json=body)
    assert response.status_code == 201, response.text
    return response.json()


async def shown(world: World, made: Json) -> Json:
    """A call as it stands."""
    return (await world.control("GET", f"/calls/{made['id']}")).json()


async def heard(world: World, **fields: Any) -> Json:
    """Have somebody call the bot, and wait for the end of it."""
    made = await call(world, **fields)
    await world.advance()
    return await shown(world, made)


def actions(told: Json) -> list[str]:
    """What the bot asked the webhook, in order."""
    return [each["action"] for each in told["details"]["webhooks"]]


async def requests(world: World, told: Json) -> list[Json]:
    """The bodies of a call's webhooks, in order."""
    found = [
        (await world.control("GET", f"/callbacks/{each['callback_id']}")).json()
        for each in told["details"]["webhooks"]
    ]
    return [httpx.Response(200, content=each["body"]).json() for each in found]


def said(told: Json) -> list[str]:
    """The transcript, a line a turn."""
    return [f"{turn['speaker']}: {turn['text']}" for turn in told["details"]["transcript"]]


async def options(world: World, **values: Any) -> None:
    """Have this world's VoiceBooker follow one of its variants."""
    body = {"options": {"voicebooker": values}}
    response = await world.control("PATCH", "/settings", json=body)
    assert response.status_code == 200, response.text
