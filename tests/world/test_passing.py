"""However time passes, a user is told the same: in one go, bit by bit, killed, in a fork."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
from hypothesis import Phase, given, settings as effort, strategies as st

from emulator.app import create_app
from emulator.clock import EPOCH
from emulator.settings import Settings
from tests.effort import examples
from tests.files import kill
from tests.support import Json, World

PLAIN: Final = ["+2348011100001", "+2348011100002"]
NUMBERS: Final = [*PLAIN, *(f"+23480000990{ending}" for ending in (11, 12, 13, 14))]
AT_ONCE: Final = {"behavior": "answered", "ring_seconds": 0, "talk_seconds": 0, "keys": "2"}
SHORT: Final = {"behavior": "answered", "ring_seconds": 6, "talk_seconds": 3.5}
BIT: Final = 5.0
"""Seconds in which too few calls are dialled to take their steps together."""
WORKFLOWS: Final = 2
OF_THE_WORLD: Final = re.compile(r'/inbox/[a-z]+/|phoneSipId[0-9a-f]+|"bot":("[^"]*"|null),')
"""What is another in a fork: its addresses, and what belongs to its own credentials."""

Act = Callable[["Life"], Awaitable[None]]
Acts = list[tuple[float, Act]]
"""So many seconds after what was done before, this is done."""


class Life:
    """The one world of an emulator, to which things are done as time passes."""

    def __init__(self, settings: Settings, bit: float | None = None) -> None:
        self.settings = settings
        self.bit = bit
        self.name = "default"
        self.shown = 0.0
        self.reads: list[Json] = []
        """What was answered, in order."""
        self.workflows: list[str] = []
        self.open()

    def open(self) -> None:
        self.app = create_app(self.settings)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url=self.settings.base_url
        )

    async def world(self) -> World:
        return World(self.http, (await self.http.get(f"/_emulator/worlds/{self.name}")).json())

    async def ask(self, method: str, path: str, **rest: Any) -> Json:
        """Ask the control API, and note what it says."""
        response = await (await self.world()).control(method, path, **rest)
        assert response.status_code < 500, response.text
        text = OF_THE_WORLD.sub("", response.text)
        self.reads.append((path, response.status_code, response.headers.get("X-Total-Count"), text))
        return response.json() if response.content else None

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, in one go or bit by bit."""
        until = self.shown + seconds
        while self.bit is not None and self.shown + self.bit < until:
            self.shown += self.bit
            await self._advance()
        self.shown = until
        await self._advance()

    async def _advance(self) -> None:
        to = (EPOCH + timedelta(seconds=self.shown)).isoformat()
        response = await (await self.world()).control("POST", "/clock/advance", json={"to": to})
        assert response.status_code == 200, response.text

    async def look(self, *, history: bool) -> None:
        """Read what there is to read."""
        calls = await self.ask("GET", "/calls?limit=1000")
        for status in sorted({call["status"] for call in calls}):
            await self.ask("GET", f"/calls?status={status}&limit=5&offset=2")
            await self.ask("GET", f"/calls?status={status}&limit=2&number={PLAIN[0][1:]}")
            if len(calls) < 1000:
                assert self.reads[-2][2] == str(sum(call["status"] == status for call in calls))
        for call in calls[:: len(calls) // 3 + 1]:
            await self.ask("GET", f"/calls/{call['id']}")
        for path in ("/timeline", "/callbacks", "/inboxes/done", "/faults"):
            await self.ask("GET", path)
        world = await self.world()
        for workflow in self.workflows:
            response = await world.intron("GET", f"/workflows/{workflow}/requests")
            self.reads.append(response.json()["data"])
        if history:
            self.reads += await self.history()

    async def history(self) -> Json:
        """Read all of what happened, but for what was asked and how it is numbered."""
        found = (await (await self.world()).control("GET", "/history?after=0&limit=10000")).json()
        happened = [each for each in found if each["kind"] not in {"control", "exchange"}]
        shown = ("kind", "at", "call_id", "batch_id", "previous", "status", "effect")
        return [[each.get(name) for name in shown] for each in happened]

    async def restart(self) -> None:
        """Kill it, and continue from its file."""
        kill(self.app)
        await self.end()
        self.open()

    async def fork(self) -> None:
        """Continue in a fork, while time passes in the other world as well."""
        made = {"name": "fork", "from": self.name}
        await self.http.post("/_emulator/worlds", json=made)
        await (await self.world()).advance(30)
        self.name = "fork"

    async def restore(self) -> None:
        """Go back to where it stands."""
        world = await self.world()
        await world.control("POST", "/snapshots", json={"name": "here"})
        await world.advance(30)
        await world.control("POST", "/snapshots/here/restore")

    async def end(self) -> None:
        await self.http.aclose()
        await self.app.worlds.transports.close()


def placing(which: int, numbers: list[str], times: int) -> Act:
    """Place a batch to these numbers, over and over."""

    async def act(life: Life) -> None:
        world = await life.world()
        while len(life.workflows) <= which:
            url = world.inbox_url + "done"
            life.workflows.append(await world.workflow(call_back_url=url))
        life.reads.append(await world.place(life.workflows[which], *numbers * times))

    return act


def moving(at: int, count: int, now: str, status: str) -> Act:
    """Move some of the calls by hand that are in a status."""

    async def act(life: Life) -> None:
        calls = await life.ask("GET", f"/calls?status={now}&offset={at}&limit={count}")
        for call in calls:
            await life.ask("POST", f"/calls/{call['id']}/move", json={"status": status})

    return act


def asking(method: str, path: str, body: Json) -> Act:
    """Ask the control API for something."""

    async def act(life: Life) -> None:
        await life.ask(method, path, json=body)

    return act


def breaking(kind: Json, match: Json, lasts: float | None) -> Act:
    """Have calls go wrong."""
    body = {"effect": kind, "match": match, "expires_in": lasts, "expires_in_real": None}
    return asking("POST", "/faults", body)


async def ring(life: Life) -> None:
    """Have a patient call, about whom an inbox is asked."""
    called = {"platform": "voicebooker", "intent": "book"}
    url = (await life.world()).inbox_url + "bot"
    await life.ask("POST", "/calls", json=called | {"webhook_url": url})


async def fix(life: Life) -> None:
    """Take the first fault away."""
    if faults := await life.ask("GET", "/faults"):
        await life.ask("DELETE", f"/faults/{faults[0]['id']}")


PLACING: Final = st.builds(
    placing,
    st.integers(0, WORKFLOWS - 1),
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3),
    st.sampled_from([1, 40, 110]),
)
ACTS: Final = st.one_of(
    PLACING,
    st.builds(
        moving,
        st.integers(0, 50),
        st.sampled_from([1, 5]),
        st.just("ringing"),
        st.sampled_from(["in_progress", "busy"]),
    ),
    st.builds(moving, st.integers(0, 9), st.just(70), st.just("queued"), st.just("canceled")),
    st.sampled_from([10, 12]).map(
        lambda pace: asking("PATCH", "/settings", {"calls_per_second": pace})
    ),
    st.sampled_from([AT_ONCE, SHORT, "busy"]).map(
        lambda scenario: asking("PUT", "/scenarios", {"rules": [{"scenario": scenario}]})
    ),
    st.just(asking("PUT", "/scenarios", {"rules": [], "quota": {"answered": 9, "busy": 30}})),
    st.just(asking("PUT", "/inboxes/done", {"answers": [500]})),
    st.just(ring),
    st.builds(
        breaking,
        st.sampled_from([{"kind": "outage"}, {"kind": "slow_answer"}]),
        st.sampled_from([{}, {"every": 3}]),
        st.sampled_from([None, 7.3]),
    ),
    st.builds(
        breaking,
        st.sampled_from([{"kind": "capacity", "calls": 3}, {"kind": "capacity", "calls": 90}]),
        st.just({}),
        st.sampled_from([7.3, 30]),
    ),
    st.just(fix),
)
WAITS: Final = st.sampled_from([0, 2.5, 11, 24.05])


