"""The story of a callback, and the part about callbacks in the stories of calls and batches."""

from itertools import islice
from typing import Final

from emulator.control.explanations.causes import step_of
from emulator.control.explanations.story import Explanation, StepKind
from emulator.control.request import iso
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Attempt, Callback, CallbackStatus
from emulator.domain.calls import Call
from emulator.domain.faults import Effect
from emulator.kit.platform import Platform
from emulator.world.world import World

MAX_CALLBACKS: Final = 100
"""In one story; a long conversation has many."""


def story_of_callback(world: World, platform: Platform, callback: Callback) -> Explanation:
    """Return why a callback was created, each attempt, and what the response led to."""
    story = Explanation("callback", callback.id, callback.platform, callback.status)
    _add_cause(story, world, callback)
    _add_attempts(story, platform, world, callback)
    return story


def add_callbacks(
    story: Explanation, world: World, platform: Platform, about: Call | Batch
) -> None:
    """Add every callback about a call or a batch, and why there are no others."""
    log = world.courier.log
    found = log.about(about.id)[::-1]
    if isinstance(about, Call) and about.batch_id is not None:
        found += log.about(about.batch_id)[::-1]
    for callback in islice(found, MAX_CALLBACKS):
        _add_callback(story, callback)
        _add_attempts(story, platform, world, callback)
    if len(found) > MAX_CALLBACKS:
        text = f"{len(found) - MAX_CALLBACKS} more callbacks: GET /_emulator/callbacks lists them"
        story.add(StepKind.CALLBACK, None, text)
    for sentence in platform.hooks.why_none(world, about):
        story.add(StepKind.NO_CALLBACK, None, f"no callback: {sentence}")
    if not found and log.evicted:
        text = f"{log.evicted} old callbacks were evicted: one may have been about it"
        story.add(StepKind.NO_CALLBACK, None, text)


def _add_callback(story: Explanation, callback: Callback) -> None:
    about = f"{callback.event} to {callback.url}"
    struck = "" if callback.fault is None else f" [{callback.fault.effect}]"
    text = f"callback {callback.id}: {about}, {callback.status}{struck}"
    more = {"callback_id": callback.id, "event": callback.event, "url": callback.url}
    story.add(StepKind.CALLBACK, callback.created_at, text, status=callback.status, **more)


def _add_cause(story: Explanation, world: World, callback: Callback) -> None:
    subject, text, status = _subject(world, callback)
    step = None
    if status is not None and callback.created_at is not None:
        step = step_of(world, subject, status, callback.created_at)
    more = {"event": callback.event, "url": callback.url, "method": callback.method}
    about = {"call_id": callback.call_id, "batch_id": callback.batch_id}
    entry = None if step is None else step.number
    note = "" if step is None else f" [history {step.number}]"
    sentence = f"{callback.event} to {callback.url}: {text}{note}"
    story.add(StepKind.CALLBACK, callback.created_at, sentence, entry=entry, **more, **about)


def _subject(world: World, callback: Callback) -> tuple[str, str, str | None]:
    """Return what a callback is about, and the status whose change created it, if one did."""
    at = callback.created_at
    if batch_id := callback.batch_id:
        batch = world.batches.find(batch_id)
        ended = batch is not None and batch.ended_at == at
        why = "all its calls had ended" if ended else "its vendor reports it"
        return batch_id, f"batch {batch_id}, {why}", "completed" if ended else None
    call = world.calls.find(callback.call_id or "")
    if call is None:
        return "", "its vendor sends it", None
    moments = ((call.status, call.ended_at), ("in_progress", call.answered_at))
    entered = next((status for status, then in moments if then == at), None)
    has_ended = call.ended_at is not None and at is not None and call.ended_at < at
    why = "after it had ended" if has_ended else "during the call"
    if entered is not None:
        why = f"it had just become {entered.replace('_', ' ')}"
    return call.id, f"call {call.id}, {why}", entered


def _add_attempts(story: Explanation, platform: Platform, world: World, callback: Callback) -> None:
    if (made := callback.fault) is not None:
        after = "" if callback.echo_of is None else f", sent after callback {callback.echo_of}"
        asked = "".join(
            f", {name} {value}" for name, value in made.fields.items() if value is not None
        )
        named = f"fault {made.fault_id} ({made.effect}{asked}) applies to it{after}"
        more = {"fault_id": made.fault_id, "effect": made.effect, "echo_of": callback.echo_of}
        story.add(StepKind.FAULT, callback.created_at, named, callback_id=callback.id, **more)
    for attempt in callback.attempts:
        _add_attempt(story, callback, attempt)
    text = _outlook(callback)
    if text is not None:
        kind = StepKind.NEXT if callback.status is CallbackStatus.PENDING else StepKind.END
        story.add(kind, callback.due_at, text, callback_id=callback.id)
    for sentence in platform.hooks.consequences(world, callback):
        story.add(StepKind.ANSWER, None, sentence, callback_id=callback.id)


def _add_attempt(story: Explanation, callback: Callback, attempt: Attempt) -> None:
    answer = attempt.response
    if answer.error is not None:
        result = answer.error
    elif answer.status in callback.accepts:
        result = f"response {answer.status}, which acknowledges it"
    else:
        last = callback.accepts.stop - 1
        wanted = f"{callback.accepts.start}" + ("" if len(callback.accepts) == 1 else f" to {last}")
        result = f"response {answer.status}, but only {wanted} acknowledges it"
    if attempt.fault is not None and callback.fault is not None:
        result += f" [fault {attempt.fault}, {callback.fault.effect}]"
    story.add(
        StepKind.ATTEMPT,
        attempt.started_at,
        f"attempt {attempt.number}: {result}",
        callback_id=callback.id,
        attempt=attempt.number,
        ended_at=iso(attempt.ended_at),
        status=answer.status,
        error=answer.error,
        fault_id=attempt.fault,
    )


def _next(callback: Callback) -> str:
    if callback.fault is not None and callback.fault.effect is Effect.DROP:
        return "nothing is sent, as a fault drops it"
    made = len(callback.attempts)
    which = f"attempt {made + 1}" if made else "the first attempt"
    return f"{which}, and {len(callback.retries)} more if that fails"


def _outlook(callback: Callback) -> str | None:
    """Say what is next, or why nothing is."""
    match callback.status:
        case CallbackStatus.PENDING:
            return f"next: {_next(callback)}"
        case CallbackStatus.FAILED:
            made = len(callback.attempts)
            retries = "its vendor makes no more" if made == 1 else "no retries are left"
            return f"given up after {made} {'attempt' if made == 1 else 'attempts'}: {retries}"
        case CallbackStatus.REFUSED:
            return "never sent, as the emulator refuses this address"
        case CallbackStatus.DROPPED:
            return "never sent, as a fault dropped it"
        case CallbackStatus.DELIVERED:
            return None
