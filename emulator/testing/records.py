"""What the control API says, as values a test can ask for by name."""

import json
from dataclasses import dataclass
from datetime import datetime
from operator import methodcaller
from typing import Any, Final


class EmulatorError(Exception):
    """The emulator refuses what a test asks of it; the message says why, with a hint."""


class NothingArrivedError(AssertionError):
    """What was waited for has not arrived; the message says what did."""


TELLING: Final = methodcaller("errisinstance", (EmulatorError, NothingArrivedError))
"""What pytest looks for as ``__tracebackhide__``: such an error shows the test's own line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of any platform, in the emulator's own words, as it stood when it was read."""

    id: str
    platform: str
    from_number: str
    to_number: str
    status: str
    """``queued``, ``ringing``, ``in_progress``, ``completed``, ``busy``, ``no_answer``..."""
    scenario: str
    keys: str | None
    """What the callee pressed."""
    batch_id: str | None
    fields: dict[str, Any]
    """Everything that ``GET /_emulator/calls`` says of it."""

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Call":
        """Read one."""
        names = ("id", "platform", "status", "scenario", "keys", "batch_id")
        ends = {"from_number": said["from"], "to_number": said["to"]}
        return cls(**{name: said[name] for name in names}, **ends, fields=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A callback that a vendor owed, with every attempt at it."""

    id: str
    platform: str
    event: str
    method: str
    url: str
    status: str
    """``pending``, ``delivered``, ``failed`` or ``refused``."""
    attempts: list[dict[str, Any]]
    """Of each the ``status`` it was answered, or the ``error``, and when it was made."""
    headers: dict[str, str]
    body: str
    """Empty until it has been read by itself."""

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Callback":
        """Read one."""
        names = ("id", "platform", "event", "method", "url", "status", "attempts")
        return cls(
            **{name: said[name] for name in names},
            headers=said.get("headers", {}),
            body=said.get("body") or "",
        )

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def summary(self) -> str:
        """One line about it."""
        came_to = [str(each["status"] or each["error"]) for each in self.attempts]
        attempts = f" ({', '.join(came_to)})" if came_to else ""
        return f"{self.platform} {self.event}: {self.method} {self.url} {self.status}{attempts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request that an inbox took."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    json: Any
    """The body, read; None if it is not JSON."""
    received_at: datetime
    """On the world's clock."""

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Message":
        """Read one."""
        return cls(**said | {"received_at": datetime.fromisoformat(said["received_at"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """What came of letting time pass: counts, and the first 1,000 events and callbacks."""

    now: datetime
    counts: dict[str, int]
    """How many ``steps``, ``events`` and ``callbacks`` (attempts at them) there were."""
    events: list[dict[str, Any]]
    callbacks: list[Callback]

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Advanced":
        """Read one."""
        now = datetime.fromisoformat(said["now"])
        callbacks = [Callback.of(each) for each in said["callbacks"]]
        return cls(now=now, counts=said["counts"], events=said["events"], callbacks=callbacks)
