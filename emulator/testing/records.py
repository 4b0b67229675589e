"""Calls, callbacks and messages of the control API, as values with attributes."""

import json
from dataclasses import dataclass
from datetime import datetime
from operator import methodcaller
from typing import Any, Final


class EmulatorError(Exception):
    """The emulator refuses a request of a test; the message says why, with a hint."""


class NothingArrivedError(AssertionError):
    """No callback arrived in time; the message lists those that did."""


HIDES_TRACEBACK: Final = methodcaller("errisinstance", (EmulatorError, NothingArrivedError))
"""For ``__tracebackhide__`` of pytest: these errors show the line of the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """A call of any platform, as it was when it was read."""

    id: str
    platform: str
    from_number: str
    to_number: str
    status: str
    """``queued``, ``ringing``, ``in_progress``, ``completed``, ``busy``, ``no_answer``..."""
    scenario: str
    keys: str | None
    """The keys that the callee pressed."""
    batch_id: str | None
    fields: dict[str, Any]
    """All fields of ``GET /_emulator/calls``."""

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "CallRecord":
        """Make one from the control API's JSON."""
        names = ("id", "platform", "status", "scenario", "keys", "batch_id")
        ends = {"from_number": shown["from"], "to_number": shown["to"]}
        return cls(**{name: shown[name] for name in names}, **ends, fields=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRecord:
    """A callback of a vendor, with all its attempts."""

    id: str
    platform: str
    event: str
    method: str
    url: str
    status: str
    """``pending``, ``delivered``, ``failed`` or ``refused``."""
    attempts: list[dict[str, Any]]
    """Each with the ``status`` of its response, or the ``error``, and its times."""
    headers: dict[str, str]
    body: str
    """Empty in lists."""

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "CallbackRecord":
        """Make one from the control API's JSON."""
        names = ("id", "platform", "event", "method", "url", "status", "attempts")
        return cls(
            **{name: shown[name] for name in names},
            headers=shown.get("headers", {}),
            body=shown.get("body") or "",
        )

    @property
    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)

    @property
    def summary(self) -> str:
        """Return one line about it."""
        results = [str(each["status"] or each["error"]) for each in self.attempts]
        attempts = f" ({', '.join(results)})" if results else ""
        return f"{self.platform} {self.event}: {self.method} {self.url} {self.status}{attempts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request that an inbox received."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    json: Any
    """The decoded body; None if it is not JSON."""
    received_at: datetime
    """On the world's clock."""

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "Message":
        """Make one from the control API's JSON."""
        return cls(**shown | {"received_at": datetime.fromisoformat(shown["received_at"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """The result of an advance: counts, and the first 1,000 events and callbacks."""

    now: datetime
    counts: dict[str, int]
    """The number of ``steps``, ``events`` and ``callbacks`` (attempts at them)."""
    events: list[dict[str, Any]]
    callbacks: list[CallbackRecord]

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "Advanced":
        """Make one from the control API's JSON."""
        now = datetime.fromisoformat(shown["now"])
        callbacks = [CallbackRecord.of(each) for each in shown["callbacks"]]
        return cls(now=now, counts=shown["counts"], events=shown["events"], callbacks=callbacks)
