"""How the chapters of a vendor are composed into one."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from emulator.app import create_app
from emulator.clock import ClockMode
from emulator.domain.calls import Call, CallStatus, Direction
from emulator.domain.events import BatchTransition, CallTransition
from emulator.domain.scenarios import SCENARIOS
from emulator.kit.chapter_references import composed_reference
from emulator.kit.chapters import Chapters, ChapterStates
from emulator.kit.errors import ApiError
from emulator.kit.modules import PlatformError
from emulator.settings import Settings
from emulator.world.world import World

ROUTES: Final = """
from emulator.kit.operation import Operation

async def read(request):
    raise NotImplementedError

operations = (Operation(method="GET", path="/{name}", handler=read, docs="https://{name}"),)

def add_headers(world, request, response):
    response.headers["X-{name}"] = "1"
"""
STATE: Final = """
from emulator.kit.records import Collection

class State:
    def __init__(self):
        self.records = Collection(dict, "{name} record")
        self.indexed = 0

    def collections(self):
        yield "records", self.records

    def reindex(self):
        self.indexed += 1

def new_state(world):
    return State()
"""
CALLS: Final = """
from emulator.kit.hooks import Bot

def describe(world, call):
    return {{"{name}": call.id}}

def find(world, name):
    return "found by {name}" if name == "{name}" else None

def bots(world):
    return [Bot(id="{name}", name="The bot of {name}")]

def bot(world, bot_id):
    return next((each for each in bots(world) if each.id == bot_id), None)
"""
CALLBACKS: Final = """
from emulator.domain.events import {events}
from emulator.domain.faults import CallbackShape

def handle(world, event):
    return ["{name}"]

event_handlers = dict.fromkeys(({events},), handle)
events = ("shared", "{name}.ended")
shape = CallbackShape(fields=("id", "{name}"))
steps = {{"{step}": print}}

def why_none(world, about):
    yield "{name} says why"

def consequences(world, callback):
    yield "{name} says what"
"""
OPTIONS: Final = """
from emulator.kit.rate_limit import RateLimit

def rate_limit(world, operation, credential):
    return RateLimit(platform="vendor", limit=1, message="{name}")
"""
REFERENCE: Final = """
from emulator.kit.reference import ErrorResponse, Reference

def refusals(operation):
    return {{400: ErrorResponse(when="{name}")}}

reference = Reference(
    hosts=("https://{name}",),
    security={{"{name}": {{"type": "http"}}}},
    errors=refusals,
    creates={{"{name}": ("id", "/id")}},
    note="About {name}.",
)
"""
EXAMPLES: Final = """
from emulator.kit.examples import Examples

examples = Examples(skipped={{"{name}.txt": "a text"}})
"""
MODULES: Final = {
    "routes": ROUTES,
    "state": STATE,
    "calls": CALLS,
    "callbacks": CALLBACKS,
    "options": OPTIONS,
    "reference": REFERENCE,
    "examples": EXAMPLES,
}


class Desk:
    """A folder that chapters are written into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def chapter(
        self, name: str, *, events: str = "CallTransition", step: str | None = None
    ) -> ModuleType:
        """Write a chapter, and import its package."""
        package = self.folder / name
        package.mkdir()
        (package / "__init__.py").write_text("")
        values = {"name": name, "events": events, "step": step or f"{name}.wake"}
        for module, text in MODULES.items():
            (package / f"{module}.py").write_text(text.format(**values))
        return import_module(name)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose chapters can be imported, and are forgotten after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield Desk(tmp_path)
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def chapters(desk: Desk) -> Chapters:
    """Two chapters, of which the second handles batches too."""
    second = desk.chapter("desktools", events="CallTransition, BatchTransition")
    return Chapters(desk.chapter("deskcalls"), second)


@pytest.fixture
def world() -> World:
    return create_app(Settings(clock=ClockMode.FROZEN)).worlds.default


def new_call(world: World) -> Call:
    now = world.clock.now()
    return Call("c1", "x", "w", Direction.INBOUND, "+1", "+2", CallStatus.QUEUED, "busy", now)


def test_operations_stand_in_the_order_of_the_chapters(chapters: Chapters) -> None:
    """The vendor has all of them, the first chapter's first."""
    assert [each.path for each in chapters.hooks.operations] == ["/deskcalls", "/desktools"]


