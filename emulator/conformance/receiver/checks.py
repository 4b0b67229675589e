"""What is sent in each check of an endpoint, and what it should make of it."""

from collections.abc import Awaitable
from typing import Final

from emulator.conformance.receiver.service_state import Known, UnreadableError
from emulator.conformance.receiver.simulated_calls import Course, ExpectedCallback
from emulator.conformance.receiver.trial import NothingError, Trial, pick
from emulator.domain.faults import Effect

SAME: Final = (
    "a callback did not change the state; if an earlier run left it so, give another --seed"
)


async def good(trial: Trial) -> None:
    """Send a course as it should be; with --state, see that it can be told by that."""
    course = await trial.course()
    last = last_of(course)
    before = await _tried(trial.look(last))
    await trial.good_ones(course)
    if trial.endpoint.window is None:
        return
    try:
        is_same = _readable(before) == await trial.seen(last)
    except UnreadableError as error:
        trial.endpoint.blind = str(error)
    else:
        if is_same:
            trial.endpoint.blind = SAME
    if trial.endpoint.blind is not None:
        trial.odd.append(trial.endpoint.blind)
    trial.right.append("acknowledged, and the state shows it")


async def _tried(looking: Awaitable[Known]) -> Known | UnreadableError:
    """What is known, or why that cannot be told, for those who ask for it later."""
    try:
        return await looking
    except UnreadableError as error:
        return error


def _readable(known: Known | UnreadableError) -> Known:
    if isinstance(known, UnreadableError):
        raise known
    return known


async def delay(trial: Trial) -> None:
    """Send the last word after everything about something else."""
    late, other = await trial.course(), await trial.course()
    at = late.index(last_of(late))
    await trial.good_ones([*late[:at], *other, *late[at:]])
    await _compare(trial, other, late, "when the callback is late, the state differs")


async def reorder(trial: Trial) -> None:
    """Send the last word before what should come before it, or else before another's."""
    swapped, other = await trial.course(), await trial.course()
    await trial.good_ones(other)
    if len(swapped) == 1:
        first = await trial.course()
        await trial.good_ones([*first, *swapped])
    else:
        at = swapped.index(last_of(swapped))
        await trial.good_ones([swapped[at], *swapped[:at], *swapped[at + 1 :]])
    await _compare(trial, other, swapped, "when callbacks are out of order, the state differs")


async def _compare(trial: Trial, usual: Course, other: Course, why: str) -> None:
    known = await _tried(trial.seen(last_of(usual)))
    trial.alike(*await _compared(trial, known, trial.seen(last_of(other))), why)


async def drop(trial: Trial) -> None:
    """Send everything but the last word."""
    await trial.good_ones([expected for expected in await trial.course() if not expected.is_last])
    trial.missing.append(
        "nothing is sent, and this check has no API that your service could ask instead"
    )


async def early(trial: Trial) -> None:
    """Send the last callback of a call that the endpoint does not know."""
    await trial.good(last_of(await trial.course()))
    trial.right.append("acknowledged, although the id was unknown")


async def duplicate(trial: Trial) -> None:
    """Send the last word three times."""
    before, after = await _echoed(trial, Effect.DUPLICATE, copies=2)
    trial.keeps(before, after, "acted on twice")


async def late_regression(trial: Trial) -> None:
    """Send an older status after the last."""
    before, after = await _echoed(trial, Effect.LATE_REGRESSION)
    trial.keeps(before, after, "went back to an older status")


async def conflicting_final(trial: Trial) -> None:
    """Send another last status after the last."""
    before, after = await _echoed(trial, Effect.CONFLICTING_FINAL)
    if before == after:
        trial.right.append("acknowledged, and the first status is kept")
    else:
        trial.odd.append(
            "the second status replaced the first: make sure that nothing acts on both"
        )


async def _echoed(trial: Trial, effect: Effect, **fields: int) -> tuple[Known, Known]:
    """Send what a fault has follow a callback; what was known before and after that."""
    course = await trial.course()
    expected = _picked(course, effect)
    await trial.good_ones(course[: course.index(expected) + 1])
    before = await _tried(trial.seen(expected))
    for sending in expected.sendings(effect, **fields)[1:]:
        await trial.acknowledged(expected, sending.request, _words(effect))
    return await _compared(trial, before, trial.seen(expected))


