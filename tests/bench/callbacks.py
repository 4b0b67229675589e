"""Callbacks: how many get through, and how long one waits while others hang."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

import aiohttp
import uvloop

from emulator.app import create_app
from emulator.callbacks.courier import USER_AGENT
from emulator.callbacks.egress import Egress
from emulator.callbacks.lanes import MAX_PER_ENDPOINT
from emulator.callbacks.lookups import Lookups
from emulator.callbacks.socket_transport import SocketTransport
from emulator.clock import ClockMode
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.platforms.exotel.calls.connections import connect
from emulator.platforms.exotel.calls.schemas.requests import ConnectCall
from emulator.platforms.exotel.calls.state import state_of
from emulator.settings import Settings
from tests.bench.servers import serving
from tests.bench.table import Figure
from tests.fakes import make_world, new_callback

ENDPOINT: Final = ("-m", "tests.bench.endpoint")
COUNT: Final = 1500
ROUNDS: Final = 11
HANGS: Final = 5
BODY: Final = b"x" * 500
CALL: Final = {
    "From": "09876599001",
    "To": "09876599001",
    "CallerId": "08047000000",
    "StatusCallbackEvents": ["answered", "terminal"],
}
"""Two persons who answer."""
CALLBACKS_PER_CALL: Final = 3
HANGING: Final = 500
GOOD: Final = 400
EVERY: Final = 0.002
"""Seconds between good callbacks: the others have not all begun before the last of them."""
CALLBACK_TIMEOUT_SECONDS: Final = 30.0

MILLISECONDS: Final = 1000


def measure() -> Iterator[Figure]:
    """Deliver to an endpoint in a process of its own, from this one."""
    with serving(ENDPOINT) as endpoint:
        endpoint.wait_to_listen()
        url = f"http://127.0.0.1:{endpoint.port}"
        yield uvloop.run(_rate(url))
        yield uvloop.run(_rate_of_calls(url))
        for name, hanging in HANG.items():
            rounds = [quantiles(uvloop.run(_waits(url, hanging)), n=100) for _ in range(HANGS)]
            yield Figure(
                name=f"p99 of a callback while {HANGING} {name} hang",
                unit="ms",
                ours=min(cuts[-1] for cuts in rounds),
                wanted=200,
            )


async def _rate(url: str) -> Figure:
    """By turns the courier of a world and a bare client deliver as many."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        for name, deliver in (("ours", _ours), ("bare", _bare)):
            started = perf_counter()
            await deliver(f"{url}/hook")
            rates[name].append(COUNT / (perf_counter() - started))
    return _figure(f"callbacks delivered, {MAX_PER_ENDPOINT} in flight", rates, wanted=0.6)


async def _rate_of_calls(url: str) -> Figure:
    """The same with calls that take their steps, and write a form for each of their callbacks."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        app = create_app(Settings(clock=ClockMode.FROZEN))
        world = app.worlds.default
        form = ConnectCall.model_validate(CALL | {"StatusCallback": f"{url}/hook"})
        for _ in range(COUNT // CALLBACKS_PER_CALL):
            connect(world, state_of(world), "", form)
        started = perf_counter()
        done = await world.advance(None)
        rates["ours"].append(done.attempts / (perf_counter() - started))
        await app.worlds.stop()
        started = perf_counter()
        await _bare(f"{url}/hook")
        rates["bare"].append(COUNT / (perf_counter() - started))
    return _figure("StatusCallbacks of calls, as forms", rates, wanted=0.5)


def _figure(name: str, rates: dict[str, list[float]], wanted: float) -> Figure:
    ratios = [ours / bare for ours, bare in zip(rates["ours"], rates["bare"], strict=True)]
    return Figure(
        name=name,
        unit="/s",
        ours=median(rates["ours"]),
        bare=median(rates["bare"]),
        ratio=median(ratios),
        wanted=wanted,
        at_least=True,
        rounds=rates,
    )


async def _ours(url: str) -> None:
    transport = SocketTransport(Egress(allow_public=False), CALLBACK_TIMEOUT_SECONDS)
    world = make_world(transport=transport)
    for number in range(COUNT):
        world.courier.enqueue(new_callback(f"c{number}", url=url, content=BODY))
    done = await world.advance(None)
    await transport.close()
    if done.attempts != COUNT or any(each.status != "delivered" for each in world.courier.log):
        raise RuntimeError("every callback should be delivered at once")


async def _bare(url: str) -> None:
    headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, "Accept": "*/*"}
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=MAX_PER_ENDPOINT)
    ) as session:

        async def deliver() -> None:
            async with session.post(url, data=BODY, headers=headers) as answer:
                await answer.read()

        await asyncio.gather(*(deliver() for _ in range(COUNT)))


HANG: Final[dict[str, Callable[[str, int], str]]] = {
    "callbacks to one endpoint": lambda url, _: f"{url}/hang",
    "endpoints": lambda url, number: f"{url}/hang/{number}",
    "names": lambda _, number: f"http://hanging-{number}.test/",
}
"""Where the callbacks go that hang."""


@dataclass
class Stopwatch:
    """A way out that notes when something has been delivered, until so many have been."""

    through: SocketTransport
    until: int
    done: dict[str, float] = field(default_factory=dict[str, float])
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        answer = await self.through.send(callback, headers)
        self.done[callback.id] = perf_counter()
        if len(self.done) == self.until:
            self.over.set()
        return answer

    async def close(self) -> None:
        await self.through.close()


async def _waits(url: str, hanging: Callable[[str, int], str]) -> list[float]:
    """On a live clock, enqueue callbacks that hang, and then others.

    Return the milliseconds that each of these took.
    """
    never = threading.Event()
    egress = Egress(allow_public=False, resolve=Lookups(lambda _: [str(never.wait())]))
    watch = Stopwatch(SocketTransport(egress, CALLBACK_TIMEOUT_SECONDS), GOOD)
    world = make_world(transport=watch, clock=ClockMode.LIVE)
    world.time_loop.start()
    for number in range(HANGING):
        world.courier.enqueue(new_callback(f"bad{number}", url=hanging(url, number)))
    begun: dict[str, float] = {}
    for number in range(GOOD):
        begun[f"good{number}"] = perf_counter()
        world.courier.enqueue(new_callback(f"good{number}", url=f"{url}/good", content=BODY))
        await asyncio.sleep(EVERY)  # noqa: TID251  # callbacks are due now and then
    await watch.over.wait()
    world.close()
    await watch.close()
    never.set()
    return [MILLISECONDS * (watch.done[each] - started) for each, started in begun.items()]
