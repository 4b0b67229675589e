"""How long a request keeps all others waiting: the longest turn of the event loop.

Measured in processor time: of the loop's own thread, and (``with threads``) of all threads, which
counts a thread that holds the interpreter.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Any, Final

from tests.bench.batches import run, workflow_of
from tests.bench.servers import ROOT, Server, free_port
from tests.bench.table import Figure

WANTED: Final = 100
"""Milliseconds that no request may keep the others waiting."""
CALLS: Final = 200_000
PER_BATCH: Final = 50_000
MILLION: Final = 1_000_000
WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AGENTS: Final = [{"id": f"a{number}", "name": "A"} for number in range(100)]
BUSINESS: Final = {
    "name": "B",
    "hours": {day: [["00:00", "24:00"]] for day in WEEK},
    "grid": 5,
    "agents": AGENTS,
    "products": [{"id": "p", "name": "P", "duration": 30}],
    "appointment_types": [
        {"id": "t", "name": "T", "agents": [each["id"] for each in AGENTS], "products": ["p"]}
    ],
}


class Probed(Server):
    """A server that says how long its longest turn was."""

    process: subprocess.Popen[bytes]

    def longest(self) -> tuple[float, float]:
        """Return the longest turn since the last time: of the loop's thread, and of all."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        own, all_threads = json.loads(self.process.stdout.readline())
        return own, all_threads


@contextmanager
def probed(**settings: Any) -> Iterator[Probed]:
    """Start a server with these settings, and end it afterwards."""
    port = free_port()
    given = json.dumps({"clock": "frozen", "port": port, **settings})
    started = perf_counter()
    process = subprocess.Popen(  # noqa: S603  # our own server
        [sys.executable, "-m", "tests.bench.probed", given],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        server = Probed(process, port, started)
        server.process = process
        server.wait("/_emulator/health")
        server.longest()
        yield server
    finally:
        process.kill()
        process.wait()


def measure() -> Iterator[Figure]:
    """Make each long request on a server of its own."""
    with probed() as server:
        fill(server)
        yield from figures("fill", server)
        server.ask("GET", "/_emulator/history?kind=fault")
        yield from figures("search of the history", server)
        server.ask("GET", "/_emulator/coverage")
        yield from figures("coverage", server)
        file = server.ask("GET", "/_emulator/export")
        yield from figures(f"export of {len(file) / MILLION:.0f} MB", server)
    for kept in (False, True):
        with TemporaryDirectory() as folder, probed(**_data(folder) if kept else {}) as server:
            server.ask("POST", "/_emulator/import", file)
            where = ", in a file" if kept else ""
            yield from figures(f"import of {len(file) / MILLION:.0f} MB{where}", server)
            for name, ask in _on_a_large_world(server).items():
                ask()
                yield from figures(f"{name} of {CALLS:,} calls{where}", server)
    yield from _checkpoints()
    with probed(max_body=40 * MILLION) as server:
        yield from _bodies(server)
    with probed() as server:
        server.ask_json("PUT", "/_emulator/voicebooker/businesses/big", BUSINESS)
        server.longest()
        server.ask("GET", "/_emulator/voicebooker/book?business_id=big&days=31")
        yield from figures("book of 31 days with 100 agents", server)


def _data(folder: str) -> dict[str, Any]:
    return {"data": str(Path(folder) / "data.json")}


def fill(server: Server, calls: int = CALLS) -> None:
    """Place so many calls, and let them end."""
    workflow = workflow_of(server, call_back=True)
    for first in range(0, calls, PER_BATCH):
        run(server, workflow, min(PER_BATCH, calls - first), first)


def _on_a_large_world(server: Server) -> dict[str, Callable[[], Any]]:
    def control(method: str, path: str, body: Any = None) -> Callable[[], Any]:
        return lambda: server.ask_json(method, f"/_emulator{path}", body)

    return {
        "fork": control("POST", "/worlds", {"name": "fork", "from": "default"}),
        "snapshot": control("POST", "/snapshots", {"name": "kept"}),
        "restore": control("POST", "/snapshots/kept/restore"),
        "reset": control("POST", "/reset"),
        "deletion": lambda: server.ask("DELETE", "/_emulator/worlds/fork"),
    }


def _checkpoints() -> Iterator[Figure]:
    """Fill a data file whose log is checkpointed again and again."""
    for calls in (60_000, CALLS):
        with (
            TemporaryDirectory() as folder,
            probed(**_data(folder), checkpoint_bytes=1 << 22) as server,
        ):
            fill(server, calls)
            yield from figures(f"checkpoints of {calls:,} calls", server)


def _bodies(server: Probed) -> Iterator[Figure]:
    keys = json.dumps(dict.fromkeys(map(str, range(2 * MILLION)), 1)).encode()
    for name, path in (
        ("control API", "/_emulator/scenarios"),
        ("vendor", "/voicebot/v1/workflows"),
    ):
        server.ask("PUT" if "scenarios" in path else "POST", path, keys)
        yield from figures(f"body of 2,000,000 keys to the {name}", server)
    for size in (15, 36):
        text = json.dumps([{"text": "x" * 50, "number": n} for n in range(size * 12_000)]).encode()
        for _ in range(2):
            server.ask("POST", f"/_emulator/inbox/default/of-{size}", text)
        yield from figures(f"taking 2 bodies of {len(text) / MILLION:.0f} MB", server)
        server.ask("GET", f"/_emulator/inboxes/of-{size}")
        yield from figures(f"reading 2 bodies of {len(text) / MILLION:.0f} MB", server)


def figures(name: str, server: Probed) -> Iterator[Figure]:
    """Show the longest turn since the last time."""
    own, all_threads = server.longest()
    yield Figure(name=name, unit="ms", ours=own, wanted=WANTED)
    yield Figure(name="  with threads", unit="ms", ours=all_threads, wanted=WANTED)
