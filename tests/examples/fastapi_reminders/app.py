"""A clinic's service on FastAPI: reminds patients through Intron, and records who confirmed."""

import os
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
patients: dict[str, str] = {}


class Reminder(BaseModel):
    """Whom to remind, and of what."""

    phone_number: str
    name: str


def intron() -> httpx.Client:
    """Return a client of Intron; a test sets another address and key in the environment."""
    return httpx.Client(
        base_url=os.environ.get("INTRON_BASE_URL", "https://voicebot.intron.health"),
        headers={"Authorization": f"Bearer {os.environ['INTRON_API_KEY']}"},
    )


@app.post("/reminders", status_code=202)
def remind(reminder: Reminder) -> dict[str, str]:
    """Have Intron call one patient."""
    workflow = {
        "name": "Reminder",
        "workflow_type": "ROBOCALL",
        "message": "Hello [name]. Press 1 to confirm your appointment.",
        "include_reply": True,
        "option_one": "Confirm",
        "option_two": "Cancel",
        "call_back_url": os.environ["CLINIC_URL"] + "/intron",
    }
    variables = {"name": reminder.name}
    entry = {"phone_number": reminder.phone_number, "workflow_variables": variables}
    with intron() as client:
        made = client.post("/voicebot/v1/workflows", json=workflow).raise_for_status()
        batch = {"workflow_id": made.json()["data"]["id"], "workflow_params": [entry]}
        client.post("/voicebot/v1/robocall/call", json=batch).raise_for_status()
    patients[reminder.phone_number] = "reminded"
    return {"status": "accepted"}


@app.post("/intron")
def report(body: dict[str, Any]) -> dict[str, str]:
    """Record what came of a batch."""
    for call in body["request_calls"]:
        confirmed = call["call_result_options_selected"] == "1"
        patients[call["phone_number"]] = "confirmed" if confirmed else "call again"
    return {"status": "recorded"}
