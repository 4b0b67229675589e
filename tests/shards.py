"""Several processes that share the worlds: apps in process, or servers in threads."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, assert_never

import httpx

from emulator.app import Emulator, create_app
from emulator.ids import shard_of, slot_of
from emulator.kit.auth import basic_header, bearer_header
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.selectors import (
    BasicUser,
    Bearer,
    CookieValue,
    HeaderValue,
    PathParameter,
    Place,
    Ticket,
)
from emulator.server import running
from emulator.settings import Settings
from tests.bench.servers import free_port
from tests.support import World

TOKEN: Final = "only-for-tests"
NAMES: Final = ("job-0", "job-1", "job-2", "a", "d", "d.1", "a.b.c")
"""Worlds that are spread over two, three and five processes."""


@dataclass
class Shards:
    """Apps, each of which has a part of the worlds."""

    count: int
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    apps: list[Emulator] = field(init=False)
    clients: list[httpx.AsyncClient] = field(init=False)

    def __post_init__(self) -> None:
        self.apps = [
            create_app(Settings(shards=self.count, shard=number, **self.settings))
            for number in range(self.count)
        ]
        self.clients = [
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
            )
            for app in self.apps
        ]

    def owner(self, name: str) -> int:
        """Return which of them has a world."""
        return shard_of(slot_of(name), self.count)

    def of(self, name: str) -> httpx.AsyncClient:
        """Return a client of the one that has a world."""
        return self.clients[self.owner(name)]

    async def make(self, name: str) -> Any:
        """Create a world where it belongs, and return what is shown of it."""
        made = await self.of(name).post("/_emulator/worlds", json={"name": name})
        assert made.status_code == 201, made.text
        return made.json()

    async def stop(self) -> None:
        """End all of them."""
        for app in self.apps:
            await app.worlds.stop()


class Running:
    """Servers in threads; each knows where the others are."""

    def __init__(
        self, count: int, *, silent: frozenset[int] = frozenset(), public_url: str | None = None
    ) -> None:
        """``silent``: those that do not run."""
        self.count = count
        self.public_url = public_url
        self.urls = [f"http://127.0.0.1:{free_port()}" for _ in range(count)]
        self.stack = ExitStack()
        self.apps: dict[int, Emulator] = {}
        for number in {*range(count)} - silent:
            self.apps[number] = self.stack.enter_context(running(self.settings(number)))
        self.http = self.stack.enter_context(
            httpx.Client(headers={"X-Emulator-Token": TOKEN}, trust_env=False)
        )

    def settings(self, number: int) -> Settings:
        """Return the settings of one of them."""
        port = int(self.urls[number].rpartition(":")[2])
        urls = tuple(self.urls)
        return Settings(
            port=port,
            shards=self.count,
            shard=number,
            shard_url=urls,
            token=TOKEN,
            public_url=self.public_url,
        )

    def url(self, name: str) -> str:
        """Return where a world is."""
        return self.urls[shard_of(slot_of(name), self.count)]

    def make(self, name: str) -> Any:
        """Create a world, and return what is shown of it."""
        made = self.http.post(f"{self.url(name)}/_emulator/worlds", json={"name": name})
        assert made.status_code == 201, made.text
        return made.json()

    def get(self, number: int, path: str) -> httpx.Response:
        """Ask one of them."""
        return self.http.get(f"{self.urls[number]}/_emulator{path}")

    def names(self, number: int, query: str) -> tuple[list[list[str]], set[str]]:
        """Return the names on all pages of a list, and the totals that these tell."""
        pages: list[list[str]] = []
        totals: set[str] = set()
        cursor = ""
        while True:
            page = self.get(number, f"/worlds?{query}{cursor}")
            assert page.status_code == 200, page.text
            pages.append([world["name"] for world in page.json()])
            totals.add(page.headers["x-total-count"])
            if "x-next-cursor" not in page.headers:
                return pages, totals
            cursor = f"&cursor={page.headers['x-next-cursor']}"


@dataclass(frozen=True)
class Shown:
    """A request to a vendor that shows a credential in one place."""

    method: str
    path: str
    headers: dict[str, str]

    @property
    def label(self) -> str:
        """What tells it from the others, in messages."""
        return f"{self.method} {self.path} {self.headers}"


def requests_of(vendor: Platform, own: Mapping[str, str]) -> Iterator[Shown]:
    """Return requests that select the world of these credentials, in every way there is."""
    assert vendor.selectors is not None, f"{vendor.name} has no selectors"
    minted = [each for each in own.values() if vendor.selectors.slot_in(each) is not None]
    texts = dict.fromkeys([*vendor.auth.identities(own), *minted])
    for operation in vendor.hooks.operations:
        for place in vendor.selectors.places:
            for text in texts:
                if (shown := _showing(operation, place, text, own, vendor)) is not None:
                    yield shown


def _showing(
    operation: Operation, place: Place, text: str, own: Mapping[str, str], vendor: Platform
) -> Shown | None:
    """Return a request that shows a text in this place; None where the operation has none."""
    named = account_of(operation, vendor)
    headers = headers_with(place, text)
    query = ""
    match place:
        case PathParameter():
            if not named:
                return None
            headers = vendor.auth.headers(own)  # some operations need them besides
        case Ticket():
            if not operation.ticket or text not in vendor.auth.identities(own):
                return None  # a key is no ticket
            query = f"?{operation.ticket}={text}"
        case _:
            if named:
                return None  # the path decides
    path = "".join(
        f"/{each}"
        if isinstance(each, str)
        else f"/{text if each.name in named else 'x'}{each.suffix}"
        for each in operation.segments
    )
    return Shown(operation.method, f"{path}{query}", headers)


def account_of(operation: Operation, vendor: Platform) -> set[str]:
    """Return the parameter of an operation's path that selects a world, if it has one."""
    places = () if vendor.selectors is None else vendor.selectors.places
    names = [each.names for each in places if isinstance(each, PathParameter)]
    return {name for each in names for name in each} & set(operation.names)


def headers_with(place: Place, text: str) -> dict[str, str]:
    """Return the headers that show a text in this place."""
    match place:
        case Bearer():
            return bearer_header(text)
        case BasicUser():
            return basic_header(text, "any")
        case HeaderValue(name):
            return {name: text}
        case CookieValue(name):
            return {"Cookie": f"{name}={text}"}
        case PathParameter() | Ticket():
            return {}
        case _:
            assert_never(place)


async def story_on(count: int) -> tuple[str, dict[str, Any]]:
    """Use some worlds and a fork on so many processes.

    Return a digest of everything that was asked and answered, callbacks too, and all credentials.
    """
    shards = Shards(count)
    seen = sha256()
    credentials: dict[str, Any] = {}
    for name in NAMES:
        world = World(shards.of(name), await shards.make(name))
        workflow = await world.workflow(call_back_url=world.inbox_url + "done")
        await world.place(workflow, "+2348055599001", "+2348055599012")
        asked = {"from": name, "name": f"{name}.story"}
        forked = await shards.of(name).post("/_emulator/worlds", json=asked)
        for each in (world, World(shards.of(name), forked.json())):
            await each.advance()
            run = await each.control("GET", "/history/export")
            assert run.status_code == 200, run.text
            seen.update(run.content)
            credentials[each.name] = each.made["credentials"]
    await shards.stop()
    return seen.hexdigest(), credentials
