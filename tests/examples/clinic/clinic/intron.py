"""A client of Intron's voicebot: the two requests that the clinic makes."""

from typing import Any

import httpx

ADDRESS = "https://voicebot.intron.health"


class Intron:
    """Places reminders; a test gives the ``transport`` that leads to the emulator."""

    def __init__(
        self, key: str, base_url: str = ADDRESS, transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=base_url, headers=headers, transport=transport)

    def create_workflow(self, call_back_url: str) -> str:
        """Create the workflow of the reminders, and return its id."""
        body = {
            "name": "Reminder",
            "workflow_type": "ROBOCALL",
            "message": "Hello [name], see you at [time]. Press 1 to confirm, 2 to cancel.",
            "include_reply": True,
            "option_one": "Confirm",
            "option_two": "Cancel",
            "call_back_url": call_back_url,
        }
        return str(self._send("POST", "/voicebot/v1/workflows", body)["id"])

    def remind(self, workflow_id: str, appointments: dict[str, tuple[str, str]]) -> str:
        """Call each number about its name and time, and return the batch's id."""
        params = [
            {"phone_number": number, "workflow_variables": {"name": name, "time": time}}
            for number, (name, time) in appointments.items()
        ]
        body = {"workflow_id": workflow_id, "workflow_params": params}
        return str(self._send("POST", "/voicebot/v1/robocall/call", body)["batch_id"])

    def _send(self, method: str, path: str, body: Any) -> Any:
        response = self._http.request(method, path, json=body)
        response.raise_for_status()
        return response.json()["data"]

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
