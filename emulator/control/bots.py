"""Bots: the workflows, agents and voicebots that calls can be placed with."""

from itertools import chain, islice
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import platforms_of
from emulator.kit.errors import invalid
from emulator.kit.http import json_response, read_query
from emulator.kit.operation import Operation
from emulator.kit.queries.search import Slice
from emulator.kit.suggestions import not_one_of
from emulator.kit.world import world_of


class BotsQuery(Slice):
    """Filters of ``GET /bots``."""

    platform: str | None = None


async def list_bots(request: Request) -> Response:
    """List the workflows, agents and bots with which calls can be placed."""
    world, platforms = world_of(request), platforms_of(request)
    query = read_query(request, BotsQuery)
    if query.platform not in (None, *platforms):
        raise invalid(("platform", not_one_of(query.platform or "", platforms)))
    found = chain.from_iterable(
        ((platform.name, bot) for bot in platform.hooks.bots(world))
        for platform in platforms.values()
        if query.platform in (None, platform.name)
    )
    return json_response(
        [
            {
                "platform": platform,
                "id": bot.id,
                "name": bot.name,
                "kind": bot.kind,
                "message": bot.message,
                "variables": bot.variables,
            }
            for platform, bot in islice(found, query.offset, query.offset + query.limit)
        ]
    )


bot_routes: Final = (Operation(method="GET", path="/bots", handler=list_bots, query=BotsQuery),)