async def _compared(
    trial: Trial, before: Known | UnreadableError, looking: Awaitable[Known]
) -> tuple[Known, Known]:
    """Both, if they can be told; if not, that all was acknowledged is all that is seen."""
    after = await _tried(looking)
    try:
        return _readable(before), _readable(after)
    except UnreadableError:
        trial.right.append("acknowledged")
        raise


async def unknown_status(trial: Trial) -> None:
    """Send an unheard-of status before and after the last."""
    course = await trial.course()
    expected = _picked(course, Effect.UNKNOWN_STATUS)
    await trial.good_ones(course[: course.index(expected)])
    (strange,) = expected.sendings(Effect.UNKNOWN_STATUS)
    await trial.acknowledged(expected, strange.request, _words(Effect.UNKNOWN_STATUS))
    await trial.good(expected)
    before = await _tried(trial.seen(expected))
    await trial.acknowledged(expected, strange.request, _words(Effect.UNKNOWN_STATUS))
    if trial.endpoint.is_open:
        after = await trial.seen(expected)
        trial.keeps(_readable(before), after, "an unknown status changed the state")


async def missing_field(trial: Trial) -> None:
    """Send the last word without each of its fields in turn."""
    expected = last_of(await trial.course())
    paths = [".".join(status.path) for status in expected.shape.statuses]
    for path in dict.fromkeys((*expected.shape.fields, *paths)):
        if not expected.can_meet(Effect.MISSING_FIELD, field=path):
            continue
        expected = last_of(await trial.course())
        (lacking,) = expected.sendings(Effect.MISSING_FIELD, field=path)
        await trial.survived(expected, lacking.request, f"without {path}")
        trial.right.append(f"answered, with {path} missing")
    trial.right[:] = [f"answered, with each of {len(trial.right)} fields missing"]


async def wrong_content_type(trial: Trial) -> None:
    """Send the last word as text."""
    expected = last_of(await trial.course())
    (mistyped,) = expected.sendings(Effect.WRONG_CONTENT_TYPE)
    if not await trial.survived(expected, mistyped.request, _words(Effect.WRONG_CONTENT_TYPE)):
        await trial.good(expected)
    trial.right.append("answered")


async def bad_signature(trial: Trial) -> None:
    """Send the last callback with a false signature, and with none."""
    expected = _picked(await trial.course(), Effect.BAD_SIGNATURE)
    (forged,) = expected.sendings(Effect.BAD_SIGNATURE)
    await _forged(trial, Effect.BAD_SIGNATURE, expected)
    named = (expected.shape.signature or "").lower()
    left = tuple(pair for pair in forged.request.headers if pair[0].lower() != named)
    bare = last_of(await trial.course())
    if await trial.denied(bare, bare.sent._replace(headers=left), "no signature"):
        await trial.good(bare)
    trial.right.append("refused")


async def stale_signature(trial: Trial) -> None:
    """Send the last word as if it had been recorded."""
    expected = _picked(await trial.course(), Effect.STALE_SIGNATURE)
    await _forged(trial, Effect.STALE_SIGNATURE, expected)
    trial.right.append("refused")


async def _forged(trial: Trial, effect: Effect, expected: ExpectedCallback) -> None:
    before = await _tried(trial.look(expected))
    (forged,) = expected.sendings(effect)
    await trial.denied(expected, forged.request, _words(effect))
    if trial.endpoint.is_open:
        after = await trial.look(expected)
        trial.keeps(_readable(before), after, "acted on a callback that it should refuse")
        trial.right.clear()


def last_of(course: Course) -> ExpectedCallback:
    """The callback that tells how it ended."""
    return next(expected for expected in course if expected.is_last)


def _picked(course: Course, effect: Effect) -> ExpectedCallback:
    expected = pick(course, effect)
    if expected is None:
        raise _nowhere(course, effect)
    return expected


def _nowhere(course: Course, effect: Effect) -> UnreadableError | NothingError:
    header = course[0].shape.signature
    if effect is not Effect.BAD_SIGNATURE:
        words = _words(effect)
        return NothingError(f"these callbacks cannot have a {words}")
    if header is None:
        return NothingError("no signature is documented; --signature names a header of yours")
    return UnreadableError(f"no {header} is sent: give its value with --header {header}=VALUE")


def _words(effect: Effect) -> str:
    return effect.replace("_", " ")
