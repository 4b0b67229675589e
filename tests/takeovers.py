"""Takeover, with PostgreSQL and processes: ``make cluster-test`` runs these.

Whatever ends, stops or is lost, what was acknowledged is kept, and one process writes.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Final

import httpx
import pytest

from emulator.cli.exit_codes import CANNOT_START, TAKEN_OVER
from tests.bench.servers import free_port
from tests.bench.world_names import names_on
from tests.owners import OK, STANDBY, Owners, Process, owners
from tests.persistence.crash_receiver import HANGING, receiving
from tests.persistence.test_crash import (
    Acknowledged,
    allow_slow_responses,
    check,
    check_end,
    client_of,
    live,
    worlds_of_clients,
)
from tests.postgres import Postgres, needs_postgres, running_postgres
from tests.support import WORKFLOW

pytestmark = needs_postgres

FULL: Final = 507
LOSS_SECONDS: Final = 5
CLIENTS: Final = 4
KILLS: Final = 8
CHECKPOINT_BYTES: Final = 20_000
NUMBER: Final = "+2348055599001"
Loss = tuple[Callable[[Postgres], None], Callable[[Postgres], None]]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server for all tests, which they may stop; a crash loses what it wrote for seconds."""
    with running_postgres("-c wal_writer_delay=10s") as server:
        yield server


@pytest.fixture
def pair(postgres: Postgres, tmp_path: Path) -> Iterator[Owners]:
    """Servers of a new database."""
    with owners(tmp_path, postgres.make_database()) as made:
        yield made


class Load:
    """Clients that create workflows until they are stopped, and note what was answered."""

    def __init__(self, url: str) -> None:
        self.acknowledged: set[str] = set()
        self.refused: list[tuple[str, httpx.Response]] = []
        self._url = url
        self._is_over = threading.Event()
        self._numbers = count()
        self._threads = ThreadPoolExecutor(CLIENTS)
        self._clients = [self._threads.submit(self._run) for _ in range(CLIENTS)]

    def _run(self) -> None:
        with client_of(self._url) as http, suppress(httpx.TransportError):
            while not self._is_over.is_set():
                name = f"made-{next(self._numbers)}"
                body = WORKFLOW | {"name": name}
                made = http.post("/voicebot/v1/workflows", json=body)
                if made.status_code == OK:
                    self.acknowledged.add(name)
                else:
                    self.refused.append((name, made))

    def wait(self, number: int) -> None:
        """Wait until so many more are acknowledged."""
        wanted = len(self.acknowledged) + number
        while len(self.acknowledged) < wanted:
            assert not all(each.done() for each in self._clients)

    def stop(self) -> None:
        """Stop the clients."""
        self._is_over.set()
        for each in self._clients:
            each.result()
        self._threads.shutdown()


CRASH: Final[Loss] = (lambda server: server.stop("immediate"), lambda server: server.start())
STALL: Final[Loss] = (
    lambda server: server.signal(SIGSTOP),
    lambda server: server.signal(SIGCONT),
)


@pytest.mark.parametrize("loss", [pytest.param(CRASH, id="crash"), pytest.param(STALL, id="stall")])
def test_lost_database_is_answered_like_a_full_disk(
    postgres: Postgres, pair: Owners, loss: Loss
) -> None:
    """For five seconds writes get 507 in the vendor's shape, reads work; then all continues.

    Nothing that was acknowledged is lost, also if the database itself crashed, and what was refused
    did not happen, except for what was under way when the loss was noticed.
    """
    begin, end = loss
    owner, standby = pair.start(), pair.start(status=STANDBY)
    load = Load(owner.url)
    load.wait(100)
    begin(postgres)
    try:
        while not load.refused:
            assert owner.http.get("/voicebot/v1/workflows").status_code == OK
        threading.Event().wait(LOSS_SECONDS)
        health = owner.http.get("/_emulator/health").json()
    finally:
        end(postgres)
    load.wait(100)
    load.stop()

    assert health["problem"]
    assert {each.status_code for _, each in load.refused} == {FULL}
    assert {each.json()["status"] for _, each in load.refused} == {"Error"}
    assert standby.status() == STANDBY, "the owner continues"
    names = owner.names()
    assert load.acknowledged <= names
    assert len({name for name, _ in load.refused} & names) <= CLIENTS
    owner.process.kill()
    standby.wait()
    assert standby.names() == names


def test_stopped_owner_writes_nothing_once_it_wakes(pair: Owners) -> None:
    """A standby takes over from a process that says nothing; that one ends with its own code."""
    owner, standby = pair.start(), pair.start(status=STANDBY)
    assert owner.make("before").status_code == OK
    owner.process.send_signal(SIGSTOP)
    with ThreadPoolExecutor(1) as thread:
        late = thread.submit(owner.make, "late")
        standby.wait()
        assert standby.make("after").status_code == OK
        owner.process.send_signal(SIGCONT)
        assert owner.wait_for_end() == TAKEN_OVER
        with suppress(httpx.TransportError):  # it ended before it answered
            assert late.result().status_code == FULL
    assert "another process has taken it over" in owner.log
    assert standby.names() == {"before", "after"}
    standby.process.kill()
    again = pair.start()
    assert again.names() == {"before", "after"}


