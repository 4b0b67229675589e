"""Whether a server is quick to start and to answer, ours beside the bare one."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from typing import Final

from tests.bench.servers import BARE, OURS, Server, load, serving
from tests.bench.table import Figure
from tests.bench.wire import written
from tests.support import WORKFLOW

PATH: Final = "/voicebot/v1/workflows"
CALLS: Final = "/v1/Accounts/bench/Calls"
BASIC: Final = b64encode(b"key:token").decode()
URLENCODED: Final = "application/x-www-form-urlencoded"
STARTS: Final = 9
ROUNDS: Final = 10
SECONDS: Final = 1.0
WORKFLOWS: Final = 100

MILLISECONDS: Final = 1000


def measure() -> Iterator[Figure]:
    """Measure in rounds that alternate, as what else the machine does comes and goes."""
    yield _start()
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(each)) for each in (OURS, BARE)]
        requests = [_requests(server) for server in servers]
        yield rate("GET by id", servers, [each[0] for each in requests], 0.6)
        yield rate("create a workflow", servers, [each[1] for each in requests], 0.5)
        created = [[_connect(each)] for each in servers]
        yield rate("connect two numbers", servers, created, 0.5)


def _start() -> Figure:
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(STARTS):
        with serving(OURS) as server:
            server.wait("/_emulator/health")
            ours.append(MILLISECONDS * server.wait(f"{PATH}/none"))
        with serving(BARE) as server:
            server.wait("/health")
            bare.append(MILLISECONDS * server.wait(f"{PATH}/none"))
    return compared("start to first answer", "ms", ours, bare, wanted=1.7)


def _requests(server: Server) -> tuple[list[str], list[str]]:
    """Create workflows; return requests that read them, and the request that creates one."""
    server.wait(PATH)
    ids = [server.ask_json("POST", PATH, WORKFLOW)["data"]["id"] for _ in range(WORKFLOWS)]
    body = json.dumps(WORKFLOW)
    return [written("GET", f"{PATH}/{each}") for each in ids], [written("POST", PATH, body)]


def _connect(server: Server) -> str:
    """Return the request that places a call by a form; another one starts the vendor first."""
    server.wait(f"{CALLS}/nope.json")
    form = "From=09876599001&To=%2B919876500002&CallerId=08047000001&CustomField=order+7"
    return written("POST", f"{CALLS}/connect.json", form, URLENCODED, f"Basic {BASIC}")


def rate(name: str, servers: list[Server], requests: list[list[str]], wanted: float) -> Figure:
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        for server, asked, rates in zip(servers, requests, (ours, bare), strict=True):
            rates.append(load(server, SECONDS, asked))
    return compared(f"{name}, 16 connections", "/s", ours, bare, wanted=wanted, at_least=True)


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
