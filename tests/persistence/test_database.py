"""Worlds in PostgreSQL: as in a data file, and one process at a time has them."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from errno import EIO
from functools import partial
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.cli.exit_codes import CANNOT_START
from emulator.domain.database_url import is_database_url, shown_url
from emulator.persistence.database_file import DatabaseFile
from emulator.persistence.database_log import DatabaseLog
from emulator.persistence.database_session import MAX_IMAGES
from emulator.persistence.log_flush import LogFlush
from emulator.settings import Settings
from emulator.standby import Standby
from tests.bench.servers import free_port
from tests.effort import is_campaign
from tests.files import tables
from tests.limits import LIMIT_SECONDS
from tests.postgres import Postgres, needs_postgres, running_postgres
from tests.processes import run
from tests.support import WORKFLOW, World

AUTH: Final = {"Authorization": "Bearer x"}
MAX_TURNS: Final = 100_000
WITHOUT_PSYCOPG: Final = """
import sys
from pathlib import Path

sys.modules["psycopg"] = None
from emulator.app import create_app
from emulator.persistence.wal import WorldFileError
from emulator.settings import Settings

for data in (None, Path(sys.argv[1]) / "worlds.json"):
    create_app(Settings(data=data))
print(*(name for name in sys.modules if name.startswith("emulator.persistence.database")))
try:
    create_app(Settings(data="postgresql://user:secret@host/worlds"))
except WorldFileError as error:
    print(error)
"""


class FakeSession:
    """A database that can be lost, and what it has."""

    def __init__(self) -> None:
        self.rows: dict[int, bytes] = {}
        self.problem = ""
        self.is_lost = False
        """It takes changes, and is gone before it says so."""
        self.writes = 0

    @property
    def next_number(self) -> int:
        """The number of the next change."""
        return len(self.rows) + 1

    def check(self) -> None:
        """Refuse once a loss is known."""
        if self.problem:
            raise OSError(EIO, self.problem)

    def write_soon(self, first: int, changes: Sequence[bytes]) -> bool:
        """Take changes, unless nothing is known about the end of that."""
        if not self.is_lost:
            self.write(first, changes)
        return not self.is_lost

    def write(self, first: int, changes: Sequence[bytes]) -> None:
        """Take changes."""
        self.writes += 1
        self.rows |= {first + at: each for at, each in enumerate(changes)}
        if self.is_lost:
            raise OSError(EIO, "gone")


async def test_changes_that_wait_share_an_insert() -> None:
    """What was appended in one turn is one insert, and numbered in its order."""
    session: Any = FakeSession()
    log = DatabaseLog(session, 0)
    flush = LogFlush(log)

    for change in (b"one", b"two", b"three"):
        log.append(change)
        flush.request()
    await flush.wait()

    assert session.rows == {1: b"one", 2: b"two", 3: b"three"}
    assert session.writes == 1
    assert log.is_flushed
    flush.close()


async def test_change_that_may_be_lost_is_given_again_under_its_number() -> None:
    """An insert whose end is unknown is made again, with what came since behind it."""
    session: Any = FakeSession()
    log = DatabaseLog(session, 0)
    flush = LogFlush(log)
    session.is_lost = True
    log.append(b"one")
    flush.request()
    with pytest.raises(OSError, match="gone"):
        await flush.wait()
    assert not log.is_flushed
    session.is_lost = False
    log.append(b"two")
    flush.request()
    await flush.wait()
    assert session.rows == {1: b"one", 2: b"two"}
    assert log.is_flushed
    flush.close()


def test_nothing_is_appended_while_the_database_is_away() -> None:
    """What is refused does not happen later."""
    session: Any = FakeSession()
    log = DatabaseLog(session, 0)
    session.problem = "no answer"
    with pytest.raises(OSError, match="no answer"):
        log.append(b"one")
    assert log.is_flushed
    assert log.size == 0


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("postgresql://h/db", "postgresql://h/db", id="plain"),
        pytest.param("postgres://u:p@h:1/db", "postgresql://u@h:1/db", id="password"),
        pytest.param("postgresql://h/db?password=p", "postgresql://h/db", id="query"),
        pytest.param("postgresql:///db?host=/run", "postgresql:///db", id="socket"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    """Whatever is printed or logged of a database has no password."""
    assert is_database_url(url)
    assert shown_url(url) == shown


def test_only_a_database_needs_its_client(tmp_path: object) -> None:
    """Without a database, none of it is imported; with one, the error says what to install."""
    ended = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", WITHOUT_PSYCOPG, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    imported, refusal = ended.stdout.splitlines()
    assert imported == ""
    assert refusal.startswith("--data postgresql://user@host/worlds needs the extra cluster: ")


def test_database_that_cannot_be_reached_is_named() -> None:
    """A server does not start without its database, and says why; it prints no password."""
    url = f"postgresql://user:secret@127.0.0.1:{free_port()}/worlds"

    ended = run("serve", "--port", "0", "--data", url)

    assert ended.returncode == CANNOT_START
    assert "cannot use postgresql://user@127.0.0.1:" in ended.stderr
    assert "Connection refused" in ended.stderr
    assert "secret" not in ended.stdout + ended.stderr


async def test_standby_says_what_it_is() -> None:
    """Nothing of it is mistaken for an answer about worlds, and a proxy sees that it has none."""
    app = Standby(Settings(shards=3, shard=1))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
        health = await http.get("/_emulator/health")
        other = await http.post("/voicebot/v1/workflows", json=WORKFLOW)
    assert {each.status_code for each in (health, other)} == {503}
    assert {each.headers["x-emulator-standby"] for each in (health, other)} == {"1"}
    shown = health.json()
    assert [shown[name] for name in ("status", "store", "shard", "shards")] == [
        *("standby", "database", 1, 3)
    ]
    assert other.json()["code"] == "standby"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server for all tests, each of which has a database of its own."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The URL of a new database."""
    return postgres.make_database()


