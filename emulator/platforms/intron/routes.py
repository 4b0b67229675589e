"""Intron's operations, in the order of its pages.

https://transcribe.intron.health/docs/?section=voice-bots-workflow
https://docs.voice.intron.io/docs/voicebot/robocall-call
https://docs.voice.intron.io/docs/voicebot/conversation-call
https://transcribe.intron.health/docs/?section=voice-bots-call-status
"""

from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import ApiError, invalid
from emulator.kit.hints import add_hint
from emulator.kit.http import read_body, read_large_body, read_query, start_now
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import PLACE_CALLS, Operation
from emulator.kit.turns import in_turns_of
from emulator.kit.world import World, context_of, world_of
from emulator.platforms.intron.envelope import ok, ok_call, ok_page
from emulator.platforms.intron.options import placing_limit
from emulator.platforms.intron.params import uniform_entries
from emulator.platforms.intron.placement import FIELD, place_batch
from emulator.platforms.intron.schemas.words import processing_word, statuses_of
from emulator.platforms.intron.serializers import (
    seconds_of,
    serialize_batch,
    serialize_stats,
    serialize_workflow,
)
from emulator.platforms.intron.state import (
    IntronContext,
    IntronWorkflow,
    options_of,
    state_of,
    tags_of,
)
from emulator.platforms.intron.voice_bots import operations as voice_bot_operations
from emulator.platforms.intron.workflows import add_workflow, change_workflow, new_workflow
from emulator.platforms.intron.written_calls import serialize_calls

with on_first_use():
    from emulator.kit import pagination
    from emulator.platforms.intron.schemas import requests, responses


async def create_workflow(request: Request) -> Response:
    """Create a workflow."""
    world = world_of(request)
    asked = read_body(request, requests.CreateIntronWorkflow)
    is_required = options_of(world).workflow_type == "required"
    if is_required and "workflow_type" not in asked.model_fields_set:
        raise invalid(("workflow_type", "is required"))
    workflow = add_workflow(world, new_workflow(world, asked))
    status = options_of(world).created_status
    return ok("workflow created successfully", serialize_workflow(world, workflow), status)


async def list_workflows(request: Request) -> Response:
    """List all workflows, without pagination."""
    world = world_of(request)
    workflows = [serialize_workflow(world, each) for each in state_of(world).workflows]
    return ok("workflows retrieved successfully", workflows)


async def get_workflow(request: Request) -> Response:
    """Retrieve a workflow."""
    world = world_of(request)
    return ok("workflow retrieved successfully", serialize_workflow(world, _workflow(request)))


async def update_workflow(request: Request) -> Response:
    """Update a workflow; fields that are not sent keep their values."""
    world = world_of(request)
    workflow = _workflow(request)
    change_workflow(workflow, read_body(request, requests.UpdateIntronWorkflow))
    state_of(world).workflows.save(workflow)
    return ok("workflow updated successfully", serialize_workflow(world, workflow))


async def delete_workflow(request: Request) -> Response:
    """Delete a workflow; calls that are already placed continue, and are reported."""
    state_of(world_of(request)).delete(_workflow(request))
    return ok("workflow deleted successfully", {})


async def list_requests(request: Request) -> Response:
    """List the batches of a workflow, newest first, with counts of all its calls."""
    world = world_of(request)
    workflow = _workflow(request)
    query = read_query(request, pagination.PageQuery)
    batches = state_of(world).by_workflow.get(workflow.id, [])
    last = max(0, len(batches) - query.offset)
    page = batches[max(0, last - query.per_page) : last][::-1]
    shown = [serialize_batch(world, each) for each in page]
    rest = {
        "total": len(batches),
        "page": query.page,
        "per_page": query.per_page,
        "stats": serialize_stats(world.calls.of_workflow("intron", workflow.id).tally),
    }
    entries = await in_turns_of(world, (each.params.text for each in page))
    parts = [
        part
        for (before, after), each in zip(shown, entries, strict=True)
        for part in (b",", before, each, after)
    ]
    items = b"".join(parts[1:])
    return ok_page("workflow requests retrieved successfully", items, rest)


async def list_calls(request: Request) -> Response:
    """List the calls of a workflow, newest first; filter by batch, status or number."""
    world = world_of(request)
    workflow = _workflow(request)
    query = read_query(request, requests.WorkflowCallsQuery)
    calls = world.calls.of_workflow("intron", workflow.id)
    found, total = calls.page(
        query.offset,
        query.per_page,
        statuses=None if query.status is None else statuses_of(query.status),
        number=query.phone_number,
        within=None if query.batch_id is None else _places(world, workflow, query.batch_id),
    )
    items = serialize_calls(found, (tags_of(world, call) for call in found), {})
    rest = {"total": total, "page": query.page, "per_page": query.per_page}
    return ok_page("workflow calls retrieved successfully", items.encode(), rest)


async def place_calls(request: Request) -> Response:
    """Place calls through the older path, which accepts workflows of both types."""
    return await _placed(request, None)


async def place_robocalls(request: Request) -> Response:
    """Place robocalls."""
    return await _placed(request, "ROBOCALL")


