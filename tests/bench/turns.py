"""How long a request keeps all others waiting: the longest turn of the event loop.

Measured in processor time: of the loop's own thread, and (``with threads``) of all threads, which
counts a thread that holds the interpreter.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
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
REPEATED: Final = 4
"""Every request is made so often: the longest turn of a single one is a matter of chance."""
SERVERS: Final = 3
MILLION: Final = 1_000_000
READINGS: Final = {"deletion": 8, "reset": 8}
"""How often the longest turn is read until all that was freed later is freed."""
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
        own, all_threads = json.loads(self._asked(b"longest\n"))
        return own, all_threads

    def rest(self) -> None:
        """Measure no turns until the next time: the loop sleeps when nothing is to be done."""
        self._asked(b"rest\n")

    def _asked(self, line: bytes) -> bytes:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()
        return self.process.stdout.readline()


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


class Turns:
    """The longest turn of each request, each time it was made."""

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[float, float]]] = {}

    def of(self, name: str, server: Probed, ask: Callable[[], Any], readings: int = 1) -> None:
        """Make a request; ``readings``: what is done after its answer is part of it."""
        server.longest()
        ask()
        turns = [server.longest() for _ in range(readings)]
        own, all_threads = map(max, zip(*turns, strict=True))
        self._found.setdefault(name, []).append((own, all_threads))

    def figures(self, where: str) -> Iterator[Figure]:
        """Show the longest turn of each request: the least of those of all times but the first.

        The first time reads modules and asks for memory: the longest of these is shown after all.
        """
        firsts = [turns.pop(0)[0] for turns in self._found.values()]
        yield from self.of_first()
        yield Figure(
            name=f"any of these, the first time{where}", unit="ms", ours=max(firsts), wanted=WANTED
        )

    def of_first(self) -> Iterator[Figure]:
        """Show the longest turn of each request: the least of those of all times."""
        for name, turns in self._found.items():
            own, all_threads = map(list, zip(*turns, strict=True))
            for whose, rounds in ((name, own), ("  with threads", all_threads)):
                yield Figure(
                    name=whose, unit="ms", ours=min(rounds), wanted=WANTED, rounds={"ours": rounds}
                )


def measure() -> Iterator[Figure]:
    """Make each long request several times, on servers of their own."""
    with probed() as server:
        yield from _filled(server)
        file = server.ask("GET", "/_emulator/export")
    for kept in (False, True):
        with TemporaryDirectory() as folder, probed(**_data(folder) if kept else {}) as server:
            yield from _imported(server, file, ", in a file" if kept else "")
    yield from _checkpoints()
    with probed(max_body=40 * MILLION) as server:
        yield from _bodies(server)
    with probed() as server:
        turns = Turns()
        server.ask_json("PUT", "/_emulator/voicebooker/businesses/big", BUSINESS)
        book = "/_emulator/voicebooker/book?business_id=big&days=31"
        for _ in range(REPEATED):
            turns.of("book of 31 days with 100 agents", server, lambda: server.ask("GET", book))
        yield from turns.figures(" (book)")


def _filled(server: Probed) -> Iterator[Figure]:
    """Fill a world, and read much of it."""
    turns = Turns()
    workflow = workflow_of(server, call_back=True)
    for first in range(0, CALLS, PER_BATCH):
        turns.of("fill", server, partial(run, server, workflow, PER_BATCH, first))
    size = len(server.ask("GET", "/_emulator/export")) / MILLION
    for _ in range(REPEATED):
        for name, path in (
            ("search of the history", "history?kind=fault"),
            ("coverage", "coverage"),
            (f"export of {size:.0f} MB", "export"),
        ):
            turns.of(name, server, partial(server.ask, "GET", f"/_emulator/{path}"))
    yield from turns.figures("")


def _imported(server: Probed, file: bytes, where: str) -> Iterator[Figure]:
    """Import a large world, and what is done with it as a whole; again and again."""
    turns = Turns()
    for _ in range(REPEATED):
        turns.of(
            f"import of {len(file) / MILLION:.0f} MB{where}",
            server,
            lambda: server.ask("POST", "/_emulator/import", file),
        )
        for name, ask in _on_a_large_world(server).items():
            turns.of(f"{name} of {CALLS:,} calls{where}", server, ask, READINGS.get(name, 1))
    yield from turns.figures(f" after an import{where}")


def _data(folder: str) -> dict[str, Any]:
    return {"data": str(Path(folder) / "data.json")}


def fill(server: Server) -> None:
    """Place many calls, and let them end."""
    workflow = workflow_of(server, call_back=True)
    for first in range(0, CALLS, PER_BATCH):
        run(server, workflow, PER_BATCH, first)


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
    turns = Turns()
    for _ in range(SERVERS):
        with (
            TemporaryDirectory() as folder,
            probed(**_data(folder), checkpoint_bytes=1 << 22) as server,
        ):
            turns.of(f"checkpoints of {CALLS:,} calls", server, partial(fill, server))
    yield from turns.of_first()


def _bodies(server: Probed) -> Iterator[Figure]:
    turns = Turns()
    keys = json.dumps(dict.fromkeys(map(str, range(MILLION)), 1)).encode()
    bodies = {
        size: json.dumps([{"text": "x" * 50, "number": n} for n in range(size * 12_000)]).encode()
        for size in (15, 36)
    }
    for _ in range(REPEATED):
        for name, method, path in (
            ("control API", "PUT", "/_emulator/scenarios"),
            ("vendor", "POST", "/voicebot/v1/workflows"),
        ):
            ask = partial(server.ask, method, path, keys)
            turns.of(f"body of {MILLION:,} keys to the {name}", server, ask)
        for size, text in bodies.items():
            inbox = f"/_emulator/inbox/default/of-{size}"
            what = f"2 bodies of {len(text) / MILLION:.0f} MB"
            turns.of(f"taking {what}", server, partial(_twice, server, inbox, text))
            reading = partial(server.ask, "GET", f"/_emulator/inboxes/of-{size}")
            turns.of(f"reading {what}", server, reading)
            server.ask("DELETE", f"/_emulator/inboxes/of-{size}")
    yield from turns.figures(" with large bodies")


def _twice(server: Server, path: str, body: bytes) -> None:
    for _ in range(2):
        server.ask("POST", path, body)
