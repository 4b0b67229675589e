"""Nine questions that every vendor, and every chapter of one, answers in the same file."""

import ast
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from inspect import signature
from itertools import chain
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx
import pytest

from emulator.app import create_app
from emulator.cli.demo_data import seed_demo
from emulator.clock import ClockMode
from emulator.domain.batches import Batch
from emulator.domain.calls import Call, CallStatus
from emulator.domain.errors import ConflictError
from emulator.domain.events import BatchTransition, CallTransition
from emulator.domain.scenarios import SCENARIOS
from emulator.kit.auth import Auth
from emulator.kit.conventions import REQUIRED
from emulator.kit.examples import Example
from emulator.kit.hooks import Hooks
from emulator.kit.modules import load_hooks
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.rate_limit import RateLimit
from emulator.kit.reference import Reference
from emulator.platforms import discover
from emulator.settings import Settings
from emulator.world.world import World

MAX_REQUIRED_FIELDS: Final = 15
QUESTIONS: Final = {
    "what becomes due when a call changes": ("callbacks", ("event_handlers",)),
    "why no callback came": ("callbacks", ("why_none",)),
    "what the control API shows of a call": ("calls", ("describe",)),
    "where calls are placed": ("calls", ("place",)),
    "which credentials a request shows": ("auth", ("auth",)),
    "which rate limit a request counts against": ("options", ("rate_limit",)),
    "how words and times are written": ("schemas", ("status_word", "effect", "wire_time")),
    "what a new world starts with": ("state", ("new_state",)),
    "what acts on responses": ("callbacks", ("responses",)),
}
"""The module and the names that answer each of them."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A vendor, or a chapter of one: a package with the files that all of them have."""

    platform: Platform
    package: str
    hooks: Hooks

    @property
    def folder(self) -> Path:
        """The folder of the package."""
        return Path(import_module(self.package).__path__[0])

    def files(self) -> Iterator[Path]:
        """Yield its modules, without those of chapters below it."""
        chapters = chapters_in(self.folder)
        for path in self.folder.rglob("*.py"):
            if not any(chapter in path.parents for chapter in chapters):
                yield path

    def module_for(self, module: str) -> str:
        """Return the module that answers a question: if a chapter has its name, ``chapters``."""
        names = {chapter.name for chapter in chapters_in(self.folder)}
        return "chapters" if module in names else module

    def module_of(self, path: Path) -> str:
        """Return the module, directly in the package, that a file is or belongs to."""
        return path.relative_to(self.folder).parts[0].removesuffix(".py")


def chapters_in(folder: Path) -> list[Path]:
    """Return the packages below a vendor's folder that have operations of their own."""
    below = (each for each in folder.iterdir() if each.is_dir())
    return sorted(
        each for each in below if (each / "routes.py").is_file() or (each / "routes").is_dir()
    )


def parts() -> Iterator[Part]:
    for platform in discover().values():
        vendor = Part(platform=platform, package=platform.package, hooks=platform.hooks)
        yield vendor
        for chapter in chapters_in(vendor.folder):
            package = f"{platform.package}.{chapter.name}"
            yield Part(platform=platform, package=package, hooks=load_hooks(package, ("",)))


PARTS: Final = list(parts())
each_part = pytest.mark.parametrize(
    "part", [pytest.param(each, id=each.package.removeprefix("emulator.")) for each in PARTS]
)


