"""Receivers of StatusCallbacks that read what deployed ones read, and nothing else.

https://github.com/frappe/crm (crm/integrations/exotel/handler.py)
https://github.com/dograh-hq/dograh (api/services/telephony/providers/exotel)
"""

import json
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlsplit

from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.forms.bodies import read_fields
from tests.support import Json

KEY: Final = "s3cret"
CRM_STATUSES: Final = {
    "completed": "Completed",
    "in-progress": "In Progress",
    "busy": "Ringing",
    "no-answer": "No Answer",
    "failed": "Failed",
}


def flat_fields(content: bytes, content_type: str) -> Json:
    """Return a body by the names of its fields, as web frameworks do for forms."""
    if content_type.startswith("application/json"):
        return json.loads(content)
    return {each.name: each.value for each in read_fields(content, content_type)}


class Receiver:
    """Takes callbacks in place of a network; what it knows of each call is by its Sid."""

    def __init__(self) -> None:
        self.known: dict[str, Json] = {}

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Take a callback, or (for GET) show what is known of a call."""
        if callback.method == "GET":
            found = self.known.get(callback.url.rpartition("/")[2])
            status = HTTPStatus.NOT_FOUND if found is None else HTTPStatus.OK
            return CallbackResponse(status=status, body=json.dumps(found).encode())
        kind = next(text for name, text in headers.items() if name.lower() == "content-type")
        return CallbackResponse(status=self.take(callback.url, callback.content or b"", kind))

    async def close(self) -> None:
        """Do nothing."""

    def take(self, url: str, content: bytes, content_type: str) -> int:
        """Act on a callback and return a status."""
        raise NotImplementedError


class CrmReceiver(Receiver):
    """A call log: authenticated by the query, one entry per call, overwritten by each callback."""

    def take(self, url: str, content: bytes, content_type: str) -> int:
        if parse_qs(urlsplit(url).query).get("key") != [KEY]:
            return HTTPStatus.FORBIDDEN
        try:
            sent = flat_fields(content, content_type)
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        if not sent.get("CallSid"):
            return HTTPStatus.BAD_REQUEST
        log = self.known.setdefault(sent["CallSid"], {"status": "Ringing", "steps": []})
        status = None
        if sent.get("Direction") in {"outbound-api", "outbound-dial"}:
            status = CRM_STATUSES.get(sent.get("Status", ""))
        log |= {
            "status": status,
            "to": sent.get("DialWhomNumber") or sent.get("To"),
            "duration": sent.get("DialCallDuration") or sent.get("ConversationDuration") or 0,
            "recording_url": sent.get("RecordingUrl"),
            "start_time": sent.get("StartTime"),
            "end_time": sent.get("EndTime"),
        }
        log["steps"].append(pop_up(sent))
        return HTTPStatus.OK


def pop_up(sent: Json) -> str:
    """Return what the pop-up of the CRM's screens shows: it reads the flat names of a form."""
    second = sent.get("Legs[1][Status]")
    if sent.get("EventType") == "answered":
        both = sent.get("Legs[0][Status]") == second == "in-progress"
        return "talking" if both else "waiting" if second == "" else "?"
    return f"ended: {second or sent.get('Status')}"


class BoundReceiver(Receiver):
    """Takes callbacks only of calls whose Sid was stored; refuses others with 403."""

    def __init__(self, *sids: str) -> None:
        super().__init__()
        self.bound = set(sids)

    def take(self, url: str, content: bytes, content_type: str) -> int:
        if parse_qs(urlsplit(url).query).get("exotel_auth") != [KEY]:
            return HTTPStatus.UNAUTHORIZED
        sent = flat_fields(content, content_type)
        sid = sent.get("CallSid") or sent.get("Sid") or ""
        if sid not in self.bound:
            return HTTPStatus.FORBIDDEN
        self.known[sid] = {
            "status": sent.get("Status") or sent.get("CallStatus") or "",
            "from": sent.get("From") or sent.get("CallFrom"),
            "to": sent.get("To") or sent.get("CallTo"),
            "direction": sent.get("Direction"),
            "duration": sent.get("Duration") or sent.get("ConversationDuration"),
        }
        return HTTPStatus.OK