def test_rate_limit_and_refusals_are_those_of_the_operations_chapter(
    chapters: Chapters, world: World
) -> None:
    """What is asked about an operation, its own chapter answers."""
    hooks, reference = chapters.hooks, composed_reference(chapters.references)
    limits = [hooks.rate_limit(world, each, "key") for each in hooks.operations]

    assert [limit and limit.message for limit in limits] == ["deskcalls", "desktools"]
    refusals = [reference.errors(each)[400].when for each in hooks.operations]
    assert refusals == ["deskcalls", "desktools"]
    assert reference.requires is not None
    assert [reference.requires(each) for each in hooks.operations] == [
        [{"deskcalls": []}],
        [{"desktools": []}],
    ]


def test_reference_and_examples_are_put_together(chapters: Chapters) -> None:
    """Hosts, schemes, notes and examples of all chapters are the vendor's."""
    reference = composed_reference(chapters.references)

    assert reference.hosts == ("https://deskcalls", "https://desktools")
    assert list(reference.security) == ["deskcalls", "desktools"]
    assert list(reference.creates) == ["deskcalls", "desktools"]
    assert reference.note == "About deskcalls. About desktools."
    assert list(chapters.examples.skipped) == ["deskcalls.txt", "desktools.txt"]


def test_state_has_a_part_for_each_chapter(chapters: Chapters, world: World) -> None:
    """Tables are named after their chapter; a part is found by its type."""
    state: Any = chapters.hooks.new_state(world)
    kinds = [import_module(f"{name}.state").State for name in ("deskcalls", "desktools")]

    state.reindex()

    assert isinstance(state, ChapterStates)
    assert [name for name, _ in state.collections()] == ["deskcalls.records", "desktools.records"]
    assert [type(state.of(kind)) for kind in kinds] == kinds
    assert [state.of(kind).indexed for kind in kinds] == [1, 1]


def test_call_is_described_and_found_by_every_chapter(chapters: Chapters, world: World) -> None:
    """Descriptions are joined; the first chapter that finds a call or a bot wins."""
    hooks, call = chapters.hooks, new_call(world)

    assert hooks.describe(world, call) == {"deskcalls": "c1", "desktools": "c1"}
    assert hooks.find(world, "desktools") == "found by desktools"
    assert hooks.find(world, "nothing") is None
    assert [each.id for each in hooks.bots(world)] == ["deskcalls", "desktools"]
    found = hooks.bot(world, "desktools")
    assert found is not None
    assert found.name == "The bot of desktools"
    assert list(hooks.why_none(world, call)) == ["deskcalls says why", "desktools says why"]


def test_event_is_handled_by_each_chapter_that_handles_its_type(
    chapters: Chapters, world: World
) -> None:
    """Callbacks of one event come in the order of the chapters."""
    handlers = chapters.hooks.event_handlers

    assert [str(each) for each in handlers[CallTransition](world, None)] == [
        "deskcalls",
        "desktools",
    ]
    assert [str(each) for each in handlers[BatchTransition](world, None)] == ["desktools"]


def test_events_and_shapes_are_joined_without_repetition(chapters: Chapters) -> None:
    """What two chapters name alike is there once."""
    hooks = chapters.hooks

    assert hooks.events == ("shared", "deskcalls.ended", "desktools.ended")
    assert hooks.shape.fields == ("id", "deskcalls", "desktools")
    assert list(hooks.steps) == ["deskcalls.wake", "desktools.wake"]


def test_two_steps_of_one_name_are_refused(desk: Desk) -> None:
    """A step on the timeline belongs to one chapter."""
    chapters = Chapters(
        desk.chapter("deskcalls", step="wake"), desk.chapter("desktools", step="wake")
    )

    with pytest.raises(PlatformError, match="two chapters have steps of the same name: wake"):
        _ = chapters.hooks


def test_error_is_written_by_the_chapter_it_answers(chapters: Chapters, world: World) -> None:
    """A refusal of an operation is in its chapter's words; one of no operation in the first's."""
    hooks = chapters.hooks
    wrong = ApiError(400, "invalid", "wrong")
    written = {}
    for label in ("", *(each.label for each in hooks.operations)):
        wrong.operation = label
        written[label] = bytes(hooks.render_error(world, wrong).body)

    first, second = (each.label for each in hooks.operations)
    assert written[""] == written[first]
    assert all(b"wrong" in body for body in written.values())
    assert second in written


def test_effect_names_what_each_chapter_says_once(chapters: Chapters) -> None:
    """A scenario's effect is that of every chapter, without repetitions."""
    scenario = SCENARIOS["busy"]

    assert chapters.hooks.effect(scenario) == "busy"
