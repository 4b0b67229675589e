"""The operations on Pipedream apps.

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
from emulator.platforms.bimpe.serializers.integrations import serialize_config
from emulator.platforms.bimpe.team.integrations import PIPEDREAM, configure_app

with on_first_use():
    from emulator.platforms.bimpe.schemas import (
        apps as app_schemas,
        integrations as integration_schemas,
    )

APP_CONFIG_FIELDS: Final = ("app_slug", "app_name", "app_icon", "server_url")


async def list_apps(request: Request) -> Response:
    """List the Pipedream apps of an agent."""
    return success(
        [
            {"id": each.id, "channel_type": PIPEDREAM}
            | {"config": serialize_config(each, *APP_CONFIG_FIELDS)["config"]}
            for each in family_of(request, PIPEDREAM)
        ]
    )


async def configure_pipedream(request: Request) -> Response:
    """Add a Pipedream app, which is then connected in the dashboard."""
    agent = agent_with_workflow(request)
    asked = read_body(request, app_schemas.ConfigurePipedreamApp)
    return success(configure_app(world_of(request), agent, asked))


async def disconnect_pipedream(request: Request) -> Response:
    """Remove a Pipedream app."""
    return disconnect(request, PIPEDREAM)


operations: Final = (
    Operation(
        method="GET",
        path=f"{INTEGRATIONS}/pipedream",
        handler=list_apps,
        docs=AGENTS_DOCS,
        gives=lambda: app_schemas.PipedreamAppResource,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{INTEGRATIONS}/pipedream/configure",
        handler=configure_pipedream,
        docs=f"{AGENTS_DOCS}configurePipedream/",
        takes=lambda: app_schemas.ConfigurePipedreamApp,
        gives=lambda: integration_schemas.OnboardingResponse,
    ),
    Operation(
        method="DELETE",
        path=f"{INTEGRATIONS}/pipedream/{{integrationId}}",
        handler=disconnect_pipedream,
        docs=AGENTS_DOCS,
    ),
)
