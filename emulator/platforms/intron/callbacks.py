"""Intron's callback: one POST to the workflow's ``call_back_url`` when a batch is completed.

https://docs.voice.intron.io/docs/voicebot/robocall-call ("Callback URL on Request Completion")
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

from emulator.domain.batches import Batch, BatchStatus, Tally
from emulator.domain.callbacks import Callback
from emulator.domain.calls import COMPLETED, IN_PROGRESS, TERMINAL, Call
from emulator.domain.events import BatchTransition
from emulator.domain.faults import EACH_ITEM, CallbackShape, StatusField
from emulator.kit.hints import misspelt_field
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.receiver_check import SHORT_CALL, ReceiverCheck
from emulator.kit.world import World
from emulator.platforms.intron.calls import place
from emulator.platforms.intron.schemas.words import batch_word
from emulator.platforms.intron.serializers import serialize_stats
from emulator.platforms.intron.state import BatchRequest, options_of, state_of
from emulator.platforms.intron.written_calls import CALLS_PER_TURN, WrittenCalls

with on_first_use():
    from emulator.platforms.intron.schemas import call_requests

REQUEST_COMPLETED: Final = "request.completed"
MAX_WRITTEN: Final = 8
"""Batches whose calls are written before they end: some may never end."""
ACKNOWLEDGED: Final = range(200, 201)
"""The page says to return 200, so no other status acknowledges."""
CHECKED_NUMBERS: Final = ["+2348030099001", "+2348030099011"]
"""Magic numbers: one presses 1, one does not answer."""
events: Final = (REQUEST_COMPLETED,)
shape: Final = CallbackShape(
    fields=("request_id", "status", "integrator_id", "stats", "request_calls"),
    statuses=(
        StatusField(
            path=("status",),
            earlier={"COMPLETED": "PROCESSING"},
            contrary={"COMPLETED": "FAILED"},  # assumed: the page shows COMPLETED alone
        ),
        StatusField(
            path=("request_calls", EACH_ITEM, "status"),
            earlier=dict.fromkeys(("COMPLETED", "TIMEOUT", "FAILED"), "PROCESSING"),
            contrary={"COMPLETED": "FAILED", "TIMEOUT": "COMPLETED", "FAILED": "COMPLETED"},
        ),
    ),
    follows=("place_calls", "place_robocalls", "place_conversations"),
    of_batches=True,
)
"""No signature or other way to authenticate the sender is documented."""


def on_batch_transition(world: World, event: BatchTransition) -> Iterable[Callback]:
    """Return one callback when the last call of a batch has ended, if its workflow has a URL."""
    if event.status is not BatchStatus.COMPLETED:
        return ()
    state, options = state_of(world), options_of(world)
    request = state.batch_requests.get(event.batch_id)
    url = state.workflow_of(request).call_back_url
    written = state.written.pop(event.batch_id, None)
    if url is None:
        return ()
    return (
        Callback(
            id=world.ids.uuid("intron.callback"),
            platform="intron",
            event=REQUEST_COMPLETED,
            url=url,
            content=_payload(world, request, written),
            content_type="application/json",
            batch_id=event.batch_id,
            accepts=ACKNOWLEDGED,
            headers=tuple(options.callback_headers.items()),
            retries=tuple(timedelta(seconds=each) for each in options.callback_retries),
        ),
    )


def preparing_end(world: World, batch: Batch) -> Iterator[None]:
    """Write the calls of a large batch that have ended, for its callback."""
    state = state_of(world)
    request = state.batch_requests.find(batch.id)
    if len(batch.calls) < CALLS_PER_TURN or request is None or not batch.open:
        return
    if state.workflow_of(request).call_back_url is not None and len(state.written) < MAX_WRITTEN:
        head = _head(world, batch, _expected_tally(world.batches.get(batch.id)))
        written = state.written[batch.id] = WrittenCalls(batch.calls, request.params, head)
        yield from written.writing_ended()


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Say why there was no callback about a batch."""
    batch_id = about.id if isinstance(about, Batch) else about.batch_id or ""
    batch, state = world.batches.get(batch_id), state_of(world)
    workflow = state.workflow_of(state.batch_requests.get(batch_id))
    if workflow.call_back_url is None:
        yield f"workflow {workflow.id} has no call_back_url"
        yield from misspelt_field(world, "intron", "call_back_url", workflow.id, batch_id)
    elif batch.open:
        due = world.timeline.next_due
        at = "" if due is None else due.isoformat().replace("+00:00", "Z")
        then = f", and the next step of this world is due at {at}" if at else ""
        yield (
            f"batch {batch_id} is not completed: {batch.open} of its {len(batch.calls)} calls "
            f"have not ended{then}; Intron sends one callback, when all of them have"
        )
    elif not world.courier.log.about(batch_id):
        yield f"workflow {workflow.id} had no call_back_url when the last call ended"


def _payload(world: World, request: BatchRequest, written: WrittenCalls | None) -> bytes:
    batch = world.batches.get(request.batch_id)
    head = _head(world, batch, batch.tally)
    return (written or WrittenCalls(batch.calls, request.params, head)).whole(head, b"]}")


def _head(world: World, batch: Batch, tally: Tally) -> bytes:
    """Return what comes before the calls of a batch that is completed, with these counts."""
    head = {
        "request_id": batch.id,
        "status": batch_word(BatchStatus.COMPLETED),
        "integrator_id": state_of(world).integrator_id,
        "stats": serialize_stats(tally, response_options_counts=_counts(world, tally)),
    }
    return to_json(head)[:-1] + b',"request_calls":['


def _expected_tally(batch: Batch) -> Tally:
    """Return the counts of a batch once its calls have ended, if these take their planned steps."""
    under_way = [call for call in batch.calls if call.status not in TERMINAL]
    tally, plans = batch.tally.copy(), [call.plan for call in under_way if call.plan is not None]
    ends = [COMPLETED if plan.status is IN_PROGRESS else plan.status for plan in plans]
    if len(plans) == len(under_way):
        tally.count_dialled(ends, plans, [call.rang for call in under_way])
    return tally


def _counts(world: World, tally: Tally) -> int | dict[str, int]:
    if options_of(world).counts_shape == "by_option":
        return dict(sorted(tally.by_keys.items()))
    return tally.replied


def _place_checked_calls(world: World, url: str) -> Batch:
    """Place a batch of two calls that is reported to this URL."""
    return _placed(world, url, to=CHECKED_NUMBERS)


def _place_first_call(world: World, url: str) -> Batch:
    """Place a batch that is reported after a few seconds, as its only call is short."""
    return _placed(world, url, to=CHECKED_NUMBERS[:1], scenario=SHORT_CALL | {"keys": "1"})


def _placed(world: World, url: str, **asked: Any) -> Batch:
    shared = {"platform": "intron", "name": "Sample workflow", "call_back_url": url}
    options = {"option_one": "Yes", "option_two": "No"}
    return place(world, call_requests.IntronCallRequest.model_validate(shared | options | asked))


event_handlers: Final = {BatchTransition: on_batch_transition}
receiver_check: Final = ReceiverCheck(
    place=_place_checked_calls,
    first=_place_first_call,
    subject="request_id",
    last=frozenset({REQUEST_COMPLETED}),
)
