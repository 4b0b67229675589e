"""Calls, callbacks and messages of the control API, as values with attributes."""

import json
from dataclasses import dataclass, field
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
    fault: str | None = None
    """The kind of the fault that was applied to it."""
    stream: dict[str, Any] | None = None
    """Its latest stream to a bot, once the call is read by its id."""

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "CallRecord":
        """Make one from the control API's JSON."""
        names = ("id", "platform", "status", "scenario", "keys", "batch_id")
        ends = {"from_number": shown["from"], "to_number": shown["to"]}
        fault = (shown.get("fault") or {}).get("kind")
        streams = (shown.get("details") or {}).get("streams") or [None]
        known = {name: shown[name] for name in names}
        return cls(**known, **ends, fields=shown, fault=fault, stream=streams[-1])

    @property
    def quality(self) -> dict[str, Any] | None:
        """The figures of its stream to a bot, in seconds; None if it had none."""
        return None if self.stream is None else self.stream["quality"]


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
    fault: str | None = None
    """The kind of the fault that was applied to it."""

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "CallbackRecord":
        """Make one from the control API's JSON."""
        names = ("id", "platform", "event", "method", "url", "status", "attempts")
        return cls(
            **{name: shown[name] for name in names},
            fault=(shown.get("fault") or {}).get("kind"),
            headers=shown.get("headers", {}),
            body=shown.get("body") or "",
        )

    @property
    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)

    @property
    def is_failing(self) -> bool:
        """It has failed, or its next attempt is due because the last one failed."""
        return self.status == "failed" or (self.status == "pending" and bool(self.attempts))

    @property
    def summary(self) -> str:
        """Return one line about it."""
        results = [str(each["status"] or each["error"]) for each in self.attempts]
        attempts = f" ({', '.join(results)})" if results else ""
        fault = f" [fault {self.fault}]" if self.fault else ""
        about = f"{self.platform} {self.event}: {self.method} {self.url}"
        return f"{about} {self.status}{attempts}{fault}"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationRecord:
    """How a call, a batch or a callback came to its state; ``str()`` of it is the text."""

    kind: str
    """``call``, ``batch`` or ``callback``."""
    id: str
    platform: str
    status: str
    steps: list[dict[str, Any]]
    """Each with ``step``, ``at`` and ``text``."""
    text: str

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "ExplanationRecord":
        """Make one from the control API's JSON."""
        names = ("kind", "id", "platform", "status", "steps", "text")
        return cls(**{name: shown[name] for name in names})

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot of a world, for ``restore``."""

    name: str
    now: datetime
    """On the world's clock, when it was taken."""
    calls: int
    """The number of calls in it."""
    returned: frozenset[str]
    """The callbacks that ``wait_for_callback`` had returned."""


@dataclass(slots=True)
class Knowledge:
    """What a test has read of its world's callbacks."""

    returned: set[str] = field(default_factory=set[str])
    """Those that ``wait_for_callback`` returned."""
    failures: set[str] = field(default_factory=set[str])
    """Those that the test read as failed."""

    def note(self, callback: CallbackRecord) -> CallbackRecord:
        """Remember whether the test has read of a failure."""
        if callback.is_failing:
            self.failures.add(callback.id)
        return callback
