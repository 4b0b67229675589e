"""What a million calls cost: time, memory, and whether anything else gets slower by them."""

import json
from collections.abc import Callable, Iterator
from statistics import median
from typing import Final

from tests.bench.batches import API, LARGE, PER_PAGE, run, workflow_of
from tests.bench.exchanges import medians, timed
from tests.bench.requests import compared
from tests.bench.servers import OURS, Server, serving
from tests.bench.table import Figure
from tests.bench.wire import written
from tests.support import WORKFLOW

BATCHES: Final = 10
CALLS_IN_SMALL_WORLD: Final = 1_000
ROUNDS: Final = 15
"""Two servers that are alike differ by a fifth in one round; the median of so many does not."""
READS: Final = 100
MAX_OF_SEARCH: Final = 1.5
HEALTH: Final = "/_emulator/health"
MIB: Final = 2**20


def measure() -> Iterator[Figure]:
    """Run ten batches on a fresh server, then ask it and one with little in it the same."""
    with serving(OURS, on_one_core=True) as large:
        large.wait(HEALTH)
        workflow = workflow_of(large, call_back=True)
        parts = [run(large, workflow, LARGE, each * LARGE) for each in range(BATCHES)]
        memory = large.memory / MIB
        _check_delivered(large)
        yield Figure(
            name=f"{BATCHES * LARGE:,} calls in {BATCHES} batches, to idle",
            unit="s",
            ours=sum(map(sum, parts)),
            wanted=15.0,
            rounds={"each batch, seconds": [sum(each) for each in parts]},
        )
        yield Figure(name="  memory then", unit="MiB", ours=memory, wanted=700)
        with serving(OURS, on_one_core=True) as small:
            small.wait(HEALTH)
            of_few = workflow_of(small, call_back=True)
            run(small, of_few, CALLS_IN_SMALL_WORLD)
            yield from _compared(large, small, workflow, of_few)
            yield from _searched(large, small)


def _check_delivered(server: Server) -> None:
    """The built-in inbox has counted one callback for each batch."""
    taken = server.ask_json("GET", "/_emulator/inboxes")[0]
    if taken["received"] != BATCHES:
        raise RuntimeError(f"{BATCHES} callbacks should have arrived, not {taken}")


def _compared(large: Server, small: Server, of_many: str, of_few: str) -> Iterator[Figure]:
    """Time the same requests in turn, in rounds: each is compared with its neighbour."""
    asked: dict[str, Callable[[str], str]] = {
        "GET by id": lambda workflow: written("GET", f"{API}/workflows/{workflow}"),
        "create": lambda _: written("POST", f"{API}/workflows", json.dumps(WORKFLOW)),
        "page 1 of calls": lambda workflow: _page(workflow, ""),
        "page 1 of calls, COMPLETED": lambda workflow: _page(workflow, "&status=COMPLETED"),
    }
    taken: dict[str, list[list[float]]] = {name: [] for name in asked}
    for _ in range(ROUNDS):
        for name, request in asked.items():
            requests = [(large, request(of_many)), (small, request(of_few))]
            taken[name].append(list(map(median, timed(requests, READS))))
    for name, rounds in taken.items():
        ours, bare = map(list, zip(*rounds, strict=True))
        whole = f"{name} among {BATCHES * LARGE:,} calls, by {CALLS_IN_SMALL_WORLD:,}"
        yield compared(whole, "us", ours, bare, wanted=1.15)


def _searched(large: Server, small: Server) -> Iterator[Figure]:
    """Search for an id, for a number, and for a part of a number that many have."""
    servers = [large, small]
    calls = [server.ask_json("GET", "/_emulator/calls?limit=1")[0] for server in servers]
    asked = {
        "an id": [each["id"] for each in calls],
        "a number": [each["to"].replace("+", "%2B") for each in calls],
        "a part of a number": ["0000"] * 2,
    }
    for what, texts in asked.items():
        requests = [written("GET", f"/_emulator/search?q={each}") for each in texts]
        ours, bare = medians(list(zip(servers, requests, strict=True)), ROUNDS, READS)
        whole = f"search for {what} among {BATCHES * LARGE:,}, by {CALLS_IN_SMALL_WORLD:,}"
        yield compared(whole, "us", ours, bare, wanted=MAX_OF_SEARCH)


def _page(workflow: str, rest: str) -> str:
    return written("GET", f"{API}/workflows/{workflow}/calls?page=1&per_page={PER_PAGE}{rest}")
