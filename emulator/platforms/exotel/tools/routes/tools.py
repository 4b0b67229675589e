"""Operations on tools, their versions and tests.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.callbacks import Callback
from emulator.domain.errors import EndedError
from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.mcp_client import last_message
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.exotel.accounts import account_of_request
from emulator.platforms.exotel.tools import definitions
from emulator.platforms.exotel.tools.envelope import respond, respond_page, respond_with_result
from emulator.platforms.exotel.tools.executions import ToolExecution, ToolOutcome
from emulator.platforms.exotel.tools.records.tools import VoicebotTool
from emulator.platforms.exotel.tools.serializers import (
    serialize_result,
    serialize_tool,
    serialize_version,
)
from emulator.platforms.exotel.tools.state import KINDS, STATUSES, state_of, tool_tag
from emulator.platforms.exotel.voicebots.schemas.words import CLIENT

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import requests, responses


async def create_tool(request: Request) -> Response:
    """Create a tool; it is inactive until one of its versions is activated."""
    world = world_of(request)
    account = account_of_request(request)
    tool = definitions.create_tool(world, account, read_body(request, requests.CreateTool))
    return respond(serialize_tool(world, tool), 201)


async def list_tools(request: Request) -> Response:
    """List the tools, newest first."""
    world = world_of(request)
    query = read_query(request, requests.ToolsQuery)
    statuses = STATUSES
    if query.active is not None:
        statuses = ("active",) if query.active == "true" else ("inactive",)
    kinds = KINDS if query.type is None else (query.type,)
    tags = [tool_tag(kind, status) for kind in kinds for status in statuses]
    listed = state_of(world).listed.of(account_of_request(request))
    page = listed.page(query.offset, query.limit, tags)
    return respond_page(query, listed.count(tags), [serialize_tool(world, each) for each in page])


async def get_tool(request: Request) -> Response:
    """Retrieve a tool."""
    return respond(serialize_tool(world_of(request), _tool(request)))


async def update_tool(request: Request) -> Response:
    """Activate a version of a tool, or deactivate the tool."""
    world, tool = world_of(request), _tool(request)
    definitions.update_tool(world, tool, read_body(request, requests.UpdateTool))
    return respond(serialize_tool(world, tool))


async def list_tool_versions(request: Request) -> Response:
    """List the versions of a tool, newest first."""
    versions = state_of(world_of(request)).versions_of(_tool(request))
    query = read_query(request, requests.VersionsQuery)
    last = max(0, len(versions) - query.offset)
    page = versions[max(0, last - query.limit) : last][::-1]
    return respond_page(query, len(versions), [serialize_version(each) for each in page])


async def create_tool_version(request: Request) -> Response:
    """Create the next version of a tool; it is used once it is activated."""
    world, tool = world_of(request), _tool(request)
    version = definitions.create_version(
        world, tool, read_body(request, requests.CreateToolVersion)
    )
    return respond(serialize_version(version), 201)


async def get_tool_version(request: Request) -> Response:
    """Retrieve a version of a tool."""
    state = state_of(world_of(request))
    version = state.version(_tool(request), request.path_params["version_id"])
    return respond(serialize_version(version))


async def test_tool(request: Request) -> Response:
    """Test a version of a tool: OpenAPI tools are called, Python is answered by a script."""
    world, tool = world_of(request), _tool(request)
    version = state_of(world).version(tool, request.path_params["version_id"])
    inputs = read_body(request, requests.RunToolTest).test_inputs
    execution = ToolExecution(tool=tool, version=version, inputs=inputs)
    outcome, started = execution.begin(world), world.clock.now()
    while isinstance(outcome, Callback):
        made = outcome
        await world.courier.send(made)
        if not made.attempts:
            raise EndedError("the world was deleted or reset")
        attempt = made.attempts[-1]
        outcome = execution.resume(world, made, attempt.response, attempt.ended_at - started)
        if isinstance(outcome, ToolOutcome) and (ending := last_message(world, made)) is not None:
            await world.courier.send(ending)
    test_id = world.ids.uuid("exotel.tool_test")
    return respond_with_result(serialize_result(test_id, inputs, outcome))


def _tool(request: Request) -> VoicebotTool:
    state = state_of(world_of(request))
    return state.tool(account_of_request(request), request.path_params["tool_id"])


DOCS: Final = "https://developer.exotel.com/docs/voicebot-tools/overview"
TENANT: Final = "/tools/api/v1/tenants/{tenant_id}"
TOOL: Final = f"{TENANT}/tools/{{tool_id}}"

operations: Final = (
    Operation(
        method="POST",
        path=f"{TENANT}/tools",
        handler=create_tool,
        docs=DOCS,
        takes=lambda: requests.CreateTool,
        gives=lambda: responses.VoicebotToolResource,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{TENANT}/tools",
        handler=list_tools,
        docs=CLIENT,
        basis="observed",
        query=lambda: requests.ToolsQuery,
        gives=lambda: responses.VoicebotToolResource,
    ),
    Operation(
        method="GET",
        path=TOOL,
        handler=get_tool,
        docs=DOCS,
        gives=lambda: responses.VoicebotToolResource,
    ),
    Operation(
        method="PUT",
        path=TOOL,
        handler=update_tool,
        docs=DOCS,
        takes=lambda: requests.UpdateTool,
        gives=lambda: responses.VoicebotToolResource,
    ),
    Operation(
        method="GET",
        path=f"{TOOL}/versions",
        handler=list_tool_versions,
        docs=DOCS,
        query=lambda: requests.VersionsQuery,
        gives=lambda: responses.ToolVersionResource,
    ),
    Operation(
        method="POST",
        path=f"{TOOL}/versions",
        handler=create_tool_version,
        docs=CLIENT,
        basis="observed",
        takes=lambda: requests.CreateToolVersion,
        gives=lambda: responses.ToolVersionResource,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{TOOL}/versions/{{version_id}}",
        handler=get_tool_version,
        docs=DOCS,
        gives=lambda: responses.ToolVersionResource,
    ),
    Operation(
        method="POST",
        path=f"{TOOL}/versions/{{version_id}}/tests",
        handler=test_tool,
        docs=DOCS,
        takes=lambda: requests.RunToolTest,
        gives=lambda: responses.ToolTestResource,
    ),
)