@cache
def defined_in(path: Path) -> set[str]:
    """Return the names that a file defines itself; imported names are not among them."""
    names: set[str] = set()
    for each in ast.parse(path.read_text(encoding="utf-8")).body:
        match each:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(each.name)
            case ast.Assign():
                names |= {target.id for target in each.targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case _:
                pass
    return names


@pytest.fixture
def world() -> World:
    """A fresh world on a frozen clock."""
    return create_app(Settings(clock=ClockMode.FROZEN)).worlds.default


def place(part: Part, world: World) -> list[Call]:
    """Place calls, as ``check-receiver`` does where callbacks are sent; none without a bot."""
    hooks = part.platform.hooks
    if hooks.receiver_check is not None:
        hooks.receiver_check.place(world, "http://127.0.0.1:9/callbacks")
    elif hooks.place is not None and hooks.place_model is not None:
        asked = hooks.place_model().model_validate({"platform": part.platform.name})
        with suppress(ConflictError):  # there is nothing yet that a call could be placed with
            hooks.place(world, asked)
    return list(world.calls)


@each_part
@pytest.mark.parametrize("question", QUESTIONS)
def test_question_is_answered_in_its_file(part: Part, question: str) -> None:
    """The names of an answer are defined in its module, or the package has no answer at all."""
    module, names = QUESTIONS[question]
    module = part.module_for(module)
    elsewhere = {
        str(path.relative_to(part.folder)): sorted(found)
        for path in part.files()
        if part.module_of(path) != module and (found := defined_in(path).intersection(names))
    }

    assert elsewhere == {}


@each_part
def test_question_without_an_answer_gets_the_default(part: Part) -> None:
    """What a package does not define, the kit does; the rest is what its module defines."""
    defaults = Hooks(operations=())
    for usual, names in QUESTIONS.values():
        module = part.module_for(usual)
        known = [name for name in names if hasattr(defaults, name)]
        has_module = any(part.module_of(path) == module for path in part.files())
        loaded = import_module(f"{part.package}.{module}") if has_module else None
        for name in known:
            expected = getattr(loaded, name, getattr(defaults, name))
            assert getattr(part.hooks, name) == expected, name


@each_part
def test_callbacks_become_due_by_events(part: Part) -> None:
    """Handlers are found by the type of an event, the actions on responses by their names."""
    handlers, responses = part.hooks.event_handlers, part.hooks.responses

    assert set(handlers) <= {CallTransition, BatchTransition}
    assert all(callable(each) for each in chain(handlers.values(), responses.values()))
    assert all(isinstance(name, str) and name for name in responses)
    if part.hooks.events:
        assert handlers or part.hooks.steps


@each_part
def test_why_no_callback_came_is_said_in_sentences(part: Part, world: World) -> None:
    """Of any call or batch, however young, the reasons are texts."""
    calls = place(part, world)
    about: list[Call | Batch] = [*calls, *world.batches.by_id.values()]

    reasons = [reason for each in about for reason in part.hooks.why_none(world, each)]

    assert all(isinstance(each, str) and each for each in reasons)


@each_part
def test_call_is_described_in_json(part: Part, world: World) -> None:
    """The control API can show what a vendor knows of each of its calls."""
    for call in place(part, world):
        described = part.hooks.describe(world, call)

        assert isinstance(described, dict)
        assert json.loads(json.dumps(described)) == described


@each_part
def test_calls_are_placed_by_a_request_of_their_own(part: Part, world: World) -> None:
    """``place`` takes a model of the vendor's, and places calls of the vendor."""
    if part.hooks.place is None:
        assert part.hooks.place_model is None
        return
    assert part.hooks.place_model is not None
    model = part.hooks.place_model()

    assert model.__name__.endswith("CallRequest")
    assert {call.platform for call in place(part, world)} <= {part.platform.name}


class PlacingClient:
    """A client of a demonstration that refuses requests which place calls by another route."""

    def __init__(self, client: httpx.AsyncClient, world: World) -> None:
        self._client = client
        self._world = world
        self.placed = 0

    async def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Make a request; only those to ``/_emulator/calls`` may place calls."""
        before = len(self._world.calls)
        response = await self._client.request(method, url, **options)
        placed = len(self._world.calls) - before
        assert placed == 0 or (method, url) == ("POST", "/_emulator/calls"), f"{method} {url}"
        self.placed += placed
        return response


async def test_demo_places_calls_with_the_one_hook() -> None:
    """Calls of a demonstration are placed by ``place``, as those of tests and of the dashboard."""
    app = create_app(Settings(clock=ClockMode.FROZEN))
    worlds, base_url = app.worlds, app.worlds.settings.base_url
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as http:
        client = PlacingClient(http, worlds.default)
        await seed_demo(client, {}, base_url)
        assert client.placed > 0
        for name, platform in discover().items():
            if platform.demo.story is not None:
                credentials = worlds.credentials(worlds.default, name)
                before = client.placed
                await platform.demo.story(client, credentials, base_url)
                assert client.placed > before
    await worlds.stop()


@pytest.mark.parametrize("platform", discover().values(), ids=lambda each: each.name)
def test_credentials_select_their_world(platform: Platform) -> None:
    """``auth`` of the vendor's module makes credentials that it recognizes."""
    auth = import_module(f"{platform.package}.auth").auth
    one, other = (auth.issue(digit * 32) for digit in "12")

    assert isinstance(auth, Auth)
    assert platform.auth is auth
    assert auth.selects(one) != auth.selects(other)


@each_part
def test_rate_limit_is_said_of_every_operation(part: Part, world: World) -> None:
    """A fresh world has a limit for an operation, or none; asking counts nothing."""
    for operation in part.hooks.operations:
        limit = part.hooks.rate_limit(world, operation, "credential")

        assert limit is None or isinstance(limit, RateLimit)
        if limit is not None:
            assert limit.platform == part.platform.name
            assert limit.message
            assert limit.limit is None or limit.limit > 0
    assert world.rate_counters == {}


@each_part
def test_statuses_scenarios_and_times_have_words(part: Part) -> None:
    """Scenarios have a text each; statuses and times, where the package writes any on the wire.

    A status may have no word. A vendor whose times depend on a place takes its zone as well.
    """
    schemas = import_module(f"{part.package}.schemas")
    effects = [part.hooks.effect(scenario) for scenario in SCENARIOS.values()]

    assert all(isinstance(each, str) and each for each in effects)
    if (status_word := getattr(schemas, "status_word", None)) is not None:
        words = {status_word(status) for status in CallStatus}
        assert words - {None, ""}
        assert all(isinstance(each, str | None) for each in words)
    if (wire_time := getattr(schemas, "wire_time", None)) is not None:
        zone = [ZoneInfo("UTC")] if len(signature(wire_time).parameters) > 1 else []
        days = [datetime(2026, 1, day, 3, 4, 5, tzinfo=UTC) for day in (1, 2)]
        times = {wire_time(day, *zone) for day in days}
        assert len(times) == len(days)


@each_part
def test_new_world_starts_with_the_same_records(part: Part) -> None:
    """A state has tables with names of their own, and is the same in every new world."""
    worlds = [create_app(Settings(clock=ClockMode.FROZEN)).worlds.default for _ in range(2)]
    tables: list[Mapping[str, Any]] = []
    for world in worlds:
        state = part.hooks.new_state(world)
        state.reindex()
        found = list(state.collections())
        assert len(dict(found)) == len(found)
        tables.append({name: list(each.by_id) for name, each in found})

    assert tables[0] == tables[1]


def test_declaring_a_vendor_takes_few_fields() -> None:
    """A vendor is written from its operations, its credentials and little more."""
    required = [
        f"{type_.__name__}.{field.name}"
        for type_ in (Platform, Auth, Operation, Example, Reference)
        for field in fields(type_)
        if field.init and field.default is MISSING and field.default_factory is MISSING
    ]
    names = [module for module, example in REQUIRED.items() if "=" in example or "def " in example]

    assert len(required) + len(names) <= MAX_REQUIRED_FIELDS, [*required, *names]
