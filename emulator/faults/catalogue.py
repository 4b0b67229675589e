"""Every fault there is: what it happens to, what it does, and what a good client makes of it."""

from dataclasses import dataclass
from typing import Final

from emulator.domain.faults import Effect, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of fault, in words."""

    effect: Effect
    target: Target
    does: str
    wants: str
    """What whoever it happens to should do."""


def _kinds(target: Target, *rows: tuple[Effect, str, str]) -> dict[Effect, Kind]:
    return {
        effect: Kind(effect=effect, target=target, does=does, wants=wants)
        for effect, does, wants in rows
    }


CATALOGUE: Final[dict[Effect, Kind]] = {
    **_kinds(
        Target.ROUTE,
        (
            Effect.ERROR,
            (
                "A request is refused in the vendor's shape, or with a body of your own; "
                "nothing is done."
            ),
            "Try again later if it is 5xx or 429, not before Retry-After; else report it.",
        ),
        (
            Effect.LATENCY,
            (
                "A request waits so many real seconds before it is handled; whoever leaves "
                "meanwhile has asked for nothing."
            ),
            "Have a time-out, and not hold up others meanwhile.",
        ),
        (
            Effect.HANG,
            (
                "A request is never handled nor answered; after so many real seconds the "
                "connection is dropped."
            ),
            "Have a time-out of your own.",
        ),
        (
            Effect.RESET,
            "The connection is reset before anything is done or answered.",
            "Try again what is safe to ask for twice.",
        ),
        (
            Effect.TRUNCATE,
            "A request is handled, and its answer ends in the middle of the body.",
            "Notice that the body is not whole, and find out what was done.",
        ),
        (
            Effect.ACCEPT_THEN_ERROR,
            "A request is handled and what it asks for is done, but it is answered 504.",
            "Look whether it was done before asking again: else people are called twice.",
        ),
        (
            Effect.ACCEPT_THEN_RESET,
            "A request is handled and what it asks for is done, then the connection is reset.",
            "Look whether it was done before asking again: else people are called twice.",
        ),
        (
            Effect.EARLY,
            (
                "What a request has asked for is reported by a callback before the request is "
                "answered; on a clock that does not run by itself, the time that takes passes."
            ),
            "Take a callback about something it has no id of yet.",
        ),
    ),
    **_kinds(
        Target.CALL,
        (
            Effect.OUTAGE,
            "Calls that are dialled fail after two seconds.",
            "Report them as failed, and call again when the carrier is back.",
        ),
        (
            Effect.BUSY_LINES,
            "Calls that are dialled end as busy after a second.",
            "Call again later.",
        ),
        (
            Effect.SLOW_ANSWER,
            "Callees who answer take so many seconds longer.",
            "Not give up while the phone rings.",
        ),
        (
            Effect.CAPACITY,
            (
                "At most so many calls ring or talk at a time; the others stay queued, and are "
                "dialled in the order they came as lines are free."
            ),
            "Take a queue for what it is, and not place the calls again.",
        ),
    ),
    **_kinds(
        Target.CALLBACK,
        (
            Effect.DUPLICATE,
            "A callback is sent again, byte for byte, after it was acknowledged.",
            "Acknowledge it, and do nothing twice.",
        ),
        (
            Effect.DELAY,
            "A callback leaves so many seconds late.",
            "Not take silence for an end.",
        ),
        (
            Effect.REORDER,
            "A callback leaves after the one that should follow it.",
            "Tell by what it says which is newer, not by which came last.",
        ),
        (
            Effect.DROP,
            "A callback never leaves.",
            "Ask the API for what it was not told.",
        ),
        (
            Effect.LATE_REGRESSION,
            "After the last status an older one is reported.",
            "Acknowledge it, and keep the last status.",
        ),
        (
            Effect.CONFLICTING_FINAL,
            "After the last status another last status is reported.",
            "Acknowledge it, keep one of them, and never act on both.",
        ),
        (
            Effect.UNKNOWN_STATUS,
            "A callback has a status that no page names.",
            "Acknowledge it, and leave what it knew as it was.",
        ),
        (
            Effect.MISSING_FIELD,
            "A field is missing from a callback.",
            "Answer, with 2xx or 4xx, and never fall over.",
        ),
        (
            Effect.WRONG_CONTENT_TYPE,
            "A callback has the content type of something else.",
            "Read the body by what it is, or refuse it with 4xx, and never fall over.",
        ),
        (
            Effect.BAD_SIGNATURE,
            "What proves who sends a callback is not what was agreed.",
            "Refuse it with 401 or 403, and do nothing.",
        ),
        (
            Effect.STALE_SIGNATURE,
            "A callback was signed so long ago that it may have been recorded.",
            "Refuse it with 401 or 403, and do nothing.",
        ),
    ),
}
