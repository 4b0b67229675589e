"""The batch that the command ``demo`` shows."""

import json
from typing import Any, Final

from emulator.kit.auth import Credentials
from emulator.kit.demo import DemoClient, Story, ask

API: Final = "/voicebot/v1"
INBOX: Final = "demo"
PREFIX: Final = "+23480555"
CALLEES: Final = ("99001", "99002", "99000", "99014", "99011", "99012", "99013")
"""Magic numbers: one call for each kind of outcome."""
WORKFLOW: Final = {
    "name": "Appointment reminder",
    "description": "Reminds a patient, and takes a confirmation",
    "workflow_type": "ROBOCALL",
    "message": "Hello [name], your appointment is on [date]. Press 1 to confirm, 2 to cancel.",
    "include_reply": True,
    "option_one": "Confirmed",
    "option_two": "Cancelled",
}


async def story(client: DemoClient, credentials: Credentials, base_url: str) -> Story:
    """Place one call for each kind of outcome."""
    workflow, batch_id = await _place_reminders(client, credentials, base_url)
    return Story(
        batch_id=batch_id,
        title=f"workflow {workflow['id']} {workflow['name']!r}",
        inbox=INBOX,
        records={"workflow": workflow},
        summary=_summary,
    )


def _summary(body: Any) -> str:
    count, stats = len(body["request_calls"]), json.dumps(body["stats"])
    return f"status {body['status']}, {count} calls, stats {stats}"


async def _place_reminders(
    client: DemoClient, credentials: Credentials, base_url: str
) -> tuple[dict[str, Any], str]:
    """Return the workflow and the id of the batch."""
    fields = WORKFLOW | {"call_back_url": f"{base_url}/_emulator/inbox/default/{INBOX}"}
    workflow = await _create(client, credentials, fields)
    params = [
        {
            "phone_number": PREFIX + suffix,
            "user_tag_identifiers": {"patient": f"P-{number}"},
            "workflow_variables": {"name": "Ada", "date": "Monday at 9"},
        }
        for number, suffix in enumerate(CALLEES, 1)
    ]
    voice = {"tts_voice_accent": "yoruba", "tts_voice_gender": "female"}
    return workflow, await _place(client, workflow["id"], params, **voice)


async def _create(
    client: DemoClient, credentials: Credentials, fields: dict[str, Any]
) -> dict[str, Any]:
    """Create a workflow."""
    headers = {"Authorization": f"Bearer {credentials['api_key']}"}
    created = await ask(client, "POST", f"{API}/workflows", json=fields, headers=headers)
    workflow: dict[str, Any] = created["data"]
    return workflow


async def _place(
    client: DemoClient, workflow_id: str, params: list[dict[str, Any]], **voice: str
) -> str:
    """Place a batch and return its id."""
    body = {"platform": "intron", "workflow_id": workflow_id, "workflow_params": params}
    placed = await ask(client, "POST", "/_emulator/calls", json=body | voice)
    return str(placed["batch_id"])
