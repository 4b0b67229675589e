"""Routes about all worlds where several processes share them: each of the others is asked once."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.callbacks.peers import SHARD_HEADER, PeerResponse, Peers
from emulator.control.coverage import (
    CoverageQuery,
    coverage_of_all_worlds,
    coverage_response,
    read_coverage,
)
from emulator.control.health import health_of
from emulator.control.permission import is_for_one_world, needs_server_token
from emulator.control.request import CLOSED, load_options, worlds_of
from emulator.control.world_pages import WorldsQuery, page_of_worlds, unpacked
from emulator.control.worlds import worlds_response, written_worlds
from emulator.kit.http import json_response, read_query
from emulator.kit.json import from_json, to_json
from emulator.world.shard import Shard

MISSING: Final = "X-Emulator-Missing-Shards"
"""The header that names the processes whose worlds are not in the response."""
CURSORS: Final = "X-Emulator-Cursors"
"""Has the cursor of each world of a page, for the process that asks."""
TOTAL: Final = "X-Total-Count"
NEXT: Final = "X-Next-Cursor"
OK: Final = 200
Handler = Callable[[Request], Awaitable[Response]]


class Listed(NamedTuple):
    """A world in a list, by what the list is sorted by."""

    key: Any
    shard: int
    cursor: int
    """Where the list of its process continues after it."""
    shown: bytes


class HealthQuery(BaseModel):
    """The query of ``GET /health``: of this process, or of all."""

    model_config = CLOSED

    shards: Literal["all"] | None = None


class ShardRoutes:
    """The handlers of routes about all worlds."""

    def __init__(self, peers: Peers, shard: Shard) -> None:
        self._peers = peers
        self._shard = shard

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Return them by the label of their operation."""
        return {
            "GET /worlds": self.list_worlds,
            "GET /coverage": self.read_coverage,
            "GET /health": self.health,
        }

    def _name_missing(self, response: Response, answered: Iterable[int]) -> Response:
        """Name the processes in a header that did not answer."""
        missing = {*range(self._shard.count)} - {self._shard.number, *answered}
        if missing:
            response.headers[MISSING] = ",".join(map(str, sorted(missing)))
        return response

    async def list_worlds(self, request: Request) -> Response:
        """List the worlds of all processes page by page, by creation or by last request."""
        await load_options(request)
        query = read_query(request, WorldsQuery)
        if SHARD_HEADER in request.headers:
            return await self._own_worlds(request, query)
        own = await self._own_worlds(request, self._query_for(self._shard.number, query))
        answers = await self._asked(lambda number: _target(self._query_for(number, query)))
        answers = {number: each for number, each in answers.items() if CURSORS in each.headers}
        parts = {**answers, self._shard.number: PeerResponse(OK, own.headers, bytes(own.body))}
        listed = sorted(each for at, part in parts.items() for each in _listed(at, part, query))
        page = listed[: query.limit]
        has_more = len(listed) > len(page) or any(NEXT in each.headers for each in parts.values())
        cursor = page[-1].cursor * self._shard.count + page[-1].shard if page and has_more else None
        total = sum(int(each.headers[TOTAL]) for each in parts.values())
        response = worlds_response([each.shown for each in page], total, cursor)
        return self._name_missing(response, answers)

    async def _own_worlds(self, request: Request, query: WorldsQuery) -> Response:
        page = await page_of_worlds(worlds_of(request).index, query)
        shown = await written_worlds(request, page.worlds)
        response = worlds_response(shown, page.total, page.cursor)
        response.headers[CURSORS] = ",".join(map(str, page.cursors))
        return response

    def _query_for(self, number: int, query: WorldsQuery) -> WorldsQuery:
        """Return the query for the page of one process.

        A cursor is that of the last world of a page, times the number of processes, plus the
        number of its process: a list goes by the former, and then by the latter.
        """
        if query.cursor is None:
            return query
        cursor, last = divmod(query.cursor, self._shard.count)
        return query.model_copy(update={"cursor": cursor if number <= last else cursor - 1})

    async def _asked(self, target: Callable[[int], str]) -> dict[int, PeerResponse]:
        """Return the answers of the other processes, without those that could not answer."""
        answers = await self._peers.ask(target)
        return {number: each for number, each in answers.items() if each.status == OK}

    async def read_coverage(self, request: Request) -> Response:
        """Show what was used, and what was not: of the world, or of the worlds of all processes."""
        if read_query(request, CoverageQuery).worlds is None:
            return await read_coverage(request)
        if is_for_one_world(request):
            raise needs_server_token()
        covered = await coverage_of_all_worlds(worlds_of(request))
        if SHARD_HEADER in request.headers:
            return json_response(
                [_rows(covered.answered), _rows(covered.reached), _rows(covered.ended)]
            )
        answers = await self._asked(lambda _: "/_emulator/coverage?worlds=all")
        for each in answers.values():
            covered.add(*map(_counter, from_json(each.body)))
        return self._name_missing(await coverage_response(request, covered), answers)

    async def health(self, request: Request) -> Response:
        """Show that the emulator serves requests, and with ``shards=all`` which processes do."""
        read_query(request, HealthQuery)
        own = health_of(request)
        answers = await self._asked(lambda _: "/_emulator/health")
        found = {at: from_json(each.body) for at, each in answers.items()}
        found[self._shard.number] = own
        body = own | {"answers": [found.get(number) for number in range(self._shard.count)]}
        return self._name_missing(json_response(body), answers)


def _rows(counter: Counter[Any]) -> list[Any]:
    """Return what was counted as lists, the counts last."""
    return [[*key, count] for key, count in counter.items()]


def _counter(rows: list[Any]) -> Counter[Any]:
    return Counter({tuple(key): count for *key, count in rows})


def _target(query: WorldsQuery) -> str:
    return f"/_emulator/worlds?{urlencode(query.model_dump(exclude_none=True))}"


def _listed(number: int, part: PeerResponse, query: WorldsQuery) -> Iterable[Listed]:
    """Return the worlds of one process, each with its key."""
    worlds, cursors = from_json(part.body), part.headers[CURSORS]
    for world, cursor in zip(worlds, map(int, filter(None, cursors.split(","))), strict=True):
        key = unpacked(cursor) if query.sort == "activity" else cursor
        yield Listed(key, number, cursor, to_json(world))
