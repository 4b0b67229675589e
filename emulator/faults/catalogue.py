"""Every kind of fault: what it applies to, what it does, and what a good client does about it."""

from typing import Final, NamedTuple

from emulator.domain.faults import Effect, Target


class FaultKind(NamedTuple):
    """One kind of fault, in words."""

    effect: Effect
    target: Target
    does: str
    wants: str
    """What a good client or endpoint does."""


def _kinds(target: Target, *rows: tuple[Effect, str, str]) -> dict[Effect, FaultKind]:
    return {
        effect: FaultKind(effect=effect, target=target, does=does, wants=wants)
        for effect, does, wants in rows
    }


CATALOGUE: Final[dict[Effect, FaultKind]] = {
    **_kinds(
        Target.ROUTE,
        (
            Effect.ERROR,
            (
                "A request is refused with the vendor's error, or with a body that you set; "
                "it has no effect."
            ),
            "Retry 5xx and 429 later, not before Retry-After; report other errors.",
        ),
        (
            Effect.LATENCY,
            (
                "A request waits this many real seconds before it is handled; it has no effect if "
                "the client disconnects first."
            ),
            "Have a time-out, and do not block other work.",
        ),
        (
            Effect.HANG,
            (
                "A request has no effect and gets no response; the connection is closed after this "
                "many real seconds."
            ),
            "Have a time-out.",
        ),
        (
            Effect.RESET,
            "The connection is reset before the request is handled.",
            "Retry requests that are safe to repeat.",
        ),
        (
            Effect.TRUNCATE,
            "A request is handled, and its response ends in the middle of the body.",
            "Notice that the body is incomplete, and find out what was done.",
        ),
        (
            Effect.ACCEPT_THEN_ERROR,
            "A request is handled and takes effect, but it is answered 504.",
            "Check whether it was done before you retry, or people are called twice.",
        ),
        (
            Effect.ACCEPT_THEN_RESET,
            "A request is handled and takes effect, then the connection is reset.",
            "Check whether it was done before you retry, or people are called twice.",
        ),
        (
            Effect.EARLY,
            (
                "The callback about a request is sent before the request is answered; a frozen or "
                "auto clock advances up to it."
            ),
            "Accept a callback about an id that is not known yet.",
        ),
    ),
    **_kinds(
        Target.CALL,
        (
            Effect.OUTAGE,
            "Calls fail two seconds after they are dialed.",
            "Report them as failed, and call again when the carrier is back.",
        ),
        (
            Effect.BUSY_LINES,
            "Calls end as busy one second after they are dialed.",
            "Call again later.",
        ),
        (
            Effect.SLOW_ANSWER,
            "Callees who answer do so this many seconds later.",
            "Do not give up while the phone rings.",
        ),
        (
            Effect.CAPACITY,
            (
                "At most this many calls ring or talk at a time; the others stay queued, and are "
                "dialed in order as lines become free."
            ),
            "Wait for queued calls, and do not place them again.",
        ),
    ),
    **_kinds(
        Target.CALLBACK,
        (
            Effect.DUPLICATE,
            "A callback is sent again, byte for byte, after it was acknowledged.",
            "Acknowledge it, and do not act on it again.",
        ),
        (
            Effect.DELAY,
            "A callback is sent this many seconds late.",
            "Do not conclude from silence that a call has ended.",
        ),
        (
            Effect.REORDER,
            "A callback is sent after the one that should follow it.",
            "Order callbacks by what they say, not by when they arrive.",
        ),
        (
            Effect.DROP,
            "A callback is never sent.",
            "Ask the API about calls that were not reported.",
        ),
        (
            Effect.LATE_REGRESSION,
            "An older status is reported after the last one.",
            "Acknowledge it, and keep the last status.",
        ),
        (
            Effect.CONFLICTING_FINAL,
            "A contradictory last status is reported after the last one.",
            "Acknowledge it, keep one of them, and never act on both.",
        ),
        (
            Effect.UNKNOWN_STATUS,
            "A callback has a status that the vendor does not document.",
            "Acknowledge it, and change nothing.",
        ),
        (
            Effect.MISSING_FIELD,
            "A field is missing from a callback.",
            "Answer 2xx or 4xx, never 5xx.",
        ),
        (
            Effect.WRONG_CONTENT_TYPE,
            "A callback has a wrong content type; its body is unchanged.",
            "Read the body anyway, or refuse it with 4xx; never answer 5xx.",
        ),
        (
            Effect.BAD_SIGNATURE,
            "The signature or token of a callback is wrong.",
            "Refuse it with 401 or 403, and do nothing.",
        ),
        (
            Effect.STALE_SIGNATURE,
            "A callback was signed long ago, as if it had been recorded and sent again.",
            "Refuse it with 401 or 403, and do nothing.",
        ),
    ),
}
