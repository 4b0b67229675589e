"""Faults as plain values: a rule, what it is for, and what the journal says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple


class Effect(StrEnum):
    """What goes wrong."""

    ERROR = "error"
    LATENCY = "latency"
    HANG = "hang"
    RESET = "reset"
    TRUNCATE = "truncate"
    ACCEPT_THEN_ERROR = "accept_then_error"
    ACCEPT_THEN_RESET = "accept_then_reset"
    EARLY = "early"

    OUTAGE = "outage"
    BUSY_LINES = "busy_lines"
    SLOW_ANSWER = "slow_answer"
    CAPACITY = "capacity"

    DUPLICATE = "duplicate"
    DELAY = "delay"
    REORDER = "reorder"
    DROP = "drop"
    LATE_REGRESSION = "late_regression"
    CONFLICTING_FINAL = "conflicting_final"
    UNKNOWN_STATUS = "unknown_status"
    MISSING_FIELD = "missing_field"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    BAD_SIGNATURE = "bad_signature"
    STALE_SIGNATURE = "stale_signature"


CHANGING: Final = frozenset({Effect.ACCEPT_THEN_ERROR, Effect.ACCEPT_THEN_RESET, Effect.EARLY})
"""The effects on requests that have something done; they never meet one that only reads."""

ECHOES: Final = frozenset({Effect.DUPLICATE, Effect.LATE_REGRESSION, Effect.CONFLICTING_FINAL})
"""The effects that send something more once a callback is settled."""


class Target(StrEnum):
    """What a fault happens to."""

    ROUTE = "route"
    CALL = "call"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a rule is for; None matches anything. Of what matches, all of it or some."""

    platform: str | None = None
    operation: str | None = None
    number: str | None = None
    workflow_id: str | None = None
    event: str | None = None
    nth: int | None = None
    """Only this one, counted from 1 by the rule."""
    every: int | None = None
    """One in so many."""
    probability: float | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """A rule of the user's. Only the world's Faults change it."""

    id: str
    effect: Effect
    fields: dict[str, Any]
    """What the effect asks for, complete."""
    match: Match
    times: int | None
    """How often it happens at most."""
    starts_at: datetime
    ends_at: datetime | None
    expires_in_real: float | None
    """Real seconds it lasts from when it was made, or was loaded or forked with its world."""
    seen: int = 0
    """How many requests, calls or callbacks it was for."""
    hits: int = 0
    """To how many of them it happened."""
    waiting: int = 0
    """Batches and single calls that wait for a line."""
    step: int = 0
    """The timeline's number of its end, if something waits for that."""

    @property
    def is_used_up(self) -> bool:
        """It happens no more."""
        return self.times is not None and self.hits >= self.times


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A batch or a single call that waits for a line of a fault's."""

    id: str
    fault_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """What a fault does to one callback; it stays with it when the rule is gone."""

    fault_id: str
    effect: Effect
    fields: dict[str, Any] = field(default_factory=dict[str, Any])


class Faulted(NamedTuple):
    """A fault happened: to a request, a call, or a callback."""

    at: datetime
    platform: str
    fault_id: str
    effect: Effect
    operation: str | None = None
    call_id: str | None = None
    batch_id: str | None = None
    callback_id: str | None = None


EVERYWHERE: Final = "*"
"""Stands in a path for each entry of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusField:
    """Where in the JSON of a callback its status stands, and what else it could say."""

    path: tuple[str, ...]
    earlier: Mapping[str, str] = field(default_factory=dict[str, str])
    """For a last word, one that goes before it."""
    contrary: Mapping[str, str] = field(default_factory=dict[str, str])
    """For a last word, another that it cannot be as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackShape:
    """What a vendor says of its callbacks, so that they can be altered without knowing it."""

    fields: tuple[str, ...] = ()
    """The fields that its bodies have, of all events."""
    statuses: tuple[StatusField, ...] = ()
    signature: str | None = None
    """The header that proves who sends it."""
    timestamp: str | None = None
    """The header that says when that was signed."""
    follows: tuple[str, ...] = ()
    """The operations that callbacks come of."""
    of_batches: bool = False
    """They are about whole batches, not about calls."""
