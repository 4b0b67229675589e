"""A service that receives callbacks and shows what they reported: correct, or with one flaw."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from emulator.domain.callbacks import Callback, CallbackResponse
from tests.limits import LIMIT_SECONDS
from tests.threads import serving

SUBJECTS: Final = ("session_id", "callRequestId", "request_id")
STATUSES: Final = ("session_state", "event", "status")
LASTING: Final = frozenset({"COMPLETED", "FAILED", "session_end", "callSucceeded", "callFailed"})
PASSING: Final = frozenset({"PROCESSING", "session_start", "session_in_progress"})
TOKEN: Final = "s3cret"
MAX_YOUNGER: Final = 8
"""The subjects after one that a service remembers well, if it fades."""


class Service:
    """Responds as a correct service does, except for its flaws."""

    def __init__(self, *flaws: str) -> None:
        self.flaws = frozenset(flaws)
        self.known: dict[str, dict[str, Any]] = {}
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.silence = threading.Event()
        self.lock = threading.Lock()
        self.is_poisoned = False

    def shown(self, path: str) -> tuple[int, bytes]:
        """Return the status and body of a page about a subject."""
        if "hides" in self.flaws:
            return 500, b"{}"
        if "forgets" in self.flaws:
            return 404, b"{}"
        if "static" in self.flaws:
            return 200, b'{"status": "up"}'
        if "deep" in self.flaws:
            return 200, b"[" * 60_000
        found = self.known.get(path.rpartition("/")[2])
        if found and "fades" in self.flaws and len(self.known) - found["place"] > MAX_YOUNGER:
            found = found | {"status": "PROCESSING"}
        return (404, b"{}") if found is None else (200, json.dumps(found).encode())

    def taken(self, headers: dict[str, str], content: bytes) -> int | None:
        """Return the status for a callback; None to send no response."""
        with self.lock:
            self.received.append((headers, content))
            if "deaf" in self.flaws or ("tires" in self.flaws and len(self.received) > 1):
                return None
            return self._taken(headers, content)

    def _taken(self, headers: dict[str, str], content: bytes) -> int:
        sent = {name.lower(): value for name, value in headers.items()}
        body = json.loads(content)
        is_forged = {
            "token": sent.get("token") != TOKEN,
            "lazy-token": "token" not in sent,
        }
        if any(is_forged[flaw] for flaw in is_forged.keys() & self.flaws):
            return 401
        is_fatal = {
            "sick": True,
            "picky": sent["content-type"] != "application/json",
            "needs-stats": "stats" not in body,
        }
        was_poisoned, self.is_poisoned = self.is_poisoned, is_fatal["picky"]
        if "poisoned" in self.flaws and was_poisoned:
            return 500
        if any(is_fatal[flaw] for flaw in is_fatal.keys() & self.flaws):
            return 500
        subject = next((body[name] for name in SUBJECTS if name in body), None)
        status = next((body[name] for name in STATUSES if name in body), None)
        if subject is None or status is None:
            return 400
        return self._kept(subject, status)

    def _kept(self, subject: str, status: str) -> int:
        is_unknown = status not in LASTING | PASSING
        if is_unknown and "strict" in self.flaws:
            return 500
        if is_unknown and "gullible" not in self.flaws:
            return self.acknowledgement
        new = {"id": subject, "status": None, "done": 0, "place": len(self.known)}
        known = self.known.setdefault(subject, new)
        is_over = known["status"] in LASTING
        if is_over and status == known["status"]:
            return self._again(known)
        if is_over and not self._gives_way(status):
            return self.acknowledgement
        known["status"] = status
        known["done"] += status in LASTING and not is_over
        return self.acknowledgement

    def _gives_way(self, status: str) -> bool:
        """Whether a status may replace the last one."""
        flaw = {True: "fickle", False: "gullible"}[status in LASTING]
        return ("goes-back" if status in PASSING else flaw) in self.flaws

    def _again(self, known: dict[str, Any]) -> int:
        known["done"] += "again" in self.flaws
        if "conflicts" in self.flaws:
            return 409
        return 500 if "unique" in self.flaws else self.acknowledgement

    @property
    def acknowledgement(self) -> int:
        """Return the status for a callback that it accepts."""
        return 202 if "accepts" in self.flaws else 200


class Within:
    """A transport to a service in this process."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Return the service's response."""
        if callback.method == "GET":
            status, body = self.service.shown(callback.url)
            return CallbackResponse(status=status, body=body)
        said = self.service.taken(headers, callback.content or b"")
        return (
            CallbackResponse(error="timeout")
            if said is None
            else CallbackResponse(status=said, body=b"{}")
        )

    async def close(self) -> None:
        """Do nothing: there are no connections."""


@contextmanager
def served(service: Service) -> Iterator[str]:
    """Serve it on a free port; return its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.say(*service.shown(self.path))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            status = service.taken(dict(self.headers.items()), content)
            if status is None:
                service.silence.wait(LIMIT_SECONDS)
            self.say(status or 500, b"{}")

        def say(self, status: int, body: bytes) -> None:
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serving(Handler, service.silence) as url:
        yield url
