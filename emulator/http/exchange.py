"""A request and its response on their way into the history."""

import logging
import re
from dataclasses import dataclass
from sys import intern
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from emulator.callbacks.asgi_transport import CALLBACK_ID
from emulator.domain.faults import Fault
from emulator.history.exchanges import KEPT_OF_ANSWER, Arrival, Exchange
from emulator.kit.errors import ApiError
from emulator.kit.hints import HINTS, hints_of
from emulator.kit.http import STARTED
from emulator.world.control_tokens import PATTERN
from emulator.world.world import World

REDACTED: Final = "[redacted]"
BYTES_PATTERN: Final = re.compile(PATTERN.pattern.encode())
READS: Final = frozenset({"GET", "HEAD"})
"""The methods that change nothing."""
_log: Final = logging.getLogger("emulator")


@dataclass(slots=True, eq=False)
class PendingExchange:
    """What is known so far of a request to a vendor and of its response."""

    world: World
    operation: str | None = None
    route: str = ""
    """The path of its operation, which is also the target of a request without parameters."""
    label: str | None = None
    """What tells its operation from the others of the vendor."""
    code: str | None = None
    """Our word for the error that is the response."""
    content: bytes = b""
    problem: str | None = None
    """The traceback of an internal error."""
    arrival: Arrival | None = None
    """When the operation began; None before that."""
    fault: Fault | None = None
    is_broken: bool = False
    """The connection is closed instead of a response."""
    nearest: str | None = None
    path: str = ""
    """The path under the vendor's host, still percent-encoded."""

    def about(self, error: ApiError) -> ApiError:
        """Note on an error which request it answers, for the vendor that writes it."""
        error.operation = error.operation or self.label or ""
        error.path = self.path
        return error

    def record(self, platform: str, scope: Scope, response: Response) -> Exchange:
        """Count the response, and write the exchange to the history of its world."""
        world, fault = self.world, self.fault
        if not self.is_broken:
            key = (platform, self.label, response.status_code, self.code)
            world.coverage.responses[key] += 1
        body: bytes = getattr(response, "body", b"")
        target, headers = target_of(scope), tuple(scope["headers"])
        answer = bytes(body[:KEPT_OF_ANSWER])
        if (token := world.server.token) is not None:
            target, headers = kept_target(scope, token), kept_headers(scope, token)
            answer = _redacted(answer, token)
        if _log.isEnabledFor(logging.INFO):
            status = "broken off" if self.is_broken else response.status_code
            _log.info("%s: %s %s: %s", world.name, scope["method"], target, status)
        shared, header_bytes = world.history.header_sets.shared(headers)
        entry = Exchange(
            world.clock.now(),
            "exchange",
            platform,
            self.operation,
            intern(scope["method"]),
            self.route if target == self.route else target,
            shared,
            self.content,
            None if self.is_broken else response.status_code,
            answer,
        )
        entry.problem, entry.more = self.problem, len(body) - len(answer)
        entry.nearest, entry.callback_id = self.nearest, scope.get(CALLBACK_ID)
        if fault is not None:
            entry.fault, entry.fault_kind = fault.id, fault.effect
        if HINTS in scope:
            entry.hints = hints_of(scope)
        arrival = scope.get(STARTED) or self.arrival or world.arrival()
        world.history.exchange(entry, arrival, header_bytes)
        return entry


def replace_answer(entry: Exchange, response: Response) -> None:
    """Have the history show another response: the changes of the first could not be kept."""
    entry.status, entry.answer = response.status_code, bytes(response.body[:KEPT_OF_ANSWER])
    entry.more = len(response.body) - len(entry.answer)


def target_of(scope: Scope) -> str:
    """Return path and query as they arrived."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    path = path.partition(b"?")[0]
    return (path + b"?" + query if query else path).decode("latin-1")


def kept_target(scope: Scope, token: str | None) -> str:
    """Return path and query as the history keeps them: without a token of the control API."""
    target = target_of(scope)
    return target if token is None else PATTERN.sub(REDACTED, target.replace(token, REDACTED))


def kept_headers(scope: Scope, token: str | None) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers as the history keeps them: without a token of the control API."""
    headers = tuple(scope["headers"])
    if token is None:
        return headers
    return tuple((name, _redacted(value, token)) for name, value in headers)


def kept_answer(response: Response, token: str | None) -> bytes:
    """Return the beginning of a response as the history keeps it: without such a token."""
    answer = bytes(response.body[:KEPT_OF_ANSWER])
    return answer if token is None else _redacted(answer, token)


def _redacted(value: bytes, token: str) -> bytes:
    return BYTES_PATTERN.sub(REDACTED.encode(), value.replace(token.encode(), REDACTED.encode()))
