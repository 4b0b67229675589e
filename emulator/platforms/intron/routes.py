"""Intron's operations, in the order of its pages.

https://transcribe.intron.health/docs/?section=voice-bots-workflow
https://docs.voice.intron.io/docs/voicebot/robocall-call
https://docs.voice.intron.io/docs/voicebot/conversation-call
https://transcribe.intron.health/docs/?section=voice-bots-call-status
"""

from typing import Any, Final

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from emulator.kit.errors import ApiError
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.json import to_json
from emulator.kit.operation import Operation
from emulator.kit.pagination import PageQuery
from emulator.kit.world import World, world_of
from emulator.platforms.intron.callbacks import seconds_of, shown_calls, shown_stats
from emulator.platforms.intron.calls import place_batch
from emulator.platforms.intron.options import placing_limit
from emulator.platforms.intron.schemas import (
    BatchMade,
    CallsPage,
    CallsQuery,
    NewWorkflow,
    PlaceCalls,
    RequestsPage,
    StatusShown,
    WorkflowChanges,
    WorkflowShown,
    batch_word,
    processing_word,
    statuses_called,
    wire_time,
)
from emulator.platforms.intron.state import Request, Workflow, options_of, state_of, tags_of


async def create_workflow(request: HttpRequest) -> Response:
    """Create a workflow."""
    world = world_of(request)
    asked = read_body(request, NewWorkflow)
    workflow = Workflow(
        id=world.ids.uuid("intron.workflow"),
        name=asked.name,
        message=asked.message,
        created_at=world.clock.now(),
    )
    _change(workflow, asked)
    state_of(world).workflows.add(workflow)
    status = options_of(world).created_status
    return _ok("workflow created successfully", _shown(world, workflow), status)


async def list_workflows(request: HttpRequest) -> Response:
    """List all workflows; this list has no pages."""
    world = world_of(request)
    workflows = [_shown(world, each) for each in state_of(world).workflows]
    return _ok("workflows retrieved successfully", workflows)


async def get_workflow(request: HttpRequest) -> Response:
    """Retrieve a workflow."""
    world = world_of(request)
    return _ok("workflow retrieved successfully", _shown(world, _workflow(request)))


async def update_workflow(request: HttpRequest) -> Response:
    """Update the fields of a workflow that are sent."""
    world = world_of(request)
    workflow = _workflow(request)
    _change(workflow, read_body(request, WorkflowChanges))
    state_of(world).workflows.save(workflow)
    return _ok("workflow updated successfully", _shown(world, workflow))


async def delete_workflow(request: HttpRequest) -> Response:
    """Delete a workflow; calls it has placed go on and are reported."""
    state_of(world_of(request)).delete(_workflow(request))
    return _ok("workflow deleted successfully", {})


async def list_requests(request: HttpRequest) -> Response:
    """List the requests of a workflow, newest first, with counts of all its calls."""
    world = world_of(request)
    workflow = _workflow(request)
    query = read_query(request, PageQuery)
    requests = state_of(world).by_workflow.get(workflow.id, [])
    last = max(0, len(requests) - query.offset)
    page = requests[max(0, last - query.per_page) : last][::-1]
    items = b",".join(_shown_request(world, each) for each in page)
    rest = {
        "total": len(requests),
        "page": query.page,
        "per_page": query.per_page,
        "stats": shown_stats(world.calls.of_workflow("intron", workflow.id).tally),
    }
    return _page("workflow requests retrieved successfully", items, rest)


async def list_calls(request: HttpRequest) -> Response:
    """List the calls of a workflow, newest first, by batch, status and number."""
    world = world_of(request)
    workflow = _workflow(request)
    query = read_query(request, CallsQuery)
    calls = world.calls.of_workflow("intron", workflow.id)
    found, total = calls.page(
        query.offset,
        query.per_page,
        statuses=None if query.status is None else statuses_called(query.status),
        number=query.phone_number,
        within=None if query.batch_id is None else _places(world, workflow, query.batch_id),
    )
    items = shown_calls(found, (tags_of(world, call) for call in found), {})
    rest = {"total": total, "page": query.page, "per_page": query.per_page}
    return _page("workflow calls retrieved successfully", items.encode(), rest)


async def place_calls(request: HttpRequest) -> Response:
    """Place calls by the older path, which serves workflows of both types."""
    return _placed(request, None)


async def place_robocalls(request: HttpRequest) -> Response:
    """Place robocalls."""
    return _placed(request, "ROBOCALL")


async def place_conversations(request: HttpRequest) -> Response:
    """Place conversation calls."""
    return _placed(request, "CONVERSATION")


async def get_status(request: HttpRequest) -> Response:
    """Get the status and result of one call."""
    world = world_of(request)
    call = world.calls.get(request.path_params["call_id"])
    if call.platform != "intron":
        raise ApiError(404, "not_found", "call not found")
    shown: dict[str, Any] = {"call_id": call.id}
    if (seconds := seconds_of(call)) is not None:
        shown["call_duration_in_seconds"] = seconds
    shown["processing_status"] = processing_word(call.status)
    return _ok("call status found", shown)