def test_owner_whose_session_breaks_continues(postgres: Postgres, pair: Owners) -> None:
    """Without a standby nothing is lost and nothing is noticed."""
    owner = pair.start()
    load = Load(owner.url)
    for _ in range(5):
        load.wait(50)
        postgres.end_sessions()
    load.wait(50)
    load.stop()
    assert {each.status_code for _, each in load.refused} <= {FULL}
    assert load.acknowledged <= owner.names()
    owner.process.kill()
    assert load.acknowledged <= pair.start().names()


def test_owner_that_loses_the_lock_to_a_standby_ends(postgres: Postgres, pair: Owners) -> None:
    """Only the owner's session breaks: its standby is in the lock already, and has it."""
    owner, standby = pair.start(), pair.start(status=STANDBY)
    load = Load(owner.url)
    load.wait(50)
    postgres.end_sessions()
    assert owner.wait_for_end() == TAKEN_OVER
    load.stop()
    standby.wait()
    assert load.acknowledged <= standby.names()


@pytest.mark.parametrize("durability", ["normal", "sync"])
def test_standbys_take_over_again_and_again(
    postgres: Postgres, tmp_path: Path, durability: str
) -> None:
    """An owner is killed under load, also during a checkpoint: all that was answered is there."""
    database = postgres.make_database()
    arguments = ("--durability", durability, "--callback-timeout", "1")
    variables = {"VOICEBOT_EMULATOR_CHECKPOINT_BYTES": str(CHECKPOINT_BYTES)}
    with (
        receiving() as endpoint,
        owners(tmp_path, database, *arguments, **variables) as made,
    ):
        known = Acknowledged(0, endpoint, worlds_of_clients())
        owner = made.start()
        port = owner.port  # inboxes have one address
        for kill in range(KILLS):
            with client_of(owner.url) as http:
                check(http, known)
                allow_slow_responses(http)
            problems = live(owner.url, owner.process.kill, known, 20 + 10 * kill)
            assert problems == []
            owner.wait_for_end()
            owner = made.start(port=port)
        with client_of(owner.url) as http:
            check(http, known)
            check_end(http, known)


def test_checkpoint_of_a_killed_owner_does_no_harm(pair: Owners) -> None:
    """Its standby takes over while the process that makes it still writes."""
    variables = {"VOICEBOT_EMULATOR_CHECKPOINT_BYTES": str(CHECKPOINT_BYTES)}
    pair._variables |= variables
    owner, acknowledged = pair.start(), set[str]()
    for _ in range(KILLS):
        standby = pair.start(status=STANDBY)
        load = Load(owner.url)
        load.wait(300)  # several checkpoints
        owner.process.kill()
        load.stop()
        acknowledged |= load.acknowledged
        standby.wait()
        assert acknowledged <= standby.names()
        owner = standby


async def test_callback_under_way_is_sent_again(pair: Owners) -> None:
    """A failover in the middle of a callback: it arrives at least once, here twice."""
    owner, standby = pair.start(), pair.start(status=STANDBY)
    with receiving() as endpoint:
        hook = f"{endpoint.url}{HANGING}one"
        body = WORKFLOW | {"call_back_url": hook}
        workflow = owner.http.post("/voicebot/v1/workflows", json=body).json()["data"]["id"]
        batch = {"workflow_id": workflow, "workflow_params": [{"phone_number": NUMBER}]}
        assert owner.http.post("/voicebot/v1/call", json=batch).status_code == OK
        advancing = asyncio.get_running_loop().run_in_executor(None, advance, owner)
        while not endpoint.received:  # noqa: ASYNC110  # the endpoint is in another thread
            await asyncio.sleep(0.01)  # noqa: TID251  # it has begun
        owner.process.kill()
        with suppress(httpx.TransportError):
            await advancing
        standby.wait()
        assert advance(standby).status_code == OK
        (callback,) = standby.http.get("/_emulator/callbacks").json()
    assert endpoint.received == {f"{HANGING}one": 2}
    assert [each["status"] for each in callback["attempts"]] == [200]


def advance(server: Process, world: str = "default") -> httpx.Response:
    """Let time pass in a world until nothing is due."""
    named = {"X-Emulator-World": world}
    return server.http.post("/_emulator/clock/advance", json={"until": "idle"}, headers=named)


def test_other_number_of_shards_is_refused(pair: Owners, tmp_path: Path) -> None:
    """A process that would have other worlds than the database says does not start."""
    pair.start("--shards", "2", "--shard", "0")
    wrong = Process(tmp_path, pair.database, "--shards", "3", "--shard", "1")
    pair.all.append(wrong)
    assert wrong.wait_for_end() == CANNOT_START
    assert "has the worlds of 2 shards, not of 3" in wrong.log