async def place_conversations(request: Request) -> Response:
    """Place conversation calls."""
    return await _placed(request, "CONVERSATION")


async def get_status(request: Request) -> Response:
    """Get the status and result of one call."""
    world = world_of(request)
    call = world.calls.get(request.path_params["call_id"])
    if call.platform != "intron":
        raise ApiError(404, "not_found", "call not found")
    shown: dict[str, Any] = {"call_id": call.id}
    if (seconds := seconds_of(call)) is not None:
        shown["call_duration_in_seconds"] = seconds
    shown["processing_status"] = processing_word(call.status)
    return ok_call("call status found", shown)


async def _placed(request: Request, workflow_type: str | None) -> Response:
    context: IntronContext = context_of(request)
    entries = uniform_entries()
    asked = await read_large_body(request, requests.PlaceCalls, FIELD, entries)
    limit, warn = placing_limit(context.options), partial(add_hint, request)
    start = partial(start_now, request)
    batch = await place_batch(context, asked, entries, workflow_type, limit, warn=warn, start=start)
    message = "batch request created successfully"
    return ok_call(message, {"batch_id": batch.id}, context.options.created_status)


def _workflow(request: Request) -> IntronWorkflow:
    return state_of(world_of(request)).workflows.get(request.path_params["workflow_id"])


def _places(world: World, workflow: IntronWorkflow, batch_id: str) -> tuple[int, int]:
    request = state_of(world).batch_requests.find(batch_id)
    if request is None or request.workflow_id != workflow.id:
        return 0, 0
    return world.batches.get(batch_id).places


WORKFLOW_PAGE: Final = "https://transcribe.intron.health/docs/?section=voice-bots-workflow"
CALL_PAGE: Final = "https://transcribe.intron.health/docs/?section=voice-bots-call"
STATUS_PAGE: Final = "https://transcribe.intron.health/docs/?section=voice-bots-call-status"
ROBOCALL_PAGE: Final = "https://docs.voice.intron.io/docs/voicebot/robocall-call"
CONVERSATION_PAGE: Final = "https://docs.voice.intron.io/docs/voicebot/conversation-call"

operations: Final = (
    Operation(
        method="POST",
        path="/voicebot/v1/workflows",
        handler=create_workflow,
        docs=WORKFLOW_PAGE,
        takes=lambda: requests.CreateIntronWorkflow,
        gives=lambda: responses.IntronWorkflowResource,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/workflows",
        handler=list_workflows,
        docs=WORKFLOW_PAGE,
        gives=lambda: responses.IntronWorkflowResource,
        many=True,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/workflows/{workflow_id}",
        handler=get_workflow,
        docs=WORKFLOW_PAGE,
        gives=lambda: responses.IntronWorkflowResource,
    ),
    Operation(
        method="PUT",
        path="/voicebot/v1/workflows/{workflow_id}",
        handler=update_workflow,
        docs=WORKFLOW_PAGE,
        takes=lambda: requests.UpdateIntronWorkflow,
        gives=lambda: responses.IntronWorkflowResource,
    ),
    Operation(
        method="DELETE",
        path="/voicebot/v1/workflows/{workflow_id}",
        handler=delete_workflow,
        docs=WORKFLOW_PAGE,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/workflows/{workflow_id}/requests",
        handler=list_requests,
        docs=WORKFLOW_PAGE,
        query=lambda: pagination.PageQuery,
        gives=lambda: responses.BatchesPage,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/workflows/{workflow_id}/calls",
        handler=list_calls,
        docs=WORKFLOW_PAGE,
        query=lambda: requests.WorkflowCallsQuery,
        gives=lambda: responses.WorkflowCallsPage,
    ),
    Operation(
        method="POST",
        path="/voicebot/v1/call",
        handler=place_calls,
        alias=PLACE_CALLS,
        docs=CALL_PAGE,
        note=(
            "places robocalls; on the older host convobot.intron.health it also takes"
            " conversation workflows"
        ),
        takes=lambda: requests.PlaceCalls,
        gives=lambda: responses.PlacedBatch,
    ),
    Operation(
        method="POST",
        path="/voicebot/v1/call",
        handler=place_conversations,
        alias=PLACE_CALLS,
        docs="https://transcribe.intron.health/docs/?section=voice-bots-conversation-call",
        host="convobot.",
        note="only on the older host convobot.intron.health",
        takes=lambda: requests.PlaceCalls,
        gives=lambda: responses.PlacedBatch,
    ),
    Operation(
        method="POST",
        path="/voicebot/v1/robocall/call",
        handler=place_robocalls,
        alias=PLACE_CALLS,
        docs=ROBOCALL_PAGE,
        takes=lambda: requests.PlaceCalls,
        gives=lambda: responses.PlacedBatch,
    ),
    Operation(
        method="POST",
        path="/voicebot/v1/convobot/call",
        handler=place_conversations,
        alias=PLACE_CALLS,
        docs=CONVERSATION_PAGE,
        takes=lambda: requests.PlaceCalls,
        gives=lambda: responses.PlacedBatch,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/status/{call_id}",
        handler=get_status,
        docs=STATUS_PAGE,
        gives=lambda: responses.CallStatusResource,
    ),
    *voice_bot_operations,
)
