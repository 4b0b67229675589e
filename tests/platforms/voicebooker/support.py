"""What the tests of VoiceBooker share: calls to its bot, its backend, its book."""

from typing import Any

import httpx

from tests.support import Json, Step, World

ENTITY = "xyzBusinessEntityId"
MASSAGE = {"appointmentTypeId": "abcAppointmentTypeId", "productId": "abcProductTypeId"}
BERLIN = "Europe/Berlin"
ADA = {"firstname": "Ada", "lastname": "Byron", "dateOfBirth": "1995-12-10", "phone": "+4935155500"}


async def ask(world: World, action: str, **fields: Any) -> httpx.Response:
    """Send an action to the world's reference backend."""
    return await world.http.post(
        "/voicebooker/webhook",
        json={"action": action, **fields},
        headers={"X-Emulator-World": world.name},
    )


async def asked(world: World, action: str, **fields: Any) -> Json:
    """Send an action that must succeed."""
    response = await ask(world, action, **fields)
    assert response.status_code == 200, response.text
    return response.json()


async def slots(world: World, day: str, agent: str | None = None, **fields: Any) -> Json:
    """Return the free slots of a day for a massage."""
    wanted = MASSAGE | {"agentId": agent, "dateTime": day, "timezone": BERLIN} | fields
    return await asked(world, "getSlots", **wanted)


def booking_of(slot: Json, participant: Json | None = None) -> Json:
    """Return the fields that book a slot for a massage."""
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
    """Place a call to the bot."""
    body = {"platform": "voicebooker", **fields}
    response = await world.control("POST", "/calls", json=body)
    assert response.status_code == 201, response.text
    return response.json()


async def shown(world: World, made: Json) -> Json:
    """Return a call."""
    return (await world.control("GET", f"/calls/{made['id']}")).json()


async def finished(world: World, **fields: Any) -> Json:
    """Place a call to the bot, wait for its end and return it."""
    made = await call(world, **fields)
    await world.advance()
    return await shown(world, made)


def actions(placed: Json) -> list[str]:
    """Return what the bot asked the webhook, in order."""
    return [each["action"] for each in placed["details"]["webhooks"]]


async def requests(world: World, placed: Json) -> list[Json]:
    """Return the bodies of a call's webhooks, in order."""
    found = [
        (await world.control("GET", f"/callbacks/{each['callback_id']}")).json()
        for each in placed["details"]["webhooks"]
    ]
    return [httpx.Response(200, content=each["body"]).json() for each in found]


def said(placed: Json) -> list[str]:
    """Return the transcript, one line for each turn."""
    return [f"{turn['speaker']}: {turn['text']}" for turn in placed["details"]["transcript"]]


async def options(world: World, **values: Any) -> None:
    """Change an option of this world."""
    body = {"options": {"voicebooker": values}}
    response = await world.control("PATCH", "/settings", json=body)
    assert response.status_code == 200, response.text


SALON: dict[str, Any] = {
    "name": "Salon",
    "timezone": "Europe/Lisbon",
    "sip_ids": ["salon"],
    "hours": {"mon": [["09:00", "12:00"], ["13:00", "24:00"]]},
    "closed": ["2026-01-12"],
    "grid": 60,
    "agents": [{"id": "mia", "name": "Mia"}],
    "products": [{"id": "cut", "name": "Cut", "duration": 60, "participant_info": ["firstname"]}],
    "appointment_types": [{"id": "hair", "name": "Hair", "agents": ["mia"], "products": ["cut"]}],
}
"""A business of one's own."""

CALLS = (
    {"intent": "book", "persona": ADA, "booker": {"firstname": "Anne", "lastname": "Noel"}},
    {"intent": "modify", "wishes": {"day": "monday", "time": "09:00"}},
    {"intent": "cancel", "persona": {"firstname": "Thomas", "lastname": "Müller"}},
    {"intent": "book", "sip_id": "salon", "types_with_products": True},
    {"intent": "book", "scenario": "hung_up"},
    {"intent": "book", "scenario": {"behavior": "hung_up", "talk_seconds": 20}},
    {"intent": "cancel", "sip_id": "nobody"},
    {"intent": "book", "scenario": "busy"},
)


async def use(world: World, step: Step) -> None:
    """Do everything that makes VoiceBooker remember something, and read all of it."""
    path = "/voicebooker/businesses/salon"
    step(await world.control("PUT", path, json=SALON))
    step(await world.control("PUT", path, json=SALON | {"timezone": "Asia/Tokyo"}))
    made = step(await world.control("POST", "/voicebooker/users", json={"fields": ADA})).json()
    more = {"fields": {"email": "ada@example.com", "phone": None, "Größe": [1, 2.5, None]}}
    step(await world.control("PATCH", f"/voicebooker/users/{made['id']}", json=more))
    first, second, third, *_ = await slots(world, "2026-01-05")
    booked = step(await ask(world, **booking_of(first)))
    step(await ask(world, **booking_of(first)))
    moved = {"slotIdOld": first["id"], "slotIdNew": second["id"], "start": second["start"]}
    step(await ask(world, "modifyAppointment", bookingId=booked.json()["id"], **moved))
    gone = step(await ask(world, **booking_of(third, {"firstname": "Jo", "lastname": "Roth"})))
    held = {"bookingId": gone.json()["id"], "slotId": third["id"], "start": third["start"]}
    for _ in range(2):
        step(await ask(world, "cancelAppointment", **held))
    token = {"Token": world.made["credentials"]["voicebooker"]["token"]}
    asked_for = {"dest": "+49 351 5550199", "botId": "b", "sipAccountId": "s", "state": {"a": [1]}}
    step(await world.http.post("/app/api/v1/makeCall", json=asked_for, headers=token))
    for fields in CALLS:
        step(await world.control("POST", "/calls", json={"platform": "voicebooker", **fields}))
        step(await world.pass_time(9))
    for _ in range(12):
        step(await world.pass_time(10))
    await look(world, step)
    step(await world.pass_time())
    step(await world.control("PUT", "/voicebooker/businesses/other", json=OTHER))
    step(await world.control("DELETE", "/voicebooker/businesses/other"))
    await look(world, step)


OTHER = SALON | {
    "sip_ids": [],
    "products": [SALON["products"][0] | {"id": "other-cut"}],
    "appointment_types": [
        SALON["appointment_types"][0] | {"id": "other-hair", "products": ["other-cut"]}
    ],
}


async def look(world: World, step: Step) -> None:
    """Read everything that can be read."""
    step(await world.control("GET", "/voicebooker/businesses"))
    users = step(await world.control("GET", "/voicebooker/users")).json()
    for user in users:
        step(await world.control("GET", f"/voicebooker/users/{user['id']}"))
        step(await ask(world, "findExistingBooking", id=user["id"]))
    for business in (ENTITY, "salon"):
        path = f"/voicebooker/book?business_id={business}&day=2026-01-01&days=31"
        step(await world.control("GET", path))
    step(await ask(world, "findExistingUser", participant={"lastname": "Müller"}))
    for each in (await world.control("GET", "/calls")).json():
        step(await world.control("GET", f"/calls/{each['id']}"))
