"""``demo``: a whole story in a few seconds."""

import json
from typing import Any, Final

import click

from emulator.clock import ClockMode
from emulator.domain.scenarios import MAGIC_NUMBERS
from emulator.server import running
from emulator.settings import Settings

PREFIX: Final = "+23480555"
STORY: Final = ("99001", "99002", "99000", "99014", "99011", "99012", "99013")
WORKFLOW: Final = {
    "name": "Appointment reminder",
    "description": "Reminds a patient, and takes a confirmation",
    "workflow_type": "ROBOCALL",
    "message": "Hello [name], your appointment is on [date]. Press 1 to confirm, 2 to cancel.",
    "include_reply": True,
    "option_one": "Confirmed",
    "option_two": "Cancelled",
}
CONVERSATION: Final = {
    "name": "Medication check",
    "workflow_type": "CONVERSATION",
    "message": "Good morning {{name}}, have you taken your {{medicine}} today?",
}


def batch_for(workflow_id: str) -> dict[str, Any]:
    """One call for each kind of outcome."""
    return {
        "workflow_id": workflow_id,
        "tts_voice_accent": "yoruba",
        "tts_voice_gender": "female",
        "workflow_params": [
            {
                "phone_number": PREFIX + suffix,
                "user_tag_identifiers": {"patient": f"P-{number}"},
                "workflow_variables": {"name": "Ada", "date": "Monday at 9"},
            }
            for number, suffix in enumerate(STORY, 1)
        ],
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def demo(*, as_json: bool) -> None:
    """Start a server, place a batch of calls, let time pass, show what came of it."""
    import httpx  # noqa: PLC0415  # start-up time of the other commands

    with running(Settings(port=0, clock=ClockMode.FROZEN)) as app:
        worlds = app.worlds
        key = worlds.credentials(worlds.default, "intron")["api_key"]
        with httpx.Client(
            base_url=worlds.settings.base_url,
            headers={"Authorization": f"Bearer {key}"},
            trust_env=False,
        ) as client:
            told = _story(client, worlds.settings.base_url)
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        _print(told)


def _story(client: Any, base_url: str) -> dict[str, Any]:
    def asked(method: str, path: str, body: Any = None) -> Any:
        response = client.request(method, path, json=body)
        response.raise_for_status()
        return response.json()

    workflow = asked(
        "POST",
        "/voicebot/v1/workflows",
        {**WORKFLOW, "call_back_url": f"{base_url}/_emulator/inbox/default/demo"},
    )["data"]
    batch = asked("POST", "/voicebot/v1/call", batch_for(workflow["id"]))["data"]
    passed = asked("POST", "/_emulator/clock/advance", {"until": "idle"})
    calls = asked("GET", f"/_emulator/calls?batch_id={batch['batch_id']}")[::-1]
    return {
        "workflow": workflow,
        "calls": [asked("GET", f"/_emulator/calls/{call['id']}") for call in calls],
        "now": passed["now"],
        "callbacks": asked("GET", "/_emulator/inboxes/demo"),
    }


def _print(told: dict[str, Any]) -> None:
    workflow = told["workflow"]
    click.echo(f"workflow {workflow['id']} {workflow['name']!r}")
    for call in told["calls"]:
        steps = "  ".join(f"{step['at'][11:19]} {step['status']}" for step in call["steps"])
        pressed = f"  pressed {call['keys']}" if call["keys"] else ""
        click.echo(f"  {call['to']}  {MAGIC_NUMBERS[call['to'][-5:]]:<16}{steps}{pressed}")
    click.echo(f"all of it took until {told['now']} on the world's clock")
    for callback in told["callbacks"]:
        body = callback["json"]
        click.echo(f"{callback['method']} {callback['path']} at {callback['received_at']}")
        click.echo(
            f"  status {body['status']}, {len(body['request_calls'])} calls,"
            f" stats {json.dumps(body['stats'])}"
        )


commands = (demo,)
