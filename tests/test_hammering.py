"""Many clients at one call, in many worlds at once.

``make load-test`` has each of them ask much more often; ``--blows`` says how often.
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
from tests.processes import PATIENCE, serving
from tests.support import World

WORLDS: Final = 16
CLIENTS: Final = (20, *[3] * (WORLDS - 1))
"""How many hammer at the one call of each world."""
CALLS: Final = 3
REFUSED: Final = 409
MOVES: Final = ("ringing", "in_progress", "busy", "completed", "failed", "canceled", "queued")


def _leads_to() -> dict[CallStatus, set[CallStatus]]:
    """What a call may have become when it is next looked at, by what it was."""
    found = {status: {status} for status in ALLOWED}
    for _ in ALLOWED:
        for status, later in found.items():
            found[status] = later.union(*(ALLOWED[each] for each in later))
    return found


LEADS_TO: Final = _leads_to()


Connect = Callable[[], Awaitable[httpx.AsyncClient]]


@pytest.fixture(params=["in-process", "over-a-socket"])
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """Make clients of a new server: one each, as they slow each other down in one pool."""
    async with AsyncExitStack() as stack:
        options: dict[str, Any] = {"timeout": 10 * PATIENCE}
        if request.param == "in-process":
            app = create_app(Settings())
            stack.push_async_callback(app.worlds.stop)
            options["transport"] = httpx.ASGITransport(app=app)
            options["base_url"] = app.worlds.settings.base_url
        else:
            _, options["base_url"] = stack.enter_context(serving("--clock", "frozen"))
            options |= {"trust_env": False, "verify": SSLContext(PROTOCOL_TLS_CLIENT)}
        yield lambda: stack.enter_async_context(httpx.AsyncClient(**options))


class Hammered:
    """A world with a few calls, at one of which everybody hammers."""

    def __init__(self, http: httpx.AsyncClient, number: int) -> None:
        self.number = number
        self.callees = [f"+234{number:03}000000{place}" for place in range(CALLS)]
        self.texts: list[str] = []
        self._http = http

    async def begin(self) -> None:
        """Make the world, and place the calls."""
        made = await self._http.post("/_emulator/worlds", json={"seed": self.number})
        self.world = World(self._http, made.json())
        self.workflow = await self.world.workflow(
            name=f"workflow {self.number}", call_back_url=f"{self.world.inbox_url}done"
        )
        await self.world.place(self.workflow, *self.callees)
        self.call = (await self.ask("GET", "/calls"))[-1]["id"]

    async def ask(self, method: str, path: str, **rest: Any) -> Any:
        """Make a request that is answered, or refused because of how things stand."""
        return self._heard(await self.world.control(method, path, **rest))

    def _heard(self, answer: httpx.Response) -> Any:
        assert answer.status_code in {200, REFUSED}, answer.text
        self.texts.append(answer.text)
        return answer.json()

    async def hammer(self, client: int, blows: int) -> list[CallStatus]:
        """What one client does, and the statuses of the call it sees meanwhile."""
        seen: list[CallStatus] = []
        for turn in range(blows):
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
        self._heard(await self.world.intron("GET", f"/workflows/{self.workflow}/calls"))
        await self.ask("GET", "/inboxes/done")

    async def _advance(self, turn: int) -> None:
        await self.ask("POST", "/clock/advance", json={"seconds": turn % 3})

    async def _replay(self, _: int) -> None:
        for callback in await self.ask("GET", "/callbacks"):
            await self.ask("POST", f"/callbacks/{callback['id']}/replay")

    async def steps(self) -> dict[str, list[tuple[CallStatus, CallStatus]]]:
        """Every step of every call, as the journal has them."""
        found: dict[str, list[tuple[CallStatus, CallStatus]]] = defaultdict(list)
        for entry in await self.ask("GET", "/journal?kind=call&limit=10000"):
            step = CallStatus(entry["previous"]), CallStatus(entry["status"])
            found[entry["call_id"]].append(step)
        return found

    async def ids(self) -> set[str]:
        """What is this world's own."""
        callbacks = await self.ask("GET", "/callbacks")
        calls = await self.ask("GET", "/calls")
        return {
            self.workflow,
            *self.callees,
            *(callback["id"] for callback in callbacks),
            *(call["id"] for call in calls),
            *(str(call["batch_id"]) for call in calls),
        }


async def test_no_step_is_impossible_and_nothing_crosses(
    connect: Connect, pytestconfig: pytest.Config
) -> None:
    """However many act at once, every call goes by the table, and every world keeps to itself."""
    blows = pytestconfig.getoption("--blows")
    hammered = [Hammered(await connect(), number) for number in range(WORLDS)]
    await asyncio.gather(*(each.begin() for each in hammered))

    seen = await asyncio.gather(
        *(each.hammer(client, blows) for each in hammered for client in range(CLIENTS[each.number]))
    )
    await asyncio.gather(*(each.world.advance() for each in hammered))

    for statuses in seen:
        assert all(later in LEADS_TO[earlier] for earlier, later in pairwise(statuses)), statuses
    own = [await each.ids() for each in hammered]
    for each in hammered:
        steps = await each.steps()
        assert len(steps) == CALLS
        for taken in steps.values():
            assert [earlier for earlier, _ in taken] == [QUEUED, *(to for _, to in taken[:-1])]
            assert all(to in ALLOWED[earlier] for earlier, to in taken)
            assert taken[-1][1].is_terminal
        (told,) = {message["body"] for message in await each.ask("GET", "/inboxes/done")}
        assert all(callee in told for callee in each.callees)
        said = "\n".join(each.texts)
        others = set().union(*own[: each.number], *own[each.number + 1 :])
        assert not [found for found in others if found in said]
