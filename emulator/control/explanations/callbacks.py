"""The story of a callback, and what the stories of calls and batches say of theirs."""

from itertools import islice
from typing import Final

from emulator.control.explanations.causes import step_of
from emulator.control.explanations.story import Story, Told
from emulator.control.request import iso
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Attempt, Callback, CallbackStatus
from emulator.domain.calls import Call
from emulator.domain.faults import Effect
from emulator.kit.platform import Platform
from emulator.world.world import World

MOST: Final = 100
"""Callbacks that are told of; a long talk has many."""


def story_of_callback(world: World, platform: Platform, callback: Callback) -> Story:
    """Tell what a callback was owed for, each attempt, and what the answer led to."""
    story = Story("callback", callback.id, callback.platform, callback.status)
    _tell_event(story, world, callback)
    _tell_attempts(story, platform, world, callback)
    return story


def tell_callbacks(story: Story, world: World, platform: Platform, about: Call | Batch) -> None:
    """Tell of every callback about a call or a batch, and why there are no others."""
    log = world.courier.log
    found = log.about(about.id)[::-1]
    if isinstance(about, Call) and about.batch_id is not None:
        found += log.about(about.batch_id)[::-1]
    for callback in islice(found, MOST):
        _tell_owed(story, callback)
        _tell_attempts(story, platform, world, callback)
    if len(found) > MOST:
        text = f"{len(found) - MOST} more callbacks: GET /_emulator/callbacks lists them"
        story.tell(Told.CALLBACK, None, text)
    for sentence in platform.hooks.why_none(world, about):
        story.tell(Told.NO_CALLBACK, None, f"no callback: {sentence}")
    if not found and log.evicted:
        text = f"{log.evicted} old callbacks are no longer kept: one may have been about it"
        story.tell(Told.NO_CALLBACK, None, text)


def _tell_owed(story: Story, callback: Callback) -> None:
    about = f"{callback.event} to {callback.url}"
    text = f"callback {callback.id}: {about}, {callback.status}"
    more = {"callback_id": callback.id, "event": callback.event, "url": callback.url}
    story.tell(Told.CALLBACK, callback.created_at, text, status=callback.status, **more)


def _tell_event(story: Story, world: World, callback: Callback) -> None:
    subject, text, status = _subject(world, callback)
    step = None
    if status is not None and callback.created_at is not None:
        step = step_of(world, subject, status, callback.created_at)
    more = {"event": callback.event, "url": callback.url, "method": callback.method}
    about = {"call_id": callback.call_id, "batch_id": callback.batch_id}
    entry = None if step is None else step.number
    noted = "" if step is None else f" [history {step.number}]"
    sentence = f"{callback.event} is owed to {callback.url}: {text}{noted}"
    story.tell(Told.CALLBACK, callback.created_at, sentence, entry=entry, **more, **about)


def _subject(world: World, callback: Callback) -> tuple[str, str, str | None]:
    """What a callback is about, and the status that was entered when it was owed, if one was."""
    at = callback.created_at
    if batch_id := callback.batch_id:
        batch = world.batches.find(batch_id)
        ended = batch is not None and batch.ended_at == at
        why = "all its calls had ended" if ended else "its vendor tells of it"
        return batch_id, f"batch {batch_id}, {why}", "completed" if ended else None
    call = world.calls.by_id.get(callback.call_id or "")
    if call is None:
        return "", "its vendor tells of it", None
    moments = ((call.status, call.ended_at), ("in_progress", call.answered_at))
    entered = next((status for status, then in moments if then == at), None)
    has_ended = call.ended_at is not None and at is not None and call.ended_at < at
    why = "after it had ended" if has_ended else "in the course of it"
    if entered is not None:
        why = f"it had just become {entered.replace('_', ' ')}"
    return call.id, f"call {call.id}, {why}", entered


def _tell_attempts(story: Story, platform: Platform, world: World, callback: Callback) -> None:
    if (made := callback.fault) is not None:
        after = "" if callback.echo_of is None else f", sent after callback {callback.echo_of}"
        asked = "".join(
            f", {name} {value}" for name, value in made.fields.items() if value is not None
        )
        named = f"fault {made.fault_id} ({made.effect}{asked}) is on it{after}"
        more = {"fault_id": made.fault_id, "effect": made.effect, "echo_of": callback.echo_of}
        story.tell(Told.FAULT, callback.created_at, named, callback_id=callback.id, **more)
    for attempt in callback.attempts:
        _tell_attempt(story, callback, attempt)
    text = _outlook(callback)
    if text is not None:
        told = Told.NEXT if callback.status is CallbackStatus.PENDING else Told.END
        story.tell(told, callback.due_at, text, callback_id=callback.id)
    for sentence in platform.hooks.consequences(world, callback):
        story.tell(Told.ANSWER, None, sentence, callback_id=callback.id)


def _tell_attempt(story: Story, callback: Callback, attempt: Attempt) -> None:
    answer = attempt.response
    if answer.error is not None:
        said = answer.error
    elif answer.status in callback.accepts:
        said = f"answered {answer.status}, which acknowledges it"
    else:
        last = callback.accepts.stop - 1
        wanted = f"{callback.accepts.start}" + ("" if len(callback.accepts) == 1 else f" to {last}")
        said = f"answered {answer.status}, where {wanted} acknowledges it"
    story.tell(
        Told.ATTEMPT,
        attempt.started_at,
        f"attempt {attempt.number}: {said}",
        callback_id=callback.id,
        attempt=attempt.number,
        ended_at=iso(attempt.ended_at),
        status=answer.status,
        error=answer.error,
        fault_id=attempt.fault,
    )


def _next(callback: Callback) -> str:
    if callback.fault is not None and callback.fault.effect is Effect.DROP:
        return "nothing leaves, as a fault drops it"
    made = len(callback.attempts)
    which = f"attempt {made + 1}" if made else "the first attempt"
    return f"{which}, and {len(callback.retries)} more if that fails"


def _outlook(callback: Callback) -> str | None:
    """Say what comes next, or why nothing does."""
    match callback.status:
        case CallbackStatus.PENDING:
            return f"to come: {_next(callback)}"
        case CallbackStatus.FAILED:
            made = len(callback.attempts)
            retries = "its vendor makes no other" if made == 1 else "no retries are left"
            return f"given up after {made} {'attempt' if made == 1 else 'attempts'}: {retries}"
        case CallbackStatus.REFUSED:
            return "never sent, as the emulator's own rules keep it from leaving"
        case CallbackStatus.DROPPED:
            return "never sent, as a fault has dropped it"
        case CallbackStatus.DELIVERED:
            return None
