"""What Intron owes: one POST to the workflow's ``call_back_url`` when a request is completed.

https://docs.voice.intron.io/docs/voicebot/robocall-call ("Callback URL on Request Completion")
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

from emulator.domain.batches import Batch, BatchStatus, Tally
from emulator.domain.callbacks import Callback
from emulator.domain.calls import COMPLETED, TERMINAL, Call, CallStatus
from emulator.domain.events import BatchTransition
from emulator.domain.faults import EVERYWHERE, CallbackShape, StatusField
from emulator.domain.ticks import SECOND
from emulator.kit.json import to_json
from emulator.kit.receiver_check import ReceiverCheck
from emulator.kit.world import World
from emulator.platforms.intron.calls import place_batch
from emulator.platforms.intron.schemas import CALL_WORDS, PlaceCalls, batch_word, wire_time
from emulator.platforms.intron.state import Request, Workflow, options_of, state_of

RETRIES: Final = (timedelta(seconds=30), timedelta(seconds=120))  # assumed: three attempts in all
REQUEST_COMPLETED: Final = "request.completed"
CHUNK: Final = 1000
"""Calls written at a time: a batch may have a hundred thousand."""
Endings = dict[tuple[int, CallStatus, datetime], str]
"""How calls with the same plan (by its identity), status and time end when they are written."""
ACKNOWLEDGED: Final = range(200, 201)
"""The page says to answer 200; so nothing else acknowledges."""
shape: Final = CallbackShape(
    fields=("request_id", "status", "integrator_id", "stats", "request_calls"),
    statuses=(
        StatusField(
            path=("status",),
            earlier={"COMPLETED": "PROCESSING"},
            contrary={"COMPLETED": "FAILED"},  # assumed: the page says COMPLETED of a request alone
        ),
        StatusField(
            path=("request_calls", EVERYWHERE, "status"),
            earlier=dict.fromkeys(("COMPLETED", "TIMEOUT", "FAILED"), "PROCESSING"),
            contrary={"COMPLETED": "FAILED", "TIMEOUT": "COMPLETED", "FAILED": "COMPLETED"},
        ),
    ),
    follows=("place_calls", "place_robocalls", "place_conversations"),
    of_batches=True,
)
"""Neither a signature nor another proof of who sends it is documented."""


def on_batch_transition(world: World, event: BatchTransition) -> Iterable[Callback]:
    """Owe one POST when the last call of a batch has ended, if its workflow has an address."""
    if event.status is not BatchStatus.COMPLETED:
        return ()
    state = state_of(world)
    request = state.requests.get(event.batch_id)
    url = state.workflow_of(request).call_back_url
    if url is None:
        return ()
    return (
        Callback(
            id=world.ids.uuid("intron.callback"),
            platform="intron",
            event=REQUEST_COMPLETED,
            url=url,
            content=_payload(world, request),
            content_type="application/json",
            batch_id=event.batch_id,
            accepts=ACKNOWLEDGED,
            retries=RETRIES,
        ),
    )


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Why nothing was posted about a request."""
    batch_id = about.id if isinstance(about, Batch) else about.batch_id or ""
    batch, state = world.batches.get(batch_id), state_of(world)
    workflow = state.workflow_of(state.requests.get(batch_id))
    if workflow.call_back_url is None:
        yield f"workflow {workflow.id} has no call_back_url"
    elif batch.open:
        due = world.timeline.next_due
        at = "" if due is None else due.isoformat().replace("+00:00", "Z")
        then = f", and the next step of this world is due at {at}" if at else ""
        yield (
            f"request {batch_id} is not completed: {batch.open} of its {len(batch.calls)} calls "
            f"have not ended{then}; Intron posts once, when all have"
        )
    elif not world.courier.log.about(batch_id):
        yield f"workflow {workflow.id} had no call_back_url yet when the last call ended"


