"""Reminders of the FastAPI app, from the request to what is recorded."""

import asyncio

import app as clinic
import httpx
import pytest


@pytest.fixture(autouse=True)
def _clinic(emulator_world, monkeypatch):
    """Point the app at the emulator, and the emulator's callbacks at the app."""
    clinic.patients.clear()
    monkeypatch.setenv("INTRON_BASE_URL", emulator_world.base_urls["intron"])
    monkeypatch.setenv("INTRON_API_KEY", emulator_world.credentials["intron"]["api_key"])
    monkeypatch.setenv("CLINIC_URL", emulator_world.deliver_to(clinic.app, "http://clinic.test"))


def remind(phone_number):
    """Send the app a request, as a user of it does."""

    async def send():
        transport = httpx.ASGITransport(app=clinic.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://clinic.test") as client:
            body = {"phone_number": phone_number, "name": "Ada"}
            return await client.post("/reminders", json=body)

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("number", "status"), [("+2348055599001", "confirmed"), ("+2348055599012", "call again")]
)
def test_outcome_is_recorded(emulator_world, number, status):
    """Who confirms is recorded, and so is who was busy."""
    assert remind(number).status_code == 202
    assert clinic.patients == {number: "reminded"}

    emulator_world.advance()

    assert clinic.patients == {number: status}


@pytest.mark.emulator(scenario=["busy", "answered_1"])
def test_second_reminder_settles_it(emulator_world):
    """A patient who was busy is reminded again, and confirms."""
    for _ in range(2):
        remind("+2348055500001")
        emulator_world.advance()

    assert clinic.patients == {"+2348055500001": "confirmed"}
