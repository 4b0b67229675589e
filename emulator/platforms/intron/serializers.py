"""How workflows, batches, calls and counts are shown, in responses and callbacks alike."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from emulator.domain.batches import Tally
from emulator.domain.calls import COMPLETED, TERMINAL, Call, CallStatus
from emulator.domain.ticks import SECOND, moment
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.intron.schemas.words import STATUS_WORDS, batch_word, wire_time
from emulator.platforms.intron.state import BatchRequest, IntronWorkflow, options_of

Json = dict[str, Any]
MINUTE: Final = 60 * SECOND
"""Ticks in a minute."""
MINUTES_END: Final = len("2026-01-01T00:00:")
SECONDS_OF_MINUTE: Final = tuple(f"{second:02}Z" for second in range(60))
"""The end of a time, by its second."""
UNKNOWN: Final = None, "", ""
Ending = tuple[CallStatus, str, str]
"""A status, and the texts before the number of a call that reached it and after its tags."""
Endings = dict[int, Ending]
"""How the last call with a plan went, by the identity of the plan."""


def serialize_workflow(world: World, workflow: IntronWorkflow) -> Json:
    """Return a workflow in the shape that the options choose."""
    options = options_of(world)
    shown: Json = {
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "workflow_type": workflow.workflow_type,
        "message": workflow.message,
        "include_reply": workflow.include_reply,
    }
    if options.reply_shape == "response_options":
        shown["response_options"] = dict(sorted(workflow.replies.items()))
    else:
        shown["option_one"] = workflow.replies.get("1")
        shown["option_two"] = workflow.replies.get("2")
    shown["call_back_url"] = workflow.call_back_url
    if options.show_status:
        shown["status"] = workflow.status
    return shown


def serialize_batch(world: World, request: BatchRequest) -> bytes:
    """Return a batch as JSON, with what it was requested with."""
    batch = world.batches.get(request.batch_id)
    head = to_json({"id": batch.id, "status": batch_word(batch.status)})[:-1]
    voice = {
        name: value
        for name, value in (
            ("tts_voice_accent", request.tts_voice_accent),
            ("tts_voice_gender", request.tts_voice_gender),
        )
        if value is not None
    }
    opening = to_json(voice)[:-1] + (b"," if voice else b"")
    params = opening + b'"workflow_params":[' + request.params.text + b"]}"
    rest = to_json({"created_at": wire_time(batch.created_at)})
    return head + b',"input_parameters":' + params + b"," + rest[1:]


def serialize_stats(tally: Tally, **counts: int | dict[str, int]) -> Json:
    """Return counts of calls, with those that only callbacks have."""
    return {
        "total_calls": tally.total,
        "completed_calls": tally.completed,
        "timeout_calls": tally.by_status[CallStatus.NO_ANSWER],
        "replied_calls": tally.replied,
        **counts,
        "avg_duration": round(tally.average_talk_seconds, 2),
        "success_rate": round(tally.success_rate, 2),
    }


def serialize_calls(calls: Iterable[Call], tags: Iterable[str], endings: Endings) -> str:
    """Return calls as JSON without brackets, each with the tags that came with its number.

    The text is put together by hand, as a callback may have a hundred thousand calls: but for the
    tags, which are JSON already, no value in it needs escaping. A call is created when it is
    dialed: in the sample, five seconds after its batch. Many calls end in the same text;
    ``endings`` keeps it, and must not outlive the calls' plans.
    """
    shown: list[str] = []
    begin = end = minute = 0  # ticks: of the second that ``created`` tells, and of its minute
    created = start = ""
    for call, tagged in zip(calls, tags, strict=True):
        plan, status, rang = call.plan, call.status, call.rang
        known, middle, ending = endings.get(id(plan), UNKNOWN)
        if known is not status:
            _, middle, ending = endings[id(plan)] = _ending(call)
        if rang is None:
            begin, end, created = 0, 0, wire_time(call.created_at)
        elif not begin <= rang < end:
            begin = rang - rang % SECOND
            end = begin + SECOND
            if not minute <= begin < minute + MINUTE or not start:
                minute = begin - begin % MINUTE
                start = moment(minute).isoformat()[:MINUTES_END]
            created = start + SECONDS_OF_MINUTE[(begin - minute) // SECOND]
        shown.append(
            f'{{"id":"{call.id}","batch_id":"{call.batch_id}{middle}{call.to_number}'
            f'","user_tag_identifiers":{tagged}{ending}{created}"}}'
        )
    return ",".join(shown)


def _ending(call: Call) -> Ending:
    plan, status, keys, seconds = call.plan, call.status, "null", "null"
    if plan is not None and status in TERMINAL:
        seconds = str(round(plan.talk / SECOND))
        if plan.keys is not None and status is COMPLETED:
            keys = f'"{plan.keys}"'
    return _ending_of(status, seconds, keys)


@lru_cache(maxsize=4096)
def _ending_of(status: CallStatus, seconds: str, keys: str) -> Ending:
    """Return one and the same ending for many plans: there are fewer to fetch from memory."""
    return (
        status,
        f'","status":"{STATUS_WORDS[status]}","phone_number":"',
        f',"call_result_duration":{seconds},"call_result_options_selected":{keys},"created_at":"',
    )


def seconds_of(call: Call) -> int | None:
    """Return the whole seconds of talk; None until the call has ended."""
    return round(call.talk_seconds) if call.status in TERMINAL else None
