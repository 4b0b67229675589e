"""What platforms remember is plain records, asked of each platform that is found."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import is_dataclass
from typing import Any, Final

import httpx
import pytest

import emulator.world.world
from emulator.app import create_app
from emulator.kit.json import from_json, to_json
from emulator.kit.platform import Platform
from emulator.kit.records import Collection
from emulator.platforms import discover
from emulator.settings import Settings
from tests.platforms.contributions import use
from tests.support import World

each_platform = pytest.mark.parametrize(
    "platform", [pytest.param(platform, id=name) for name, platform in discover().items()]
)
SETTINGS: Final = {"name": "kept", "seed": 7, "clock": {"mode": "frozen"}}

Copy = dict[str, dict[str, bytes]]
"""The records of each table as JSON, by id, in their order."""


@asynccontextmanager
async def universe() -> AsyncIterator[tuple[World, emulator.world.world.World]]:
    """Yield a world as its users see it, and the World itself; always with the same seed."""
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    address = app.worlds.settings.base_url
    async with httpx.AsyncClient(transport=transport, base_url=address) as http:
        made = await http.post("/_emulator/worlds", json=SETTINGS)
        assert made.status_code == 201, made.text
        yield World(http, made.json()), app.worlds.get("kept")
        await app.worlds.stop()


class ResponseRecorder:
    """The responses during a platform's use."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, int, bytes]] = []

    def __call__(self, response: httpx.Response) -> httpx.Response:
        """Take an answer down."""
        assert response.status_code < 500, response.text
        request = response.request
        asked = f"{request.method} {request.url.raw_path.decode()}"
        self.answers.append((asked, response.status_code, response.content))
        return response


class Changes(dict[str, None]):
    """Copies each changed record at once, when it is marked as changed."""

    def __init__(self, table: Collection[Any], kept: dict[str, bytes]) -> None:
        super().__init__()
        self.table = table
        self.kept = kept

    def __setitem__(self, record_id: str, _: None) -> None:
        record = self.table.find(record_id)
        if record is None:
            del self.kept[record_id]
        else:
            self.kept[record_id] = to_json(self.table.dumped(record))


class Followed(ResponseRecorder):
    """Keeps a copy from the records marked as changed, and compares it with all records."""

    def __init__(self, tables: Iterable[tuple[str, Collection[Any]]]) -> None:
        super().__init__()
        self.tables = dict(tables)
        self.copy: Copy = written(self.tables.items())
        for name, table in self.tables.items():
            table.changed = Changes(table, self.copy[name])

    def __call__(self, response: httpx.Response) -> httpx.Response:
        """Compare."""
        asked = response.request
        assert self.copy == written(self.tables.items()), f"{asked.method} {asked.url}"
        return super().__call__(response)


class Reloaded(ResponseRecorder):
    """Replaces a platform's records by what was written of them and read again."""

    def __init__(
        self, platform: str, world: emulator.world.world.World, spare: emulator.world.world.World
    ) -> None:
        super().__init__()
        self.platform = platform
        self.world = world
        self.spare = spare

    def __call__(self, response: httpx.Response) -> httpx.Response:
        """Write and read everything."""
        old = self.world.contexts[self.platform].state
        self.spare.reset()
        new: Any = self.spare.contexts[self.platform].state
        move(old, new)
        self.world.contexts[self.platform].state = new
        return super().__call__(response)


def written(tables: Iterable[tuple[str, Collection[Any]]]) -> Copy:
    """Return everything in these tables."""
    return {
        name: {key: to_json(table.dumped(record)) for key, record in table.by_id.items()}
        for name, table in tables
    }


def move(old: Any, new: Any) -> None:
    """Fill a new state with the records of an old one, written to JSON and read again."""
    before = written(old.collections())
    for (name, from_), (same, to) in zip(old.collections(), new.collections(), strict=True):
        assert name == same
        to.by_id.clear()  # what a world begins with, which reading a file replaces too
        for key, text in before[name].items():
            fields = from_json(text)
            assert fields[from_.key] == key
            record = Collection.add(to, to.loaded(fields))
            assert record == from_.get(key)
            assert is_dataclass(record)
            assert not hasattr(record, "__dict__")
    for _ in "12":  # the indexes are made anew, whatever is in them
        new.reindex()
    after = written(new.collections())
    assert after == before
    assert [[*table] for table in after.values()] == [[*table] for table in before.values()]


@each_platform
async def test_every_change_is_marked(platform: Platform) -> None:
    """A copy made of the records marked as changed is complete after each request."""
    async with universe() as (world, inside):
        state: Any = inside.contexts[platform.name].state
        followed = Followed(state.collections())

        await use(platform.name, world, followed)

        assert all(followed.copy.values())


@each_platform
async def test_records_are_all_there_is(platform: Platform) -> None:
    """A world whose records are written and read after each request gives the same bytes.

    The use calls every operation of the platform, and writes to every table.
    """
    async with universe() as (world, inside):
        await use(platform.name, world, recorder := ResponseRecorder())

        entries = (await world.control("GET", "/history?limit=10000&kind=exchange")).json()
        state: Any = inside.contexts[platform.name].state
        operations = {each.id for each in platform.hooks.operations}
        assert operations <= {each["operation"] for each in entries}
        assert all(written(state.collections()).values())
    async with universe() as (world, inside), universe() as (_, spare):
        reloaded = Reloaded(platform.name, inside, spare)

        await use(platform.name, world, reloaded)

    assert reloaded.answers == recorder.answers
