"""Receives Intron's callbacks: an ASGI app that records who comes and who is called again."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
ANSWERS = {"1": "comes", "2": "cancels"}


class Receiver:
    """Records what is known of each patient, by number; a batch reported twice counts once."""

    def __init__(self) -> None:
        self.patients: dict[str, str] = {}
        self.reports: list[str] = []

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Handle one request."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status = self.record(json.loads(body)) if scope["path"] == "/intron" else 404
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def record(self, report: dict[str, Any]) -> int:
        """Record the report of a batch, and return the status to respond with."""
        if report["request_id"] in self.reports:
            return 200
        self.reports.append(report["request_id"])
        for call in report["request_calls"]:
            pressed = call["call_result_options_selected"]
            reached = call["status"] == "COMPLETED"
            self.patients[call["phone_number"]] = (
                ANSWERS.get(pressed, "undecided") if reached else "call again"
            )
        return 200