def _payload(world: World, request: Request) -> bytes:
    batch = world.batches.get(request.batch_id)
    head = to_json(
        {
            "request_id": batch.id,
            "status": batch_word(batch.status),
            "integrator_id": state_of(world).integrator_id,
            "stats": shown_stats(batch.tally, response_options_counts=_counts(world, batch)),
        }
    )
    content = BytesIO()
    content.write(head[:-1] + b',"request_calls":[')
    endings: Endings = {}
    for start in range(0, len(batch.calls), CHUNK):
        calls = batch.calls[start : start + CHUNK]
        tags = request.params.tags(start, start + len(calls))
        content.write((b"," if start else b"") + shown_calls(calls, tags, endings).encode())
    content.write(b"]}")
    return content.getvalue()


def _counts(world: World, batch: Batch) -> int | dict[str, int]:
    if options_of(world).counts_shape == "by_option":
        return dict(sorted(batch.tally.by_keys.items()))
    return batch.tally.replied


def shown_stats(tally: Tally, **counts: int | dict[str, int]) -> dict[str, Any]:
    """Show counts, and those that only callbacks have, the way lists and callbacks do."""
    return {
        "total_calls": tally.total,
        "completed_calls": tally.completed,
        "timeout_calls": tally.by_status[CallStatus.NO_ANSWER],
        "replied_calls": tally.replied,
        **counts,
        "avg_duration": round(tally.average_talk_seconds, 2),
        "success_rate": round(tally.success_rate, 2),
    }


def shown_calls(calls: Iterable[Call], tags: Iterable[str], endings: Endings) -> str:
    """Write calls, each with the tags that came with its number, as lists and callbacks do.

    Straight to JSON, as a callback may have a hundred thousand: apart from the tags, which are
    JSON already, there is nothing in them that would want escaping. Many end in the same way,
    and how is kept in ``endings``, which must not outlive the plans of the calls.
    """
    shown: list[str] = []
    for call, tagged in zip(calls, tags, strict=True):
        status = call.status
        key = id(call.plan), status, call.created_at
        ending = endings.get(key)
        if ending is None:
            ending = endings[key] = _ending(call)
        shown.append(
            f'{{"id":"{call.id}","batch_id":"{call.batch_id}","status":"{CALL_WORDS[status]}",'
            f'"phone_number":"{call.to_number}","user_tag_identifiers":{tagged}{ending}'
        )
    return ",".join(shown)


def _ending(call: Call) -> str:
    plan, status, keys, seconds = call.plan, call.status, "null", "null"
    if plan is not None and status in TERMINAL:
        seconds = str(round(plan.talk / SECOND))
        if plan.keys is not None and status is COMPLETED:
            keys = f'"{plan.keys}"'
    return (
        f',"call_result_duration":{seconds},"call_result_options_selected":{keys},'
        f'"created_at":"{wire_time(call.created_at)}"}}'
    )


def seconds_of(call: Call) -> int | None:
    """Whole seconds of talk; None until the call has ended."""
    return round(call.talk_seconds) if call.status in TERMINAL else None


NUMBERS: Final = ("+2348030099001", "+2348030099011")
"""Magic numbers: who presses 1, and who does not answer."""


def _place_two(world: World, url: str) -> None:
    """Place both calls with a workflow that is reported to this address."""
    workflow = state_of(world).workflows.add(
        Workflow(
            id=world.ids.uuid("intron.workflow"),
            name="check-receiver",
            message="Hello",
            created_at=world.clock.now(),
            include_reply=True,
            replies={"1": "Yes", "2": "No"},
            call_back_url=url,
        )
    )
    entries = [{"phone_number": each} for each in NUMBERS]
    asked = {"workflow_id": workflow.id, "workflow_params": entries}
    place_batch(world, PlaceCalls.model_validate(asked), None)


event_handlers: Final = {BatchTransition: on_batch_transition}
events: Final = (REQUEST_COMPLETED,)
receiver_check: Final = ReceiverCheck(
    place=_place_two, subject="request_id", last=frozenset({REQUEST_COMPLETED})
)
