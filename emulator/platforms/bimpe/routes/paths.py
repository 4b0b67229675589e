"""The paths that several modules share, and the agent that a path names."""

from typing import Final

from starlette.requests import Request

from emulator.kit.world import world_of
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.state import state_of

API_DOCS: Final = "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/"
AGENTS_DOCS: Final = f"{API_DOCS}agents/"
ROOT: Final = "/api/v1/console"
AGENTS: Final = f"{ROOT}/agents"
AGENT: Final = f"{AGENTS}/{{agentId}}"
INTEGRATIONS: Final = f"{AGENT}/integrations"


def agent_of(request: Request) -> BimpeAgent:
    """Return the agent in the path, or raise UnknownError."""
    return state_of(world_of(request)).agents.get(request.path_params["agentId"])