LOSING: Final = (
    "DELETE FROM voicebot_changes WHERE number = (SELECT max(number) FROM voicebot_changes)"
)


def test_what_the_database_lost_is_written_again(postgres: Postgres, pair: Owners) -> None:
    """Without durability, the owner still has what a crash may lose."""
    owner = pair.start()
    for each in range(3):
        assert owner.make(f"made-{each}").status_code == OK
    postgres.ask(LOSING, pair.database)
    postgres.end_sessions()
    assert owner.make("last").status_code == OK
    names = owner.names()
    owner.process.kill()
    assert pair.start().names() == names


def test_owner_ends_if_the_database_broke_its_promise(postgres: Postgres, pair: Owners) -> None:
    """With durability nothing that it acknowledged may be missing: the rest would not fit."""
    owner = pair.start("--durability", "sync")
    assert owner.make("lost").status_code == OK
    postgres.ask(LOSING, pair.database)
    postgres.end_sessions()
    assert owner.wait_for_end() == TAKEN_OVER
    assert "the database has lost changes that it had acknowledged" in owner.log


def test_database_that_refuses_changes_is_answered_like_a_full_disk(
    postgres: Postgres, pair: Owners
) -> None:
    """Such as one without room: it answers, and all continues once it takes changes again."""
    owner = pair.start()
    assert owner.make("before").status_code == OK
    changes = "ALTER TABLE voicebot_changes"
    postgres.ask(f"{changes} ADD CONSTRAINT room CHECK (number < 3) NOT VALID", pair.database)
    refused = [owner.make("refused") for _ in range(3)]
    assert {each.status_code for each in refused} == {FULL}
    assert "violates check constraint" in owner.http.get("/_emulator/health").json()["problem"]
    postgres.ask(f"{changes} DROP CONSTRAINT room", pair.database)
    while owner.make("after").status_code != OK:
        assert owner.process.poll() is None
    names = owner.names()
    owner.process.kill()
    assert pair.start().names() == names


def test_log_with_a_gap_is_refused(postgres: Postgres, pair: Owners, tmp_path: Path) -> None:
    """Whatever happened to the database, no world is loaded without some of its changes."""
    owner = pair.start()
    for each in range(3):
        assert owner.make(f"made-{each}").status_code == OK
    owner.process.kill()
    postgres.ask("DELETE FROM voicebot_changes WHERE number = 3", pair.database)
    again = Process(tmp_path, pair.database)
    pair.all.append(again)
    assert again.wait_for_end() == CANNOT_START
    assert "lacks change 3" in again.log


def test_others_ask_the_process_that_has_the_worlds(pair: Owners) -> None:
    """Lists and callbacks of another shard reach it after a takeover too."""
    first, second = numbered_ports(), numbered_ports()
    flags = ["--shards", "2", "--public-url", "http://127.0.0.1:9"]
    for prefix in (first, second):
        flags += ["--shard-url", f"http://127.0.0.1:{prefix}{{shard}}"]
    owner = pair.start("--shard", "0", *flags, port=int(f"{first}0"))
    standby = pair.start("--shard", "0", *flags, status=STANDBY, port=int(f"{second}0"))
    other = pair.start("--shard", "1", *flags, port=int(f"{first}1"))
    name, caller = (each[0] for each in names_on(2, 1))
    made = owner.http.post("/_emulator/worlds", json={"name": name}).json()
    calling = other.http.post("/_emulator/worlds", json={"name": caller}).json()
    key = {"Authorization": f"Bearer {calling['credentials']['intron']['api_key']}"}
    for has in (owner, standby):
        if has is standby:
            owner.process.kill()
            standby.wait()
        listed = other.http.get("/_emulator/worlds")
        assert "x-emulator-missing-shards" not in listed.headers
        assert name in {each["name"] for each in listed.json()}
        body = WORKFLOW | {"call_back_url": f"{made['inbox_url']}box"}
        workflow = other.http.post("/voicebot/v1/workflows", json=body, headers=key)
        batch = {
            "workflow_id": workflow.json()["data"]["id"],
            "workflow_params": [{"phone_number": NUMBER}],
        }
        placed = other.http.post("/voicebot/v1/call", json=batch, headers=key)
        assert placed.status_code == OK, placed.text
        assert advance(other, caller).json()["counts"]["callbacks"] == 1
        received = has.http.get("/_emulator/inboxes/box", headers={"X-Emulator-World": name})
        assert len(received.json()) == [owner, standby].index(has) + 1


def numbered_ports() -> str:
    """Return what two free ports begin with that end in 0 and 1."""
    while True:
        prefix = str(free_port())[:-1]
        with suppress(OSError), ExitStack() as stack:
            for each in range(2):
                stack.enter_context(socket.create_server(("127.0.0.1", int(f"{prefix}{each}"))))
            return prefix
