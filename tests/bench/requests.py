"""Whether a server is quick to start and to answer, ours beside the bare one."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from typing import Final

from tests.bench.exchanges import on_another_core
from tests.bench.load import place
from tests.bench.servers import BARE, CONNECTIONS, OURS, Server, load, serving
from tests.bench.table import Figure
from tests.bench.wire import written
from tests.support import WORKFLOW

PATH: Final = "/voicebot/v1/workflows"
CALLS: Final = "/v1/Accounts/bench/Calls"
BASIC: Final = b64encode(b"key:token").decode()
URLENCODED: Final = "application/x-www-form-urlencoded"
STARTS: Final = 15
ROUNDS: Final = 25
SECONDS: Final = 0.08
WORKFLOWS: Final = 100
RECORDS: Final = 10_000
MAX_RECORD_BYTES: Final = 1200
MIB: Final = 1 << 20

MILLISECONDS: Final = 1000


def measure() -> Iterator[Figure]:
    """Measure in rounds that alternate, as what else the machine does comes and goes."""
    yield from _start()
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(each)) for each in (OURS, BARE)]
        requests = [_requests(server) for server in servers]
        stack.enter_context(on_another_core(servers))
        for name, some, wanted in (
            ("GET by id", [each[0] for each in requests], 0.75),
            ("create a workflow", [each[1] for each in requests], 0.75),
            ("connect two numbers", [[connect_request(each)] for each in servers], 0.55),
        ):
            for connections in (1, CONNECTIONS):
                yield rate(name, servers, some, wanted, connections)
    yield _record_bytes()


def _start() -> Iterator[Figure]:
    rounds: dict[str, list[list[float]]] = {"time": [[], []], "memory": [[], []]}
    both = [(0, OURS, "/_emulator/health"), (1, BARE, "/health")]
    for _ in range(STARTS):
        for which, arguments, path in both:
            with serving(arguments) as server:
                server.wait(path)
                rounds["time"][which].append(MILLISECONDS * server.wait(f"{PATH}/none"))
                rounds["memory"][which].append(server.memory / MIB)
        both.reverse()  # the second finds the machine as the first has left it
    yield compared("start to first answer", "ms", *rounds["time"], wanted=1.0)
    yield compared("memory then", "MiB", *rounds["memory"], wanted=1.05)


def _record_bytes() -> Figure:
    """What the memory of the server grows by with each record and the history of its request."""
    with serving(OURS) as server:
        request = _requests(server)[1][0]
        place(server.port, request, RECORDS)  # memory that is not of the records is there
        before = server.memory
        place(server.port, request, RECORDS)
        grown = (server.memory - before) / RECORDS
    return Figure(
        name="bytes of a created record, with its history",
        unit="bytes",
        ours=grown,
        wanted=MAX_RECORD_BYTES,
    )


def _requests(server: Server) -> tuple[list[str], list[str]]:
    """Create workflows; return requests that read them, and the request that creates one."""
    server.wait(PATH)
    ids = [server.ask_json("POST", PATH, WORKFLOW)["data"]["id"] for _ in range(WORKFLOWS)]
    body = json.dumps(WORKFLOW)
    return [written("GET", f"{PATH}/{each}") for each in ids], [written("POST", PATH, body)]


def connect_request(server: Server) -> str:
    """Return the request that places a call by a form; another one starts the vendor first."""
    server.wait(f"{CALLS}/nope.json")
    form = "From=09876599001&To=%2B919876500002&CallerId=08047000001&CustomField=order+7"
    return written("POST", f"{CALLS}/connect.json", form, URLENCODED, f"Basic {BASIC}")


def rate(
    name: str,
    servers: list[Server],
    requests: list[list[str]],
    wanted: float,
    connections: int = CONNECTIONS,
) -> Figure:
    """Load the servers by turns; compare the answers a second."""
    ours: list[float] = []
    bare: list[float] = []
    loads = list(zip(servers, requests, (ours, bare), strict=True))
    for _ in range(ROUNDS):
        for server, asked, rates in loads:
            rates.append(load(server, SECONDS, asked, connections))
        loads.reverse()  # the second finds the machine as the first has left it
    plural = "" if connections == 1 else "s"
    name = f"{name}, {connections} connection{plural}"
    return compared(name, "/s", ours, bare, wanted=wanted, at_least=True)


def compared(
    name: str,
    unit: str,
    ours: list[float],
    bare: list[float],
    *,
    wanted: float | None,
    at_least: bool = False,
) -> Figure:
    """Compare each round with its neighbour: the median of the ratios, not of what is divided."""
    return Figure(
        name=name,
        unit=unit,
        ours=median(ours),
        bare=median(bare),
        ratio=median(one / other for one, other in zip(ours, bare, strict=True)),
        wanted=wanted,
        at_least=at_least,
        rounds={"ours": ours, "bare": bare},
    )
