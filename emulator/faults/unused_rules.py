"""Fault rules that were never applied: what came instead of what they match."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from emulator.domain.faults import Effect, Fault, Target
from emulator.faults.catalogue import CATALOGUE

MAX_PAST_RULES: Final = 100
"""Rules that expired or were deleted before they were applied."""
MAX_NAMES_SHOWN: Final = 5
NOUNS: Final = {Target.ROUTE: "request", Target.CALL: "call", Target.CALLBACK: "callback"}
CONDITIONS: Final = ("platform", "operation", "event", "number", "workflow_id")


class Came(NamedTuple):
    """A request, call or callback that a rule is compared with."""

    platform: str
    name: str = ""
    """The operation of a request, the event of a callback."""
    names: tuple[str, ...] = ()
    """Further names that rules may use for it."""


class PastRule(NamedTuple):
    """A rule that is gone, and was never applied."""

    fault: Fault
    why: str


def missed(fault: Fault, came: Came) -> Fault:
    """Return a rule that counts something that it is not for."""
    wanted = fault.match.operation or fault.match.event
    is_named = wanted is not None and wanted in (came.name, *came.names)
    is_near = is_named and fault.match.platform in (None, came.platform)
    named = f"{came.platform} {came.name}".rstrip()
    for counts in (fault.missed, fault.near) if is_near else (fault.missed,):
        counts[named] = counts.get(named, 0) + 1
    return fault


def overtaken(fault: Fault, first: Fault) -> Fault:
    """Return a rule that remembers which one was applied instead."""
    fault.overtaken_by = first.id
    return fault


def past_rules(fault: Fault, now: datetime, how: str) -> list[PastRule]:
    """Return a rule that is gone, if it was never applied, with the reason."""
    why = why_unused(fault, now)
    return [] if why is None else [PastRule(fault, f"{why}; then it {how}")]


def why_unused(fault: Fault, now: datetime) -> str | None:
    """Say in a sentence why a rule has not been applied yet; None if it has been."""
    if fault.hits:
        return None
    if fault.starts_at > now:
        return f"it starts at {_time(fault.starts_at)}, and the clock shows {_time(now)}"
    if fault.seen:
        return _limited(fault)
    if fault.overtaken_by is not None:
        return f"rule {fault.overtaken_by}, which was added before it, was applied instead"
    return _unmatched(fault)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _limited(fault: Fault) -> str:
    """Say why something that matched was left alone."""
    matched, match = _times(fault.seen), fault.match
    if fault.effect is Effect.CAPACITY:
        lines = fault.fields["calls"]
        return f"it matched {matched}, and there were never more than {lines} calls at a time"
    if match.nth is not None:
        return f"it matched {matched}, and applies only to match {match.nth}"
    if match.every is not None:
        return f"it matched {matched}, and applies only to every match number {match.every}"
    return f"it matched {matched}, and its probability of {match.probability} chose none"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _unmatched(fault: Fault) -> str:
    """Say that nothing matched, and what came instead: only what differs least."""
    noun, match = NOUNS[CATALOGUE[fault.effect].target], fault.match
    named = [(each, value) for each in CONDITIONS if (value := getattr(match, each)) is not None]
    wanted = ", ".join(f"{name.removesuffix('_id')} {value}" for name, value in named)
    none = f"no {noun} matched {wanted}" if wanted else f"no {noun} came that it can apply to"
    came = fault.near or fault.missed
    if not came:
        return f"{none}; none came at all" if wanted else none
    shown = sorted(came, key=lambda each: (-came[each], each))
    listed = ", ".join(f"{each} ({came[each]})" for each in shown[:MAX_NAMES_SHOWN])
    more = len(shown) - MAX_NAMES_SHOWN
    return f"{none}; {noun}s that came: {listed}{f' and {more} more kinds' if more > 0 else ''}"
