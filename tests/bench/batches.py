"""What a batch of 100,000 calls costs: time, memory, and the pages of its calls."""

import json
from collections.abc import Iterator
from statistics import median
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from tests.bench.exchanges import medians, yardstick
from tests.bench.servers import OURS, Server, serving
from tests.bench.table import Figure
from tests.bench.wire import written
from tests.support import WORKFLOW

LARGE: Final = 100_000
SMALL: Final = 1_000
SERVERS: Final = 5
BATCHES: Final = 4
ROUNDS: Final = 15
READS: Final = 20
PER_PAGE: Final = 10
API: Final = "/voicebot/v1"


def measure() -> Iterator[Figure]:
    """Run the batch on fresh servers, read the pages on the last of them."""
    accepted: list[float] = []
    passed: list[float] = []
    first: list[float] = []
    pages: list[Figure] = []
    for turn in range(SERVERS):
        with serving(OURS, on_one_core=True) as server:
            server.wait("/_emulator/health")
            workflow = workflow_of(server, call_back=True)
            before = server.memory
            placing, running = run(server, workflow, LARGE)
            first.append((server.memory - before) / LARGE)
            accepted.append(placing)
            passed.append(running)
            _check_delivered(server)
            if turn == SERVERS - 1:
                pages = list(_pages(server, workflow))
    whole = [LARGE / sum(parts) for parts in zip(accepted, passed, strict=True)]
    yield Figure(
        name=f"batch of {LARGE:,}, run to idle",
        unit="calls/s",
        ours=max(whole),
        wanted=50_000,
        at_least=True,
        rounds={"accept, seconds": accepted, "run, seconds": passed},
    )
    for name, seconds in (("accept", accepted), ("run", passed)):
        ours = 1000 * min(seconds)
        yield Figure(name=f"  of which to {name} it", unit="ms", ours=ours)
    yield from pages
    yield _memory()
    yield Figure(name="  of the first batch, with its history", unit="bytes", ours=median(first))


def _memory() -> Figure:
    """What each further call takes, callbacks and all.

    The first batch also fills the history and the kept bodies, which settings bound: they do not
    grow after it.
    """
    with serving(OURS, on_one_core=True) as server:
        server.wait("/_emulator/health")
        workflow = workflow_of(server, call_back=True)
        used: list[int] = []
        for _ in range(BATCHES):
            run(server, workflow, LARGE)
            used.append(server.memory)
    return Figure(
        name="memory per further call",
        unit="bytes",
        ours=(used[-1] - used[0]) / LARGE / (BATCHES - 1),
        wanted=1024,
        rounds={"after each batch": [float(each) for each in used]},
    )


def workflow_of(server: Server, *, call_back: bool) -> str:
    """Create a workflow, whose callback goes to the built-in inbox or nowhere."""
    inbox = f"http://127.0.0.1:{server.port}/_emulator/inbox/default/done"
    fields = WORKFLOW | ({"call_back_url": inbox} if call_back else {})
    return str(server.ask_json("POST", f"{API}/workflows", fields)["data"]["id"])


def batch_of(workflow: str, size: int, first: int = 0) -> bytes:
    """Return the request for so many calls."""
    return json.dumps(
        {
            "workflow_id": workflow,
            "workflow_params": [
                {"phone_number": f"+234{number:06}0000", "workflow_variables": {"name": "Ada"}}
                for number in range(first, first + size)
            ],
        }
    ).encode()


def run(server: Server, workflow: str, size: int, first: int = 0) -> tuple[float, float]:
    """Place a batch and let time pass until nothing is due; return the seconds of each.

    All of its calls are completed: no number ends in the digits of another outcome.
    """
    body = batch_of(workflow, size, first)
    started = perf_counter()
    placed = json.loads(server.ask("POST", f"{API}/call", body))
    between = perf_counter()
    server.ask("POST", "/_emulator/clock/advance", b'{"until": "idle"}')
    ended = perf_counter()
    if placed["status"] != "Ok":
        raise RuntimeError(placed["message"])
    return between - started, ended - between


def _check_delivered(server: Server) -> None:
    found = server.ask_json("GET", "/_emulator/callbacks")
    statuses = [each["status"] for each in found]
    if statuses != ["delivered"]:
        raise RuntimeError(f"one callback should be delivered, not {statuses}")


def _pages(server: Server, large: str) -> Iterator[Figure]:
    """Time pages of lists in turn, beside a request to the bare application."""
    small = workflow_of(server, call_back=True)
    run(server, small, SMALL)
    last = LARGE // PER_PAGE
    asked = {
        f"page {page:,} of {size:,} calls{', COMPLETED' if status else ''}": (
            f"{API}/workflows/{workflow}/calls?page={page}&per_page={PER_PAGE}{status}"
        )
        for status in ("", "&status=COMPLETED")
        for workflow, size, page in (
            (large, LARGE, 1),
            (large, LARGE, last),
            (small, SMALL, 1),
        )
    }
    for path in asked.values():
        page = server.ask_json("GET", path)
        if len(page["data"]["items"]) != PER_PAGE:
            raise RuntimeError(f"{path} should list {PER_PAGE} calls")
    with yardstick() as bare:
        requests = [(server, written("GET", path)) for path in asked.values()]
        *rounds, fixed = medians([*requests, bare], ROUNDS, READS)
    taken = list(map(min, rounds))
    for name, value in zip(asked, taken, strict=True):
        yield Figure(name=name, unit="us", ours=value, pace=min(fixed))
    yield Figure(
        name="slowest of these pages by the fastest",
        unit="us",
        ours=max(taken),
        ratio=max(taken) / min(taken),
        wanted=2.0,
    )