@asynccontextmanager
async def client(app: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    """Use an emulator in process; in the end its session breaks, as if it was killed."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url
    ) as http:
        yield http
    for world in app.worlds.all():
        world.close()
    assert isinstance(app.worlds.data_file, DatabaseFile)
    if (checkpoint := app.worlds.data_file._checkpoint) is not None:
        checkpoint.cancel()
    session_of(app).close()
    await app.worlds.transports.close()


def session_of(app: Emulator) -> Any:
    """Return the session of an emulator."""
    assert isinstance(app.worlds.data_file, DatabaseFile)
    return app.worlds.data_file._file.session


async def use(http: httpx.AsyncClient) -> None:
    """Use worlds in every way that writes otherwise."""
    world = await World.create(http, {"name": "w", "clock": {"mode": "frozen"}})
    workflow = await world.workflow(call_back_url=f"{world.inbox_url}done")
    await world.place(workflow, "+2348055599001", "+2348055599012")
    await world.advance(20)
    for path, body in (
        ("/worlds", {"name": "fork", "from": "w"}),
        ("/worlds", {"name": "gone"}),
        ("/snapshots", {"name": "early"}),
    ):
        (await world.control("POST", path, json=body)).raise_for_status()
    (await http.delete("/_emulator/worlds/gone")).raise_for_status()
    exported = (await world.control("GET", "/export")).content
    imported = await World.create(http, {"name": "imported"})
    (await imported.control("POST", "/import", content=exported)).raise_for_status()
    numbers = [{"phone_number": f"+2348{each:08}"} for each in range(3_000)]
    batch = json.dumps({"workflow_id": workflow, "workflow_params": numbers})  # written in pieces
    assert (await world.intron("POST", "/call", content=batch)).status_code == 200


def kept(app: Emulator) -> dict[str, Any]:
    """Return everything that there is, by world."""
    return {world.name: tables(world) for world in app.worlds.all()}


@needs_postgres
async def test_killed_server_leaves_everything(database: str) -> None:
    """What was acknowledged is in the database, and the next server continues with it."""
    settings = Settings(data=database)
    app = create_app(settings)
    async with client(app) as http:
        await use(http)
        before = kept(app)
    again = create_app(settings)
    async with client(again) as http:
        assert kept(again) == before
        assert (await http.get("/_emulator/health")).json()["store"] == "database"


async def until(http: httpx.AsyncClient, is_true: Callable[[], bool]) -> None:
    """Change something until this is so."""
    for _ in range(MAX_TURNS):
        if is_true():
            return
        changed = await http.post("/voicebot/v1/workflows", json=WORKFLOW, headers=AUTH)
        assert changed.status_code == 200, changed.text
    raise AssertionError


def has_more_than(session: Any, number: int) -> bool:
    """Check whether the shard has begun with more than so many checkpoints of this process."""
    return bool(session.place.image % MAX_IMAGES > number)


@needs_postgres
async def test_another_process_makes_the_checkpoint(database: str) -> None:
    """Then a start reads the checkpoint, and of the log only what came since."""
    settings = Settings(data=database, checkpoint_bytes=1_000)
    app = create_app(settings)
    session = session_of(app)
    async with client(app) as http:
        for number in range(2 if is_campaign() else 1):
            await until(http, partial(has_more_than, session, number))
        before = kept(app)
    again = create_app(settings)
    async with client(again):
        assert session_of(again).place == session.place
        assert session.place.covered > 0
        assert kept(again) == before


@needs_postgres
async def test_second_owner_waits_for_the_first(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Two processes for one shard are no harm: the log says who has it, and one takes over."""
    settings = Settings(data=database)
    first = create_app(settings)
    async with client(first) as http:
        waiting = asyncio.get_running_loop().run_in_executor(None, create_app, settings)
        while "waits for the lock, which session" not in caplog.text:
            await http.get("/_emulator/health")
        (await http.post("/_emulator/worlds", json={"name": "late"})).raise_for_status()
        assert not waiting.done()
    second = await asyncio.wait_for(waiting, LIMIT_SECONDS)
    async with client(second) as http:
        assert (await http.get("/_emulator/worlds/late")).status_code == 200
    assert "postgresql://emulator@127.0.0.1" in caplog.text
