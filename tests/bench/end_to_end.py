"""From a request that places a call to the callback about it, ours beside a bare sender.

Every callback has to arrive. The bare application reports a call at once; in the emulator time has
to pass first, which an ``auto`` clock jumps over and a ``live`` one shortens.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from time import perf_counter, sleep  # noqa: TID251  # a benchmark reads the wall
from typing import Final
from urllib.parse import urlencode

from tests.bench.callbacks import ENDPOINT
from tests.bench.load import TIMEOUT_SECONDS, place
from tests.bench.requests import BASIC, CALLS, URLENCODED, compared
from tests.bench.servers import BARE, CONNECTIONS, Server, serving
from tests.bench.table import Figure
from tests.bench.wire import written

COUNT: Final = 20_000
PER_ROUND: Final = 1_000
POLL_SECONDS: Final = 0.001
WANTED: Final = 0.55
CLOCKS: Final = {
    "auto": ("--clock", "auto"),
    "live": ("--clock", "live", "--speed", "1000000"),
}


def measure() -> Iterator[Figure]:
    """Place calls in rounds that alternate; wait until each round is reported."""
    commands = [("-m", "emulator", "serve", "--quiet", *each, "--port") for each in CLOCKS.values()]
    rates: list[list[float]] = [[] for _ in (*commands, BARE)]
    with ExitStack() as stack:
        endpoint = stack.enter_context(serving(ENDPOINT))
        endpoint.wait_to_listen()
        servers = [stack.enter_context(serving(each)) for each in (*commands, BARE)]
        for server in servers:
            server.wait(f"{CALLS}/nope.json")
        each_with_rates = list(zip(servers, rates, strict=True))
        for _ in range(COUNT // PER_ROUND):
            for server, some in each_with_rates:
                some.append(_round(server, endpoint, PER_ROUND))
            each_with_rates.reverse()  # the next one finds the machine as the last has left it
    *ours, bare = rates
    for clock, some in zip(CLOCKS, ours, strict=True):
        yield compared(
            f"create to callback, {clock} clock, 0 of {COUNT:,} lost",
            "/s",
            some,
            bare,
            wanted=WANTED,
            at_least=True,
        )


def _round(server: Server, endpoint: Server, count: int) -> float:
    """Place calls, and return how many were reported a second."""
    form = urlencode(
        {
            "From": "09876599001",
            "To": "+919876500002",
            "CallerId": "08047000001",
            "StatusCallback": f"http://127.0.0.1:{endpoint.port}/hook",
        }
    )
    request = written("POST", f"{CALLS}/connect.json", form, URLENCODED, f"Basic {BASIC}")
    before = int(endpoint.ask("GET", "/"))
    started = perf_counter()
    place(server.port, request, count, CONNECTIONS)
    while (taken := int(endpoint.ask("GET", "/")) - before) < count:
        if perf_counter() - started > TIMEOUT_SECONDS:
            raise RuntimeError(f"{count - taken} of {count} callbacks are lost")
        sleep(POLL_SECONDS)
    if taken > count:
        raise RuntimeError(f"{taken} callbacks are too many for {count} calls")
    return count / (perf_counter() - started)
