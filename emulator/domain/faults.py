"""Faults as plain values: the rule, what it matches, and its entry in the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

NOTHING: Final[Mapping[Any, Any]] = {}


class Effect(StrEnum):
    """What a fault does."""

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


WRITE_EFFECTS: Final = frozenset({Effect.ACCEPT_THEN_ERROR, Effect.ACCEPT_THEN_RESET, Effect.EARLY})
"""Effects that apply only to requests that write."""

FOLLOW_UP_EFFECTS: Final = frozenset(
    {Effect.DUPLICATE, Effect.LATE_REGRESSION, Effect.CONFLICTING_FINAL}
)
"""Effects that send further callbacks once a callback is settled."""


class Target(StrEnum):
    """What a fault applies to."""

    ROUTE = "route"
    CALL = "call"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMatch:
    """What a fault rule matches; None matches anything."""

    platform: str | None = None
    operation: str | None = None
    number: str | None = None
    workflow_id: str | None = None
    event: str | None = None
    nth: int | None = None
    """Apply only to the Nth match, counted from 1."""
    every: int | None = None
    """Apply to every Nth match."""
    probability: float | None = None
    """Apply to this share of the matches, by a seeded draw."""


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """A fault rule. Only the world's Faults change it."""

    id: str
    effect: Effect
    fields: dict[str, Any]
    """The parameters of the effect, with defaults filled in."""
    match: FaultMatch
    times: int | None
    """The most times it applies."""
    starts_at: datetime
    ends_at: datetime | None
    expires_in_real: float | None
    """Real seconds until it expires, from its creation, or from the load or fork of its world."""
    seen: int = 0
    """The number of requests, calls or callbacks that matched."""
    hits: int = 0
    """The number of matches to which it was applied."""
    waiting: int = 0
    """Batches and single calls that wait for a line."""
    step: int = 0
    """The number of the step on the timeline that ends it, if calls wait for that."""
    missed: dict[str, int] = field(default_factory=dict)
    """What came instead before it was first applied, with counts: ``acme create_call``."""
    near: dict[str, int] = field(default_factory=dict)
    """The part of it that differs in its number or workflow alone."""
    overtaken_by: str | None = None
    """The id of an earlier rule that was applied instead."""

    @property
    def is_used_up(self) -> bool:
        """It has been applied as often as it may."""
        return self.times is not None and self.hits >= self.times


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A batch or a single call that waits for a line of a capacity fault."""

    id: str
    fault_id: str
    number: int


class Tampering(NamedTuple):
    """What a fault does to one callback; it stays when the fault rule is deleted."""

    fault_id: str
    effect: Effect
    fields: Mapping[str, Any] = NOTHING


class Faulted(NamedTuple):
    """A fault was applied to a request, a call, or a callback."""

    at: datetime
    platform: str
    fault_id: str
    effect: Effect
    operation: str | None = None
    call_id: str | None = None
    batch_id: str | None = None
    callback_id: str | None = None


EACH_ITEM: Final = "*"
"""In a path, stands for each item of a list."""


class StatusField(NamedTuple):
    """A status in the body of a callback, and the values that a fault replaces it by."""

    path: tuple[str, ...]
    earlier: Mapping[str, str] = NOTHING
    """For each terminal value, a value that comes before it."""
    contrary: Mapping[str, str] = NOTHING
    """For each terminal value, another terminal value that contradicts it."""


class CallbackShape(NamedTuple):
    """A vendor's description of its callbacks, which lets faults alter them."""

    content_type: str = "application/json"
    """How its bodies are written: as JSON, as forms, or as something that faults cannot change."""
    fields: tuple[str, ...] = ()
    """The fields of all its callback bodies."""
    statuses: tuple[StatusField, ...] = ()
    signature: str | None = None
    """The header with the signature."""
    timestamp: str | None = None
    """The header with the time of the signature."""
    follows: tuple[str, ...] = ()
    """The operations that lead to callbacks."""
    of_batches: bool = False
    """The callbacks are about whole batches, not about calls."""
