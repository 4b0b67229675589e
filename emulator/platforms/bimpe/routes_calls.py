"""The operations on calls and phone numbers.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/calls/
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.calls import Call
from emulator.kit.http import read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.bimpe.calls import logs_of, make_call
from emulator.platforms.bimpe.envelope import show, show_page
from emulator.platforms.bimpe.lists import CALLS, where
from emulator.platforms.bimpe.numbers import change_number, request_number
from emulator.platforms.bimpe.records import AgentCall
from emulator.platforms.bimpe.routes_agents import AGENT, agent_of
from emulator.platforms.bimpe.routes_workflows import ROOT
from emulator.platforms.bimpe.schemas import maybe_time
from emulator.platforms.bimpe.schemas_conversations import (
    CallsQuery,
    MakeCall,
    NewNumberRequest,
    NumberChanges,
    NumbersQuery,
    RequestsQuery,
)
from emulator.platforms.bimpe.schemas_shown import (
    CallShown,
    CallWhole,
    MadeCall,
    NumberShown,
    NumberWhole,
    RequestShown,
)
from emulator.platforms.bimpe.showing import shown_call, shown_number, shown_request, whole_number
from emulator.platforms.bimpe.team import owned, state_of


async def list_calls(request: Request) -> Response:
    """List an agent's calls, by status and whether they are tests."""
    world, agent = world_of(request), agent_of(request)
    query = read_query(request, CallsQuery)
    tags = where(CALLS, query.status, query.is_test_call)
    found, total = state_of(world).belongings[agent.id].calls.page(query, tags)
    return show_page(query, total, [shown_call(each, _call(world, each)) for each in found])


async def create_call(request: Request) -> Response:
    """Call somebody: on a test line, or from the number linked to the agent."""
    world, agent = world_of(request), agent_of(request)
    return show(make_call(world, agent, read_body(request, MakeCall)), 201)


async def get_call(request: Request) -> Response:
    """Get a call with what was said on it."""
    world, agent = world_of(request), agent_of(request)
    record = owned(state_of(world).calls, agent.id, request.path_params["callId"])
    call = _call(world, record)
    whole: dict[str, Any] = {
        "started_at": maybe_time(record.created_on),
        "answered_at": maybe_time(call.answered_at),
        "conversation_logs": logs_of(world, record, call),
    }
    return show(shown_call(record, call) | whole)


async def list_numbers(request: Request) -> Response:
    """List the team's phone numbers."""
    query = read_query(request, NumbersQuery)
    found, total = state_of(world_of(request)).number_list.page(query)
    return show_page(query, total, [shown_number(each) for each in found])


async def get_number(request: Request) -> Response:
    """Get a phone number."""
    numbers = state_of(world_of(request)).numbers
    return show(whole_number(numbers.get(request.path_params["phoneNumberId"])))


async def update_number(request: Request) -> Response:
    """Link a phone number to an agent or to none, or label it."""
    world = world_of(request)
    number = state_of(world).numbers.get(request.path_params["phoneNumberId"])
    change_number(world, number, read_body(request, NumberChanges))
    return show(whole_number(number))


async def list_number_requests(request: Request) -> Response:
    """List the team's requests for phone numbers."""
    query = read_query(request, RequestsQuery)
    found, total = state_of(world_of(request)).request_list.page(query)
    return show_page(query, total, [shown_request(each) for each in found])


async def create_number_request(request: Request) -> Response:
    """Request a phone number; it is answered by a message alone."""
    request_number(world_of(request), read_body(request, NewNumberRequest))
    return show(None, 201)


def _call(world: World, record: AgentCall) -> Call:
    return world.engine.call(record.id)


DOCS: Final = "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/"
CALLS_PATH: Final = f"{AGENT}/calls"
NUMBERS: Final = f"{ROOT}/phone-numbers"
NUMBER: Final = f"{NUMBERS}/{{phoneNumberId}}"

operations: Final = (
    Operation(
        method="GET",
        path=CALLS_PATH,
        handler=list_calls,
        docs=DOCS,
        query=CallsQuery,
        gives=CallShown,
    ),
    Operation(
        method="POST",
        path=CALLS_PATH,
        handler=create_call,
        docs=DOCS,
        takes=MakeCall,
        gives=MadeCall,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{CALLS_PATH}/{{callId}}",
        handler=get_call,
        docs=DOCS,
        gives=CallWhole,
    ),
    Operation(
        method="GET",
        path=NUMBERS,
        handler=list_numbers,
        docs=DOCS,
        query=NumbersQuery,
        gives=NumberShown,
    ),
    Operation(
        method="GET",
        path=f"{NUMBERS}/request",
        handler=list_number_requests,
        docs=DOCS,
        query=RequestsQuery,
        gives=RequestShown,
    ),
    Operation(
        method="POST",
        path=f"{NUMBERS}/request",
        handler=create_number_request,
        docs=DOCS,
        takes=NewNumberRequest,
        status=201,
    ),
    Operation(
        method="GET",
        path=NUMBER,
        handler=get_number,
        docs=DOCS,
        gives=NumberWhole,
    ),
    Operation(
        method="PATCH",
        path=NUMBER,
        handler=update_number,
        docs=DOCS,
        takes=NumberChanges,
        gives=NumberWhole,
    ),
)
