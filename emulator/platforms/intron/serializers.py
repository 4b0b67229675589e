"""How workflows, batches, calls and counts are shown, in responses and callbacks alike."""

from typing import Any

from emulator.domain.batches import Tally
from emulator.domain.calls import TERMINAL, Call, CallStatus
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.intron.schemas.words import batch_word, wire_time
from emulator.platforms.intron.state import BatchRequest, IntronWorkflow, options_of

Json = dict[str, Any]


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


def serialize_batch(world: World, request: BatchRequest) -> tuple[bytes, bytes]:
    """Return a batch as JSON: what comes before the entries it was requested with, and after."""
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
    before = head + b',"input_parameters":' + opening + b'"workflow_params":['
    return before, b"]}," + to_json({"created_at": wire_time(batch.created_at)})[1:]


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


def seconds_of(call: Call) -> int | None:
    """Return the whole seconds of talk; None until the call has ended."""
    return round(call.talk_seconds) if call.status in TERMINAL else None
