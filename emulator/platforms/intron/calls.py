"""Placing calls: the checks of Intron's call pages, and the batch that comes of it.

https://docs.voice.intron.io/docs/voicebot/robocall-call
https://docs.voice.intron.io/docs/voicebot/conversation-call
"""

from collections.abc import Iterator
from typing import Any, Final

from emulator.domain.batches import Batch
from emulator.domain.calls import Call, CallStatus, Direction
from emulator.kit.errors import ApiError, invalid
from emulator.kit.hooks import Bot
from emulator.kit.rate_limit import RateLimit, check_rate_limit
from emulator.kit.world import World
from emulator.platforms.intron.entries import TOGETHER, Entries
from emulator.platforms.intron.schemas import CONVERSATION_ACCENTS, ROBOCALL_ACCENTS, PlaceCalls
from emulator.platforms.intron.state import (
    Request,
    Workflow,
    options_of,
    params_of,
    state_of,
)
from emulator.platforms.intron.template import LIMIT, Template, template_of

CALLER_ID: Final = "+2342013300000"  # assumed: no page names the number that calls
OWN_FIELDS: Final = frozenset({"phone_number", "workflow_variables", "user_tag_identifiers"})


def place_batch(
    world: World,
    asked: PlaceCalls,
    workflow_type: str | None,
    limit: RateLimit | None = None,
) -> Batch:
    """Place one call for each entry, or refuse them all (ApiError, UnknownError).

    ``workflow_type`` is the only type the operation serves; None for either. Nothing counts
    against the rate limit that is refused for another reason.
    """
    options = options_of(world)
    if len(asked.workflow_params) > options.max_batch:
        raise invalid(("workflow_params", f"must have at most {options.max_batch} entries"))
    workflow = state_of(world).workflows.get(asked.workflow_id)
    if workflow_type is not None and workflow.workflow_type != workflow_type:
        raise ApiError(400, "wrong_type", f"workflow type must be {workflow_type}")
    if workflow.workflow_type == "CONVERSATION" and workflow.status != "ACTIVE":
        raise ApiError(400, "not_active", "workflow is not active")
    accents = CONVERSATION_ACCENTS if workflow.workflow_type == "CONVERSATION" else ROBOCALL_ACCENTS
    if asked.tts_voice_accent is not None and asked.tts_voice_accent not in accents:
        message = f"invalid tts_voice_accent,{asked.tts_voice_accent[:40]} not supported"
        raise ApiError(400, "invalid", message)
    template = template_of(workflow.message, workflow.workflow_type)
    params = Entries(asked.workflow_params)
    _check_messages(asked, params, template, refuse_missing=options.missing_variable == "refuse")
    check_rate_limit(world, limit)
    return _placed(world, workflow, asked, params)


def _check_messages(
    asked: PlaceCalls, params: Entries, template: Template, *, refuse_missing: bool
) -> None:
    if not refuse_missing and template.longest(max(map(len, params.pieces))) <= LIMIT:
        return
    for index, entry in enumerate(asked.workflow_params):
        if not refuse_missing and template.longest(len(params.pieces[index // TOGETHER])) <= LIMIT:
            continue
        values = variables_of(entry)
        if template.length(values) > LIMIT:
            message = f"message length greater than the max limit of {LIMIT} characters"
            raise ApiError(400, "invalid", f"{message} for workflow_params[{index}]")
        if refuse_missing and (missing := template.missing(values)):
            where = f"workflow_params[{index}].workflow_variables.{missing[0]}"
            raise invalid((where, "is required"))


def variables_of(entry: Any) -> dict[str, Any]:
    """The values for a message: those in ``workflow_variables`` win over those beside it."""
    nested = entry.get("workflow_variables") or {}
    if entry.keys() <= OWN_FIELDS:
        return nested
    return {name: value for name, value in entry.items() if name not in OWN_FIELDS} | nested


def _placed(world: World, workflow: Workflow, asked: PlaceCalls, params: Entries) -> Batch:
    now = world.clock.now()
    batch_id = world.ids.uuid("intron.batch")
    numbers = [entry["phone_number"] for entry in asked.workflow_params]
    asked.workflow_params.clear()  # what they take is needed for the calls
    ids = world.ids.uuids("intron.call", len(numbers))
    scenarios = world.scenarios.choose_each(
        platform="intron", numbers=numbers, workflow_id=workflow.id, call_ids=ids
    )
    keys = workflow.keys
    calls = [
        Call(
            call_id,
            "intron",
            workflow.id,
            Direction.OUTBOUND,
            CALLER_ID,
            number,
            CallStatus.QUEUED,
            scenario,
            now,
            keys,
            batch_id,
        )
        for call_id, number, scenario in zip(ids, numbers, scenarios, strict=True)
    ]
    state_of(world).keep(
        Request(
            batch_id=batch_id,
            workflow_id=workflow.id,
            tts_voice_accent=asked.tts_voice_accent,
            tts_voice_gender=asked.tts_voice_gender,
            message=workflow.message,
            workflow_type=workflow.workflow_type,
            params=params,
        )
    )
    return world.engine.place_batch(
        Batch(id=batch_id, platform="intron", workflow_id=workflow.id, created_at=now, calls=calls)
    )


def describe(world: World, call: Call) -> dict[str, Any]:
    """Tell the control API what was said to the callee and what came with the number."""
    request = state_of(world).requests.get(call.batch_id or "")
    entry = params_of(world, call)
    values = variables_of(entry)
    return {
        "message": template_of(request.message, request.workflow_type).fill(values),
        "workflow_variables": values,
        "user_tag_identifiers": entry.get("user_tag_identifiers"),
    }


def bots(world: World) -> Iterator[Bot]:
    """List the workflows, oldest first."""
    return map(_bot, state_of(world).workflows)


def bot(world: World, workflow_id: str) -> Bot | None:
    """Find a workflow, also one that was deleted."""
    state = state_of(world)
    workflow = state.workflows.find(workflow_id) or state.deleted.find(workflow_id)
    return None if workflow is None else _bot(workflow)


def _bot(workflow: Workflow) -> Bot:
    kind = f"{workflow.workflow_type.lower()} workflow"
    return Bot(id=workflow.id, name=workflow.name, kind=kind, message=workflow.message)
