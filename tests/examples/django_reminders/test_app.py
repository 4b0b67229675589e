"""Reminders of the Django app, from the request to what is recorded."""

import app as clinic
import pytest
from django.test import Client


@pytest.fixture
def client(emulator_world, monkeypatch):
    """Return Django's test client, with app and emulator pointed at each other."""
    clinic.patients.clear()
    monkeypatch.setenv("INTRON_BASE_URL", emulator_world.base_urls["intron"])
    monkeypatch.setenv("INTRON_API_KEY", emulator_world.credentials["intron"]["api_key"])
    url = emulator_world.deliver_to(clinic.application, "http://clinic.test")
    monkeypatch.setenv("CLINIC_URL", url)
    return Client()


def remind(client, phone_number):
    """Send the app a request, as a user of it does."""
    body = {"phone_number": phone_number}
    return client.post("/reminders", body, content_type="application/json")


@pytest.mark.parametrize(
    ("number", "status"), [("+2348055599001", "confirmed"), ("+2348055599011", "call again")]
)
def test_outcome_is_recorded(client, emulator_world, number, status):
    """Who confirms is recorded, and so is who did not answer."""
    assert remind(client, number).status_code == 202
    assert clinic.patients == {number: "reminded"}

    emulator_world.advance()

    assert clinic.patients == {number: status}


def test_duplicate_callback_changes_nothing(client, emulator_world):
    """A callback that comes twice is acknowledged twice, and recorded once."""
    emulator_world.fault("duplicate")
    remind(client, "+2348055599001")

    emulator_world.advance()

    assert [each.status for each in emulator_world.callbacks()] == ["delivered", "delivered"]
    assert clinic.patients == {"+2348055599001": "confirmed"}
