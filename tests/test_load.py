"""Many clients that act on one call, in many worlds at once.

Each client makes a few rounds of requests; with ``make load-test`` many more (``--rounds``).
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import pairwise
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any, Final

import httpx
import pytest

from emulator.app import create_app
from emulator.domain.calls import ALLOWED, QUEUED, CallStatus
from emulator.settings import Settings
from tests.effort import is_campaign
from tests.limits import LIMIT_SECONDS
from tests.processes import serving
from tests.support import World

WORLDS: Final = 16
CLIENTS: Final = (20, *[3] * (WORLDS - 1))
"""How many clients act on the one call of each world."""
CALLS: Final = 3
ROUNDS: Final = 5
CAMPAIGN_ROUNDS: Final = 25
CONFLICT: Final = 409
MOVES: Final = ("ringing", "in_progress", "busy", "completed", "failed", "canceled", "queued")


def _reachable() -> dict[CallStatus, set[CallStatus]]:
    """Return, by status, every status in which a call may be found later."""
    found = {status: {status} for status in ALLOWED}
    for _ in ALLOWED:
        for status, later in found.items():
            found[status] = later.union(*(ALLOWED[each] for each in later))
    return found


REACHABLE: Final = _reachable()
Connect = Callable[[], Awaitable[httpx.AsyncClient]]


@pytest.fixture(params=["in-process", "over-a-socket"])
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """Connect clients to a new server, each with a pool of its own: they share no lock."""
    async with AsyncExitStack() as stack:
        options: dict[str, Any] = {"timeout": LIMIT_SECONDS}
        if request.param == "in-process":
            app = create_app(Settings())
            stack.push_async_callback(app.worlds.stop)
            options["transport"] = httpx.ASGITransport(app=app)
            options["base_url"] = app.worlds.settings.base_url
        else:
            _, options["base_url"] = stack.enter_context(serving("--clock", "frozen"))
            options |= {"trust_env": False, "verify": SSLContext(PROTOCOL_TLS_CLIENT)}
        yield lambda: stack.enter_async_context(httpx.AsyncClient(**options))


class LoadedWorld:
    """A world with a few calls, and clients that all act on the oldest."""

    def __init__(self, http: httpx.AsyncClient, number: int) -> None:
        self.number = number
        self.callees = [f"+234{number:03}000000{place}" for place in range(CALLS)]
        self.texts: list[str] = []
        self._http = http

    async def create(self) -> None:
        """Create the world, and place its calls."""
        made = await self._http.post("/_emulator/worlds", json={"seed": self.number})
        self.world = World(self._http, made.json())
        self.workflow = await self.world.workflow(
            name=f"workflow {self.number}", call_back_url=f"{self.world.inbox_url}done"
        )
        await self.world.place(self.workflow, *self.callees)
        self.call = (await self.ask("GET", "/calls"))[-1]["id"]

    async def ask(self, method: str, path: str, **rest: Any) -> Any:
        """Make a request that may conflict with what another client has done."""
        return self._read(await self.world.control(method, path, **rest))

    def _read(self, response: httpx.Response) -> Any:
        assert response.status_code in {200, CONFLICT}, response.text
        self.texts.append(response.text)
        return response.json()

    async def act(self, client: int, rounds: int) -> list[CallStatus]:
        """Act as one client; return the statuses of the call that it sees meanwhile."""
        seen: list[CallStatus] = []
        for turn in range(rounds):
            await self._acts[(client + turn) % len(self._acts)](client + turn)
            seen.append(CallStatus((await self.ask("GET", f"/calls/{self.call}"))["status"]))
        return seen

    @property
    def _acts(self) -> tuple[Callable[[int], Awaitable[Any]], ...]:
        return (self._move, self._list, self._move, self._advance, self._replay)

    async def _move(self, turn: int) -> None:
        body = {"status": MOVES[turn // 5 % len(MOVES)]}
        await self.ask("POST", f"/calls/{self.call}/move", json=body)

    async def _list(self, _: int) -> None:
        self._read(await self.world.intron("GET", f"/workflows/{self.workflow}/calls"))
        await self.ask("GET", "/inboxes/done")

    async def _advance(self, turn: int) -> None:
        await self.ask("POST", "/clock/advance", json={"seconds": turn % 3})

    async def _replay(self, _: int) -> None:
        for callback in await self.ask("GET", "/callbacks"):
            await self.ask("POST", f"/callbacks/{callback['id']}/replay")

    async def steps(self) -> dict[str, list[tuple[CallStatus, CallStatus]]]:
        """Return the transitions of every call, as the history has them."""
        found: dict[str, list[tuple[CallStatus, CallStatus]]] = defaultdict(list)
        for entry in await self.ask("GET", "/history?kind=call&limit=10000"):
            step = CallStatus(entry["previous"]), CallStatus(entry["status"])
            found[entry["call_id"]].append(step)
        return found

    async def ids(self) -> set[str]:
        """Return what belongs to this world alone."""
        callbacks = await self.ask("GET", "/callbacks")
        calls = await self.ask("GET", "/calls")
        return {
            self.workflow,
            *self.callees,
            *(callback["id"] for callback in callbacks),
            *(call["id"] for call in calls),
            *(str(call["batch_id"]) for call in calls),
        }


async def test_transitions_stay_legal_and_worlds_stay_apart(
    connect: Connect, pytestconfig: pytest.Config
) -> None:
    """However many clients act at once, transitions stay legal and worlds stay apart."""
    default = CAMPAIGN_ROUNDS if is_campaign() else ROUNDS
    rounds = pytestconfig.getoption("--rounds") or default
    worlds = [LoadedWorld(await connect(), number) for number in range(WORLDS)]
    await asyncio.gather(*(each.create() for each in worlds))

    seen = await asyncio.gather(
        *(each.act(client, rounds) for each in worlds for client in range(CLIENTS[each.number]))
    )
    await asyncio.gather(*(each.world.advance() for each in worlds))

    for statuses in seen:
        assert all(later in REACHABLE[earlier] for earlier, later in pairwise(statuses)), statuses
    own = [await each.ids() for each in worlds]
    for each in worlds:
        steps = await each.steps()
        assert len(steps) == CALLS
        for taken in steps.values():
            assert [earlier for earlier, _ in taken] == [QUEUED, *(to for _, to in taken[:-1])]
            assert all(to in ALLOWED[earlier] for earlier, to in taken)
            assert taken[-1][1].is_terminal
        (body,) = {message["body"] for message in await each.ask("GET", "/inboxes/done")}
        assert all(callee in body for callee in each.callees)
        text = "\n".join(each.texts)
        others = set().union(*own[: each.number], *own[each.number + 1 :])
        assert not [found for found in others if found in text]
