"""Routes of the control API for what Exotel's own API cannot do with bots."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.exotel.voicebots.records.bots import Voicebot
from emulator.platforms.exotel.voicebots.records.versions import Version
from emulator.platforms.exotel.voicebots.serializers import (
    serialize_assistant_version,
    serialize_bot_config,
    serialize_version,
)
from emulator.platforms.exotel.voicebots.state import state_of

with on_first_use():
    from emulator.platforms.exotel.voicebots.schemas import (
        controls as control_schemas,
        endpoints as endpoint_schemas,
        requests,
        responses,
    )


async def show_bot(request: Request) -> Response:
    """Show a bot with its configuration, its source text and its webhooks."""
    bot = _bot(request)
    whole = serialize_bot_config(world_of(request), bot)
    return json_response(whole | {"text": bot.draft.text, "webhooks": _endpoints(bot)})


async def change_bot(request: Request) -> Response:
    """Activate or deactivate a bot; calls are placed with active bots only."""
    world, bot = world_of(request), _bot(request)
    state_of(world).set_status(bot, read_body(request, control_schemas.VoicebotChange).status)
    return json_response(serialize_bot_config(world, bot))


async def list_versions(request: Request) -> Response:
    """List a bot's versions, newest first."""
    versions = state_of(world_of(request)).bot_versions.of(_bot(request).id)
    query = read_query(request, requests.SliceQuery)
    last = max(0, len(versions) - query.offset)
    page = versions[max(0, last - query.limit) : last][::-1]
    count = {"X-Total-Count": str(len(versions))}
    return json_response([serialize_version(each) for each in page], headers=count)


async def show_version(request: Request) -> Response:
    """Show any version of a bot with its configuration."""
    return json_response(_whole(_version(request)))


async def change_version(request: Request) -> Response:
    """Activate or deactivate a version; Exotel's API shows the latest active one."""
    version = _version(request)
    state = state_of(world_of(request))
    state.bot_versions.set_active(
        version, active=read_body(request, control_schemas.VersionChange).is_active
    )
    state.date(_bot(request))
    return json_response(_whole(version))


async def show_webhooks(request: Request) -> Response:
    """Show the endpoints of a bot's webhooks."""
    return json_response(_endpoints(_bot(request)))


async def set_webhooks(request: Request) -> Response:
    """Set the endpoints of a bot's webhooks; webhooks that are left out are not sent."""
    bot = _bot(request)
    bot.hooks = read_body(request, endpoint_schemas.WebhookConfigs).endpoints()
    state_of(world_of(request)).bots.save(bot)
    return json_response(_endpoints(bot))


async def show_assistant_version(request: Request) -> Response:
    """Show any version of an assistant with its configuration."""
    params, state = request.path_params, state_of(world_of(request))
    assistant = state.assistants.get(params["assistant_id"])
    version = state.assistant_versions.named(
        assistant.id, assistant.version_name(params["version"])
    )
    return json_response({"version": version.name} | serialize_assistant_version(version))


def _bot(request: Request) -> Voicebot:
    return state_of(world_of(request)).bot(request.path_params["bot_id"])


def _version(request: Request) -> Version:
    versions = state_of(world_of(request)).bot_versions
    return versions.named(_bot(request).id, request.path_params["version"])


def _whole(version: Version) -> dict[str, Any]:
    return serialize_version(version) | {"config": dict(version.config)}


def _endpoints(bot: Voicebot) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for kind, endpoint in bot.hooks.items():
        shown[kind] = {"url": endpoint.url, "headers": dict(endpoint.headers)}
        if endpoint.interval is not None:
            shown[kind] |= {"trigger_type": "timer", "trigger_interval_sec": endpoint.interval}
    return shown


BOT: Final = "/bots/{bot_id}"

controls: Final = (
    Operation(method="GET", path=BOT, handler=show_bot),
    Operation(
        method="PATCH",
        path=BOT,
        handler=change_bot,
        takes=lambda: control_schemas.VoicebotChange,
        gives=lambda: responses.VoicebotConfigResource,
    ),
    Operation(
        method="GET",
        path=f"{BOT}/versions",
        handler=list_versions,
        query=lambda: requests.SliceQuery,
        gives=lambda: responses.VersionResource,
        many=True,
    ),
    Operation(method="GET", path=f"{BOT}/versions/{{version}}", handler=show_version),
    Operation(
        method="PATCH",
        path=f"{BOT}/versions/{{version}}",
        handler=change_version,
        takes=lambda: control_schemas.VersionChange,
    ),
    Operation(
        method="GET",
        path=f"{BOT}/webhooks",
        handler=show_webhooks,
        gives=lambda: endpoint_schemas.WebhookConfigs,
    ),
    Operation(
        method="PUT",
        path=f"{BOT}/webhooks",
        handler=set_webhooks,
        takes=lambda: endpoint_schemas.WebhookConfigs,
        gives=lambda: endpoint_schemas.WebhookConfigs,
    ),
    Operation(
        method="GET",
        path="/assistants/{assistant_id}/versions/{version}",
        handler=show_assistant_version,
    ),
)
