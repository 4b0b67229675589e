"""The operations on Bimpe's own integrations.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.routes.agent_integrations import (
    agent_with_workflow,
    disconnect,
    family_of,
)
from emulator.platforms.bimpe.routes.envelope import success
from emulator.platforms.bimpe.routes.paths import AGENTS_DOCS, INTEGRATIONS
from emulator.platforms.bimpe.serializers.integrations import summarize_integration
from emulator.platforms.bimpe.serializers.names import DISPLAY_NAMES, STATUS_WORDS
from emulator.platforms.bimpe.team.integrations import BIMPE, configure_bimpe

with on_first_use():
    from emulator.platforms.bimpe.schemas import integrations as integration_schemas


async def list_bimpe_integrations(request: Request) -> Response:
    """List Bimpe's own integrations, connected or not."""
    own = {each.type: each for each in family_of(request, BIMPE)}
    return success(
        [
            summarize_integration(own[kind]) if kind in own else _unconfigured(kind)
            for kind in integration_schemas.REQUIRED_KEYS
        ]
    )


async def configure_bimpe_integration(request: Request) -> Response:
    """Connect one of Bimpe's own integrations, by its keys or in Bimpe's dashboard."""
    agent = agent_with_workflow(request)
    asked = read_body(request, integration_schemas.ConfigureBimpeIntegration)
    return success(configure_bimpe(world_of(request), agent, asked))


async def disconnect_bimpe_integration(request: Request) -> Response:
    """Disconnect one of Bimpe's own integrations."""
    return disconnect(request, BIMPE)


def _unconfigured(kind: str) -> dict[str, object]:
    return {
        "id": None,
        "type": kind,
        "name": DISPLAY_NAMES[kind],
        "status": STATUS_WORDS[False],
        "is_connected": False,
    }


operations: Final = (
    Operation(
        method="GET",
        path=f"{INTEGRATIONS}/bimpeai",
        handler=list_bimpe_integrations,
        docs=AGENTS_DOCS,
        gives=lambda: integration_schemas.BimpeIntegrationResource,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{INTEGRATIONS}/bimpeai/configure",
        handler=configure_bimpe_integration,
        docs=f"{AGENTS_DOCS}configureBimpeai/",
        takes=lambda: integration_schemas.ConfigureBimpeIntegration,
        gives=lambda: integration_schemas.ConfiguredResponse,
    ),
    Operation(
        method="DELETE",
        path=f"{INTEGRATIONS}/bimpeai/{{integrationId}}",
        handler=disconnect_bimpe_integration,
        docs=AGENTS_DOCS,
    ),
)
