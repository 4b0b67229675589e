"""Placing batches: a few calls at once, and many in turns, at one moment all the same.

https://docs.voice.intron.io/docs/voicebot/robocall-call
https://docs.voice.intron.io/docs/voicebot/conversation-call
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.domain.scenarios import Scenario
from emulator.domain.ticks import SECOND
from emulator.kit.calls import coming_batch
from emulator.kit.errors import ApiError
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.rate_limit import RateLimit, check_rate_limit
from emulator.kit.uniform_list import UniformList
from emulator.kit.world import World
from emulator.platforms.intron.batch_checks import (
    Warn,
    accept_silently,
    check_batch,
    check_size,
    checking_batch,
)
from emulator.platforms.intron.params import WorkflowParams
from emulator.platforms.intron.prepared_calls import (
    BATCH_IDS,
    CALL_IDS,
    MIN_PREPARED,
    PreparedBatch,
    chosen_scenarios,
    new_calls,
    numbers_of,
    taken_entries,
)
from emulator.platforms.intron.state import BatchRequest, IntronContext, IntronWorkflow

with on_first_use():
    from emulator.platforms.intron.schemas import requests

FIELD: Final = "workflow_params"
"""The field of a request that has the entries."""
MAX_PREPARATIONS: Final = 3
"""Then the calls are made at once: what they depend on changes too often."""


async def place_batch(
    context: IntronContext,
    asked: "requests.PlaceCalls",
    uniform: UniformList,
    workflow_type: str | None,
    limit: RateLimit | None = None,
    *,
    warn: Warn = accept_silently,
    start: Callable[[], None],
) -> Batch:
    """Place one call for each entry, or refuse them all (ApiError, UnknownError).

    ``uniform`` has the entries that come before those of the body. ``workflow_type`` is the only
    type the operation serves; None for either. Nothing counts against the rate limit that is
    refused for another reason. ``warn`` gets what the vendor might refuse. Other requests have a
    turn before the calls of a large batch are placed, all of them at one moment; ``start`` is
    called right before it.
    """
    count = len(uniform) + len(asked.workflow_params)
    check_size(context.options, count, FIELD)
    world = context.world
    if count < MIN_PREPARED:
        numbers = [*uniform.texts, *numbers_of(asked.workflow_params)]
        params = WorkflowParams(asked.workflow_params, uniform.chunks)
        workflow = _workflow_of(context, asked, workflow_type)
        check_batch(context.options, workflow, asked, params, FIELD, warn=warn)
        check_rate_limit(world, limit)
        start()
        return place_checked(context, workflow, asked, params, numbers=numbers)

    def begin() -> None:
        check_rate_limit(world, limit)
        start()

    workflow_of = partial(_workflow_of, context, asked, workflow_type)
    numbers, params = await taken_entries(world, asked.workflow_params, uniform)
    return await place_in_turns(
        context, asked, numbers, params, workflow_of=workflow_of, begin=begin, warn=warn
    )


async def place_in_turns(
    context: IntronContext,
    asked: "requests.PlaceCalls",
    numbers: Sequence[str],
    params: WorkflowParams,
    *,
    workflow_of: Callable[[], IntronWorkflow],
    begin: Callable[[], None],
    scenario: Scenario | None = None,
    path: str = FIELD,
    warn: Warn = accept_silently,
) -> Batch:
    """Check and place many calls, at one moment; ``begin`` is called right before it.

    ``workflow_of`` returns the workflow as it is whenever it is called, or raises an error.
    """
    world = context.world
    for _ in range(MAX_PREPARATIONS):
        workflow = workflow_of()
        checks = checking_batch(context.options, workflow, asked, params, path, warn=warn)
        with coming_batch(world, "intron", workflow.id) as coming:
            request = _request(workflow, asked, params)
            prepared = PreparedBatch(world, workflow, request, coming, scenario)
            if await prepared.make(checks, numbers) and prepared.is_ready():
                begin()
                return place_prepared(context, prepared)
        warn = accept_silently  # it has warned
    workflow = workflow_of()
    check_batch(context.options, workflow, asked, params, path, warn=warn)
    begin()
    return place_checked(context, workflow, asked, params, numbers=numbers, scenario=scenario)


def _workflow_of(
    context: IntronContext, asked: "requests.PlaceCalls", workflow_type: str | None
) -> IntronWorkflow:
    workflow = context.state.workflows.get(asked.workflow_id)
    if workflow_type is not None and workflow.workflow_type != workflow_type:
        raise ApiError(400, "wrong_type", f"workflow type must be {workflow_type}")
    return workflow


def place_checked(
    context: IntronContext,
    workflow: IntronWorkflow,
    asked: "requests.PlaceCalls",
    params: WorkflowParams,
    *,
    numbers: Sequence[str] | None = None,
    scenario: Scenario | None = None,
    queue_ticks: int | None = None,
) -> Batch:
    """Place calls that were checked; ``queue_ticks`` replaces the option ``queue_seconds``."""
    world: World = context.world
    request = _request(workflow, asked, params, world.ids.uuid(BATCH_IDS))
    if numbers is None:
        numbers = numbers_of(asked.workflow_params)
    asked.workflow_params.clear()  # the memory is needed for the calls
    calls = _new_calls(world, workflow, request.batch_id, numbers, scenario)
    context.state.add_batch(request)
    return world.engine.place_batch(
        _batch(request, calls), _queue_ticks(context) if queue_ticks is None else queue_ticks
    )


def place_prepared(context: IntronContext, prepared: PreparedBatch) -> Batch:
    """Place a batch that is ready."""
    batch = _batch(prepared.request, prepared.used_calls())
    context.state.add_batch(prepared.request)
    coming = prepared.coming
    context.world.engine.place_batch(batch, _queue_ticks(context), coming.calls)
    coming.take()
    return batch


def _queue_ticks(context: IntronContext) -> int:
    return round(context.options.queue_seconds * SECOND)


def _batch(request: BatchRequest, calls: list[Call]) -> Batch:
    return Batch(
        id=request.batch_id,
        platform="intron",
        workflow_id=request.workflow_id,
        created_at=calls[0].created_at,
        calls=calls,
    )


def _request(
    workflow: IntronWorkflow,
    asked: "requests.PlaceCalls",
    params: WorkflowParams,
    batch_id: str = "",
) -> BatchRequest:
    accent, gender = requests.DEFAULT_VOICES[workflow.workflow_type]
    return BatchRequest(
        batch_id=batch_id,
        workflow_id=workflow.id,
        tts_voice_accent=asked.tts_voice_accent or accent,
        tts_voice_gender=asked.tts_voice_gender or gender,
        message=workflow.message,
        workflow_type=workflow.workflow_type,
        params=params,
    )


def _new_calls(
    world: World,
    workflow: IntronWorkflow,
    batch_id: str,
    numbers: Sequence[str],
    scenario: Scenario | None,
) -> list[Call]:
    """Return a call to each number, with this scenario or with one that is chosen for it."""
    ids = world.ids.uuids(CALL_IDS, len(numbers))
    names = chosen_scenarios(world.scenarios, workflow.id, numbers, ids, scenario)
    return new_calls(world, workflow, batch_id, ids=ids, numbers=numbers, scenarios=names)
