"""What a fault rule is for: requests, calls and callbacks that fit its match."""

import re
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from emulator.domain.calls import Call
from emulator.domain.faults import WRITE_EFFECTS, CallbackShape, Effect, Fault, FaultMatch
from emulator.ids import SCALE, Ids

_WORD: Final = rb"(?<![0-9A-Za-z_-])%s(?![0-9A-Za-z_-])"


class RouteRequest(NamedTuple):
    """What rules look at of a request to a vendor."""

    platform: str
    operation: str
    target: str
    """Path and query."""
    content: bytes
    reads: bool = False
    """The request changes nothing."""
    names: tuple[str, ...] = ()
    """The other names of its operation."""


def fits_request(fault: Fault, request: RouteRequest, shape: CallbackShape) -> bool:
    """Check whether a rule is for a request; ``shape`` is that of its vendor's callbacks."""
    match, where = fault.match, (request.target.encode(), request.content)
    return (
        match.platform in (None, request.platform)
        and match.operation in (None, request.operation, *request.names)
        and not (request.reads and fault.effect in WRITE_EFFECTS)
        and (fault.effect is not Effect.EARLY or request.operation in shape.follows)
        and (match.number is None or _contains(match.number.lstrip("+"), *where))
        and (match.workflow_id is None or _contains(match.workflow_id, *where))
    )


def fits_call(match: FaultMatch, call: Call) -> bool:
    """Check whether a rule is for a call."""
    if match.platform not in (None, call.platform):
        return False
    if match.workflow_id not in (None, call.workflow_id):
        return False
    if match.number is None:
        return True
    return match.number.lstrip("+") in (call.to_number.lstrip("+"), call.from_number.lstrip("+"))


def fits_callback(
    match: FaultMatch, platform: str, event: str, numbers: tuple[str, ...], workflow_id: str | None
) -> bool:
    """Check whether a rule is for a callback about these numbers and this workflow."""
    return (
        match.platform in (None, platform)
        and match.event in (None, event)
        and match.workflow_id in (None, workflow_id)
        and (match.number is None or match.number.lstrip("+") in numbers)
    )


def _contains(word: str, *texts: bytes) -> bool:
    """Check whether a text has this as a word of its own, as it is or percent-encoded."""
    pattern = re.compile(_WORD % re.escape(word.encode()))
    return any(
        pattern.search(text) or (b"%" in text and pattern.search(unquote_to_bytes(text)))
        for text in texts
    )


def is_due(fault: Fault, ids: Ids) -> bool:
    """Return whether a rule applies to what it has just seen, by count or by a seeded draw."""
    match = fault.match
    if match.nth is not None:
        return fault.seen == match.nth
    if match.every is not None:
        return fault.seen % match.every == 0
    if match.probability is not None:
        drawn = ids.draw("fault", f"{fault.id} {fault.seen}")
        return drawn < match.probability * SCALE
    return True
