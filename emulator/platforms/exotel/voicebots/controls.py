"""What the control API can do with bots that Exotel's own API cannot."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.exotel.voicebots.bots import Bot, BotStatus
from emulator.platforms.exotel.voicebots.hooks import NewHooks
from emulator.platforms.exotel.voicebots.schemas import SliceQuery
from emulator.platforms.exotel.voicebots.showing import (
    shown_assistant_version,
    shown_version,
    whole_bot,
)
from emulator.platforms.exotel.voicebots.state import state_of
from emulator.platforms.exotel.voicebots.versions import Version


class ChangedBot(BaseModel):
    """``PATCH /bots/{bot_id}``."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    status: BotStatus


class ChangedVersion(BaseModel):
    """``PATCH /bots/{bot_id}/versions/{version}``."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    is_active: bool


async def show_bot(request: Request) -> Response:
    """Show a bot: its whole configuration, what it was made from, and its webhooks."""
    bot = _bot(request)
    whole = whole_bot(world_of(request), bot)
    return json_response(whole | {"text": bot.draft.text, "webhooks": _hooks(bot)})


async def change_bot(request: Request) -> Response:
    """Switch a bot on or off; calls are placed only with one that is on."""
    world, bot = world_of(request), _bot(request)
    state_of(world).set_status(bot, read_body(request, ChangedBot).status)
    return json_response(whole_bot(world, bot))


async def list_versions(request: Request) -> Response:
    """List a bot's versions, newest first; the header X-Total-Count says how many there are."""
    versions = state_of(world_of(request)).bot_versions.of(_bot(request).id)
    query = read_query(request, SliceQuery)
    last = max(0, len(versions) - query.offset)
    page = versions[max(0, last - query.limit) : last][::-1]
    count = {"X-Total-Count": str(len(versions))}
    return json_response([shown_version(each) for each in page], headers=count)


async def show_version(request: Request) -> Response:
    """Show a version of a bot with its configuration, however old."""
    return json_response(_whole(_version(request)))


async def change_version(request: Request) -> Response:
    """Switch a version on or off; the latest that is on is the one Exotel's API shows."""
    version = _version(request)
    versions = state_of(world_of(request)).bot_versions
    versions.switch(version, active=read_body(request, ChangedVersion).is_active)
    return json_response(_whole(version))


async def show_webhooks(request: Request) -> Response:
    """Show where a bot's webhooks go."""
    return json_response(_hooks(_bot(request)))


async def set_webhooks(request: Request) -> Response:
    """Say where a bot's webhooks go; those left out are not sent."""
    bot = _bot(request)
    bot.hooks = read_body(request, NewHooks).hooks()
    state_of(world_of(request)).bots.save(bot)
    return json_response(_hooks(bot))


async def show_assistant_version(request: Request) -> Response:
    """Show a version of an assistant with its configuration, however old."""
    params, state = request.path_params, state_of(world_of(request))
    assistant = state.assistants.get(params["assistant_id"])
    version = state.assistant_versions.named(assistant.id, assistant.named(params["version"]))
    return json_response({"version": version.name} | shown_assistant_version(version))


def _bot(request: Request) -> Bot:
    return state_of(world_of(request)).bot(request.path_params["bot_id"])


def _version(request: Request) -> Version:
    versions = state_of(world_of(request)).bot_versions
    return versions.named(_bot(request).id, request.path_params["version"])


def _whole(version: Version) -> dict[str, Any]:
    return shown_version(version) | {"config": dict(version.config)}


def _hooks(bot: Bot) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for kind, hook in bot.hooks.items():
        shown[kind] = {"url": hook.url, "headers": dict(hook.headers)}
        if hook.interval is not None:
            shown[kind] |= {"trigger_type": "timer", "trigger_interval_sec": hook.interval}
    return shown


BOT: Final = "/bots/{bot_id}"

controls: Final = (
    Operation(method="GET", path=BOT, handler=show_bot),
    Operation(method="PATCH", path=BOT, handler=change_bot, takes=ChangedBot),
    Operation(method="GET", path=f"{BOT}/versions", handler=list_versions, query=SliceQuery),
    Operation(method="GET", path=f"{BOT}/versions/{{version}}", handler=show_version),
    Operation(
        method="PATCH",
        path=f"{BOT}/versions/{{version}}",
        handler=change_version,
        takes=ChangedVersion,
    ),
    Operation(method="GET", path=f"{BOT}/webhooks", handler=show_webhooks),
    Operation(method="PUT", path=f"{BOT}/webhooks", handler=set_webhooks, takes=NewHooks),
    Operation(
        method="GET",
        path="/assistants/{assistant_id}/versions/{version}",
        handler=show_assistant_version,
    ),
)
