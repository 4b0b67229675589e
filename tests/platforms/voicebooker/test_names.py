"""People whose names differ in a sign of their script are different people."""

from typing import Any

import pytest

from tests.support import World

BOOKING = {
    "appointment_type_id": "abcAppointmentTypeId",
    "product_id": "abcProductTypeId",
    "agent_id": "abcAgentId",
    "start": "2026-01-05T09:00:00+01:00",
}
DIFFERENT = [
    pytest.param("रमा", "राम", id="devanagari"),
    pytest.param("கமல்", "கமலா", id="tamil"),
    pytest.param("কমল", "কমলা", id="bengali"),
    pytest.param("Adé", "Adè", id="yoruba-tone"),
    pytest.param("Ụchẹ", "Úchẹ", id="igbo"),
    pytest.param("Ɗanjuma", "Danjuma", id="hausa"),
]
SAME = [
    pytest.param("José", "jose", id="latin-accent"),
    pytest.param("Ọlá", "Ola", id="yoruba-without-marks"),
    pytest.param("राम", "राम ", id="space"),
]


async def asked(world: World, action: str, **fields: Any) -> Any:
    """Ask the reference backend."""
    response = await world.http.post(
        "/voicebooker/webhook",
        json={"action": action, **fields},
        headers={"X-Emulator-World": world.name},
    )
    return response.json()


async def outcome_of_cancelling(world: World, booked: str, caller: str) -> str:
    """Book for one first name, have a caller of another cancel, and return how that ended."""
    participant = {"firstname": booked, "lastname": "Sharma"}
    path = "/voicebooker/bookings"
    await world.control("POST", path, json=BOOKING | {"participant": participant})
    body = {
        "platform": "voicebooker",
        "intent": "cancel",
        "persona": {"firstname": caller, "lastname": "Sharma"},
    }
    call = (await world.control("POST", "/calls", json=body)).json()
    await world.advance()
    ended = (await world.control("GET", f"/calls/{call['id']}")).json()
    return str(ended["outcome"])


@pytest.mark.parametrize(("booked", "caller"), DIFFERENT)
async def test_caller_cancels_no_appointment_of_another_name(
    world: World, booked: str, caller: str
) -> None:
    """A caller whose name differs in a vowel sign, a tone or a letter finds no appointment."""
    assert await outcome_of_cancelling(world, booked, caller) == "not_found"


@pytest.mark.parametrize(("booked", "caller"), SAME)
async def test_caller_is_found_however_the_name_is_typed(
    world: World, booked: str, caller: str
) -> None:
    """A name typed without its accents finds the appointment."""
    assert await outcome_of_cancelling(world, booked, caller) == "cancelled"


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
async def test_existing_user_is_found_by_the_exact_name(world: World, one: str, other: str) -> None:
    """FindExistingUser names only the user whose name it is."""
    for first in (one, other):
        fields = {"firstname": first, "lastname": "Kumar"}
        await world.control("POST", "/voicebooker/users", json={"fields": fields})

    for first in (one, other):
        participant = {"firstname": first, "lastname": "Kumar"}
        found = await asked(world, "findExistingUser", participant=participant)
        assert [each["firstname"] for each in found] == [first]