async def lived(
    life: Life, acts: Acts, *, history: bool, at: int = 0, then: Act | None = None
) -> list[Json]:
    """What is told by a world to which all of this was done, and something before one of them."""
    for place, (wait, act) in enumerate(acts):
        await life.pass_time(wait)
        if then is not None and place == at % len(acts):
            await then(life)
        await act(life)
    await life.pass_time(18.5)
    await life.look(history=history)
    await life.pass_time(150)
    await life.look(history=history)
    kept = life.app.worlds.data_file
    await life.end()
    if kept is not None:
        kill(life.app)
    return life.reads


@effort(max_examples=examples(3), phases=[Phase.generate])
@given(
    st.tuples(st.just(0.0), PLACING),
    st.lists(st.tuples(WAITS, ACTS), min_size=2, max_size=6),
    st.integers(0, 6),
)
def test_responses_are_the_same_however_time_passes(
    first: tuple[float, Act], more: Acts, at: int
) -> None:
    """In one go, bit by bit, after a kill, in a fork and once restored, all reads are the same."""
    acts = [first, *more]

    async def reads(history: bool, then: Act | None = None, **how: Any) -> list[Json]:  # noqa: FBT001
        settings = Settings(data=how.pop("data", None))
        return await lived(Life(settings, **how), acts, history=history, at=at, then=then)

    at_once = asyncio.run(reads(history=True))

    assert asyncio.run(reads(history=True, bit=BIT)) == at_once
    assert asyncio.run(reads(history=True, then=Life.fork)) == at_once
    assert asyncio.run(reads(history=True, then=Life.restore)) == at_once
    with TemporaryDirectory() as folder:
        killed = reads(history=False, then=Life.restart, data=Path(folder) / "worlds.json")
        assert asyncio.run(killed) == asyncio.run(reads(history=False))
