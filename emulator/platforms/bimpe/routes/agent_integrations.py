"""The integrations that a request is about: of the agent in its path, and of one family."""

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.world import world_of
from emulator.platforms.bimpe.records.team import BimpeAgent, Integration
from emulator.platforms.bimpe.routes.envelope import success
from emulator.platforms.bimpe.routes.paths import agent_of
from emulator.platforms.bimpe.serializers.integrations import serialize_tool
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team import integrations
from emulator.platforms.bimpe.team.tools import tools_of


def agent_with_workflow(request: Request) -> BimpeAgent:
    """Return the agent in the path; ApiError 400 if it has no workflow."""
    agent = agent_of(request)
    integrations.require_workflow(agent)
    return agent


def family_of(request: Request, family: str) -> list[Integration]:
    """Return the agent's integrations of a family."""
    return integrations.integrations_of(state_of(world_of(request)), agent_of(request).id, family)


def integration_of(request: Request, family: str) -> Integration:
    """Return the integration in the path, which must be of this family."""
    integration_id = request.path_params["integrationId"]
    return integrations.find(world_of(request), agent_of(request), integration_id, family)


def disconnect(request: Request, family: str) -> Response:
    """Remove the integration in the path, with its tools."""
    integrations.remove(state_of(world_of(request)), integration_of(request, family))
    return success(None)


def list_tools(request: Request, family: str) -> Response:
    """List the tools of the integration in the path."""
    found = integration_of(request, family)
    tools = tools_of(state_of(world_of(request)), found.agent_id, found.id)
    return success([serialize_tool(each) for each in tools])
