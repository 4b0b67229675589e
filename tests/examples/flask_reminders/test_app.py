"""Reminders of the Flask app, from the request to what is recorded."""

import app as clinic
import pytest
from asgiref.wsgi import WsgiToAsgi


@pytest.fixture
def client(emulator_world, monkeypatch):
    """Return Flask's test client, with app and emulator pointed at each other."""
    clinic.patients.clear()
    monkeypatch.setenv("INTRON_BASE_URL", emulator_world.base_urls["intron"])
    monkeypatch.setenv("INTRON_API_KEY", emulator_world.credentials["intron"]["api_key"])
    asgi = WsgiToAsgi(clinic.app)  # Flask is a WSGI app; callbacks are delivered to ASGI apps
    monkeypatch.setenv("CLINIC_URL", emulator_world.deliver_to(asgi, "http://clinic.test"))
    return clinic.app.test_client()


def test_confirmation_is_recorded(client, emulator_world):
    """Who presses 1 has confirmed."""
    number = "+2348055599001"
    assert client.post("/reminders", json={"phone_number": number}).status_code == 202

    emulator_world.advance()

    assert clinic.patients == {number: "confirmed"}


def test_callback_is_sent_until_it_is_acknowledged(client, emulator_world, monkeypatch):
    """While the app fails, Intron keeps trying; the patient is recorded in the end."""
    client.post("/reminders", json={"phone_number": "+2348055599001"})
    monkeypatch.setitem(clinic.app.view_functions, "report", lambda: ("out of order", 500))
    emulator_world.advance(60)
    monkeypatch.undo()

    assert emulator_world.wait_for_callback().status == "delivered"
    assert clinic.patients == {"+2348055599001": "confirmed"}
