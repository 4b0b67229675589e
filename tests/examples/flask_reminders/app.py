"""A clinic's service on Flask: reminds patients through Intron, and records who confirmed."""

import os

import httpx
from flask import Flask, request

app = Flask(__name__)
patients: dict[str, str] = {}


@app.post("/reminders")
def remind():
    """Have Intron call one patient; a test sets another address and key in the environment."""
    base_url = os.environ.get("INTRON_BASE_URL", "https://voicebot.intron.health")
    headers = {"Authorization": f"Bearer {os.environ['INTRON_API_KEY']}"}
    workflow = {
        "name": "Reminder",
        "workflow_type": "ROBOCALL",
        "message": "Hello. Press 1 to confirm your appointment.",
        "include_reply": True,
        "option_one": "Confirm",
        "option_two": "Cancel",
        "call_back_url": os.environ["CLINIC_URL"] + "/intron",
    }
    number = request.get_json()["phone_number"]
    with httpx.Client(base_url=base_url, headers=headers) as client:
        made = client.post("/voicebot/v1/workflows", json=workflow).raise_for_status()
        workflow_id = made.json()["data"]["id"]
        batch = {"workflow_id": workflow_id, "workflow_params": [{"phone_number": number}]}
        client.post("/voicebot/v1/robocall/call", json=batch).raise_for_status()
    patients[number] = "reminded"
    return {"status": "accepted"}, 202


@app.post("/intron")
def report():
    """Record what came of a batch."""
    for call in request.get_json()["request_calls"]:
        confirmed = call["call_result_options_selected"] == "1"
        patients[call["phone_number"]] = "confirmed" if confirmed else "call again"
    return {"status": "recorded"}
