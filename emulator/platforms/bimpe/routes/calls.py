"""The operations on calls.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/calls/
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.calls import Call
from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import PLACE_CALLS, Operation
from emulator.kit.world import World, context_of, world_of
from emulator.platforms.bimpe.calls import place_requested
from emulator.platforms.bimpe.chat.transcripts import conversation_logs
from emulator.platforms.bimpe.lists.agent_records import record_of
from emulator.platforms.bimpe.lists.filters import CALL_TAGS, matching_tags
from emulator.platforms.bimpe.records.conversations import AgentCall
from emulator.platforms.bimpe.routes.envelope import success, success_page
from emulator.platforms.bimpe.routes.paths import AGENT, API_DOCS, agent_of
from emulator.platforms.bimpe.schemas.words import optional_time
from emulator.platforms.bimpe.serializers.calls import serialize_call
from emulator.platforms.bimpe.state import state_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import calls as call_schemas


async def list_calls(request: Request) -> Response:
    """List an agent's calls; filter by status and test calls."""
    world, agent = world_of(request), agent_of(request)
    query = read_query(request, call_schemas.AgentCallsQuery)
    tags = matching_tags(CALL_TAGS, query.status, query.is_test_call)
    found, total = state_of(world).agent_records[agent.id].calls.page(query, tags)
    return success_page(query, total, [serialize_call(each, _call(world, each)) for each in found])


async def create_call(request: Request) -> Response:
    """Place a call: from a test line, or from the agent's phone number."""
    agent, asked = agent_of(request), read_body(request, call_schemas.CreateCall)
    return success(place_requested(context_of(request), agent, asked), 201)


async def get_call(request: Request) -> Response:
    """Get a call with its transcript."""
    world, agent = world_of(request), agent_of(request)
    record = record_of(state_of(world).calls, agent.id, request.path_params["callId"])
    call = _call(world, record)
    details: dict[str, Any] = {
        "started_at": optional_time(record.created_on),
        "answered_at": optional_time(call.answered_at),
        "conversation_logs": conversation_logs(world, record, call),
    }
    return success(serialize_call(record, call) | details)


def _call(world: World, record: AgentCall) -> Call:
    return world.calls.get(record.id)


CALLS: Final = f"{AGENT}/calls"

CALLS_DOCS: Final = f"{API_DOCS}calls/"

operations: Final = (
    Operation(
        method="GET",
        path=CALLS,
        handler=list_calls,
        docs=CALLS_DOCS,
        query=lambda: call_schemas.AgentCallsQuery,
        gives=lambda: call_schemas.CallResource,
    ),
    Operation(
        method="POST",
        path=CALLS,
        handler=create_call,
        alias=PLACE_CALLS,
        docs=f"{CALLS_DOCS}makeCall/",
        takes=lambda: call_schemas.CreateCall,
        gives=lambda: call_schemas.CreateCallResponse,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{CALLS}/{{callId}}",
        handler=get_call,
        docs=CALLS_DOCS,
        gives=lambda: call_schemas.CallDetailsResource,
    ),
)