def _placed(request: HttpRequest, workflow_type: str | None) -> Response:
    world = world_of(request)
    asked = read_body(request, PlaceCalls)
    batch = place_batch(world, asked, workflow_type, placing_limit(world))
    message = "batch request created successfully"
    return _ok(message, {"batch_id": batch.id}, options_of(world).created_status)


def _ok(message: str, data: object, status: int = 200) -> Response:
    return json_response({"status": "Ok", "message": message, "data": data}, status)


def _page(message: str, items: bytes, rest: dict[str, Any]) -> Response:
    """Answer with items that are JSON already."""
    head = to_json({"status": "Ok", "message": message})[:-1]
    data = b'{"items":[' + items + b"]," + to_json(rest)[1:]
    return Response(head + b',"data":' + data + b"}", media_type="application/json")


def _workflow(request: HttpRequest) -> Workflow:
    return state_of(world_of(request)).workflows.get(request.path_params["workflow_id"])


def _change(workflow: Workflow, asked: WorkflowChanges) -> None:
    """Take over what was sent; both ways of naming the replies end in one map."""
    sent = asked.model_fields_set
    for field in ("name", "description", "message", "workflow_type", "include_reply"):
        if field in sent:
            setattr(workflow, field, getattr(asked, field))
    if "call_back_url" in sent:
        workflow.call_back_url = asked.call_back_url
    if "response_options" in sent:
        workflow.replies = dict(asked.response_options or {})
    for field, key in (("option_one", "1"), ("option_two", "2")):
        if field in sent:
            text = getattr(asked, field)
            if text is None:
                workflow.replies.pop(key, None)
            else:
                workflow.replies[key] = text


def _shown(world: World, workflow: Workflow) -> dict[str, Any]:
    options = options_of(world)
    shown: dict[str, Any] = {
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


def _shown_request(world: World, request: Request) -> bytes:
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


def _places(world: World, workflow: Workflow, batch_id: str) -> tuple[int, int]:
    request = state_of(world).requests.find(batch_id)
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
        basis="documented",
        takes=NewWorkflow,
        gives=WorkflowShown,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/workflows",
        handler=list_workflows,
        docs=WORKFLOW_PAGE,
        basis="documented",
        gives=WorkflowShown,
        many=True,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/workflows/{workflow_id}",
        handler=get_workflow,
        docs=WORKFLOW_PAGE,
        basis="documented",
        gives=WorkflowShown,
    ),
    Operation(
        method="PUT",
        path="/voicebot/v1/workflows/{workflow_id}",
        handler=update_workflow,
        docs=WORKFLOW_PAGE,
        basis="documented",
        takes=WorkflowChanges,
        gives=WorkflowShown,
    ),
    Operation(
        method="DELETE",
        path="/voicebot/v1/workflows/{workflow_id}",
        handler=delete_workflow,
        docs=WORKFLOW_PAGE,
        basis="documented",
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/workflows/{workflow_id}/requests",
        handler=list_requests,
        docs=WORKFLOW_PAGE,
        basis="documented",
        query=PageQuery,
        gives=RequestsPage,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/workflows/{workflow_id}/calls",
        handler=list_calls,
        docs=WORKFLOW_PAGE,
        basis="documented",
        query=CallsQuery,
        gives=CallsPage,
    ),
    Operation(
        method="POST",
        path="/voicebot/v1/call",
        handler=place_calls,
        docs=CALL_PAGE,
        basis="documented",
        note="robocalls by the older path; on one host it takes conversation workflows too",
        takes=PlaceCalls,
        gives=BatchMade,
    ),
    Operation(
        method="POST",
        path="/voicebot/v1/call",
        handler=place_conversations,
        docs="https://transcribe.intron.health/docs/?section=voice-bots-conversation-call",
        basis="documented",
        host="convobot.",
        note="when the request names the older host convobot.intron.health",
        takes=PlaceCalls,
        gives=BatchMade,
    ),
    Operation(
        method="POST",
        path="/voicebot/v1/robocall/call",
        handler=place_robocalls,
        docs=ROBOCALL_PAGE,
        basis="documented",
        takes=PlaceCalls,
        gives=BatchMade,
    ),
    Operation(
        method="POST",
        path="/voicebot/v1/convobot/call",
        handler=place_conversations,
        docs=CONVERSATION_PAGE,
        basis="documented",
        takes=PlaceCalls,
        gives=BatchMade,
    ),
    Operation(
        method="GET",
        path="/voicebot/v1/status/{call_id}",
        handler=get_status,
        docs=STATUS_PAGE,
        basis="documented",
        gives=StatusShown,
    ),
)
