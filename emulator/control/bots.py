"""Bots: the workflows, agents and voicebots that calls can be placed with."""

from itertools import chain, islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import platforms_of
from emulator.kit.errors import invalid
from emulator.kit.hooks import Bot
from emulator.kit.http import json_response, read_query
from emulator.kit.operation import Operation
from emulator.kit.queries.fields import Fields, Query, TextField, WordField
from emulator.kit.queries.search import SearchedSlice, found_response, search_list
from emulator.kit.suggestions import not_one_of
from emulator.kit.world import world_of

MAX_CURSOR: Final = 1 << 40
"""More than there are bots."""
PlatformBot = tuple[str, Bot]
"""The name of a platform, and a bot of it."""

BOT_FIELDS: Final[Fields[PlatformBot]] = {
    "platform": WordField(read=lambda _, each: (each[0],), choices=platforms_of),
    "id": WordField(read=lambda _, each: (each[1].id,)),
    "kind": TextField(read=lambda _, each: (each[1].kind,)),
    "name": TextField(read=lambda _, each: (each[1].name,)),
    "text": TextField(read=lambda _, each: (each[1].id, each[1].name, each[1].message)),
}


class BotsQuery(SearchedSlice):
    """Filters of ``GET /bots``."""

    platform: str | None = None


async def list_bots(request: Request) -> Response:
    """List the workflows, agents and bots with which calls can be placed."""
    world, platforms = world_of(request), platforms_of(request)
    query = read_query(request, BotsQuery)
    if query.platform not in (None, *platforms):
        raise invalid(("platform", not_one_of(query.platform or "", platforms)))
    every = chain.from_iterable(
        ((platform.name, bot) for bot in platform.hooks.bots(world))
        for platform in platforms.values()
        if query.platform in (None, platform.name)
    )
    if query.q is not None:
        terms = Query(request, query.q, BOT_FIELDS)
        start = min(query.cursor or 0, MAX_CURSOR)
        source = enumerate(islice(every, start, None), start + 1)
        found = await search_list(request, terms, source, query)
        return found_response(found, lambda _, each: _shown(each))
    return json_response([*map(_shown, islice(every, query.offset, query.offset + query.limit))])


def _shown(found: PlatformBot) -> dict[str, Any]:
    platform, bot = found
    return {
        "platform": platform,
        "id": bot.id,
        "name": bot.name,
        "kind": bot.kind,
        "message": bot.message,
        "variables": bot.variables,
    }


bot_routes: Final = (Operation(method="GET", path="/bots", handler=list_bots, query=BotsQuery),)
