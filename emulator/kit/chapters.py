"""Chapters: the APIs of a vendor that has several, each a package, composed into one vendor.

A chapter's package has the modules that a vendor's folder has, with the same names in them. The
vendor lists its chapters in one place, and its own modules take what was composed::

    # platforms/<vendor>/chapters.py
    chapters: Final = Chapters(voicebots, tools)

    # platforms/<vendor>/routes.py
    operations: Final = chapters.hooks.operations

Its ``options.py`` is imported before the others, so it imports the ``options.py`` of each chapter,
and ``chapters`` on first use.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback
from emulator.domain.calls import Call
from emulator.domain.events import Event
from emulator.domain.faults import CallbackShape
from emulator.domain.recordings import Recording
from emulator.domain.scenarios import Scenario
from emulator.kit.conventions import one_of
from emulator.kit.errors import PLAIN_ERRORS, ApiError
from emulator.kit.hooks import Bot, EventHandler, Hooks
from emulator.kit.modules import PlatformError, load_hooks, load_part
from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.receiver_check import joined
from emulator.kit.world import World
from emulator.voice.tracks import StreamRecording

if TYPE_CHECKING:
    from emulator.kit.examples import Examples  # only the self-check imports them
    from emulator.kit.reference import Reference  # only OpenAPI documents need it

T = TypeVar("T")
ANY_ROOT: Final = ("",)
"""The vendor's own modules are checked against its roots."""


class ChapterStates:
    """What a vendor remembers: the state of each chapter, found by its type."""

    def __init__(self, states: Mapping[str, Any]) -> None:
        self._states = states
        self._by_type = {type(state): state for state in states.values()}

    def of(self, kind: type[T]) -> T:
        """Return the state of this type."""
        state: T = self._by_type[kind]
        return state

    def collections(self) -> Iterator[tuple[str, Any]]:
        """Return the collections of all chapters; tables are named after their chapter."""
        for chapter, state in self._states.items():
            for name, collection in state.collections():
                yield f"{chapter}.{name}", collection

    def check(self, world: World) -> None:
        """Refuse the records of a file that contradict each other."""
        for state in self._states.values():
            if hasattr(state, "check"):
                state.check(world)

    def resume(self, world: World) -> None:
        """Go on from records that were loaded or copied."""
        for state in self._states.values():
            if hasattr(state, "resume"):
                state.resume(world)

    def close(self) -> None:
        """Delete what is in no file."""
        for state in self._states.values():
            if hasattr(state, "close"):
                state.close()

    def reindex(self) -> None:
        """Rebuild the indexes of all chapters."""
        for state in self._states.values():
            state.reindex()


def chapter_state(world: World, platform: str, kind: type[T]) -> T:
    """Return what the chapter with this type of state remembers in a world."""
    states: ChapterStates = world.contexts[platform].state
    return states.of(kind)


class Chapters:
    """The chapters of one vendor, in the order of its operations; imported when first needed."""

    def __init__(self, *packages: ModuleType) -> None:
        self._packages = {each.__name__.rpartition(".")[2]: each.__name__ for each in packages}

    @cached_property
    def by_name(self) -> dict[str, Hooks]:
        """The hooks of each chapter."""
        return {name: load_hooks(package, ANY_ROOT) for name, package in self._packages.items()}

    @cached_property
    def hooks(self) -> Hooks:
        """The vendor's hooks, but for ``place``, which the vendor writes itself.

        An error is written by the chapter whose operation it answers. The receiver check of the
        first chapter that has one is the default; those of others are chosen by their names.
        """
        composed = _ComposedHooks(self.by_name)
        parts = list(self.by_name.values())
        return Hooks(
            operations=tuple(chain.from_iterable(each.operations for each in parts)),
            controls=tuple(chain.from_iterable(each.controls for each in parts)),
            has_sound=_first(each.has_sound for each in parts),
            has_tool=_first(each.has_tool for each in parts),
            add_headers=composed.add_headers,
            render_error=composed.render_error,
            known_errors=_distinct(
                each.known_errors for each in parts if each.known_errors is not PLAIN_ERRORS
            ),
            new_state=composed.new_state,
            rate_limit=composed.rate_limit,
            effect=composed.effect,
            describe=composed.describe,
            recording=composed.recording,
            find=composed.find,
            bots=composed.bots,
            bot=composed.bot,
            receiver_check=joined(each.receiver_check for each in parts),
            event_handlers=composed.event_handlers(),
            why_none=composed.why_none,
            consequences=composed.consequences,
            events=_distinct(each.events for each in parts),
            shape=_merged_shape([each.shape for each in parts]),
            steps=_united("steps", [each.steps for each in parts]),
            responses=_united("responses", [each.responses for each in parts]),
        )

    @cached_property
    def references(self) -> "list[tuple[tuple[Operation, ...], Reference]]":
        """The operations and the reference of each chapter, for ``composed_reference``."""
        from emulator.kit.reference import Reference  # noqa: PLC0415  # needs every schema

        return [
            (hooks.operations, self._load(name, "reference", Reference))
            for name, hooks in self.by_name.items()
        ]

    @cached_property
    def examples(self) -> "Examples":
        """The examples of all chapters."""
        from emulator.kit.examples import Examples  # noqa: PLC0415  # only the self-check

        parts = [self._load(name, "examples", Examples) for name in self._packages]
        return Examples(
            examples=tuple(chain.from_iterable(each.examples for each in parts)),
            skipped=_united("skipped", [each.skipped for each in parts]),
        )

    def _load(self, chapter: str, module: str, kind: type[T]) -> T:
        """Return what a chapter's module defines under its own name, or the default."""
        found: T | None = load_part(self._packages[chapter], module, one_of(kind))
        return kind() if found is None else found


class _ComposedHooks:
    """The hooks that ask one chapter or all of them."""

    def __init__(self, by_name: Mapping[str, Hooks]) -> None:
        self._by_name = by_name
        self._parts = list(by_name.values())
        self._owners = {each.label: part for part in self._parts for each in part.operations}

    def add_headers(self, world: World, request: Request, response: Response) -> None:
        for each in self._parts:
            each.add_headers(world, request, response)

    def render_error(self, world: World, error: ApiError) -> Response:
        owner = self._owners.get(error.operation, self._parts[0])
        return owner.render_error(world, error)

    def effect(self, scenario: Scenario) -> str:
        return "; ".join(dict.fromkeys(each.effect(scenario) for each in self._parts))

    def new_state(self, world: World) -> ChapterStates:
        return ChapterStates({name: each.new_state(world) for name, each in self._by_name.items()})

    def rate_limit(self, world: World, operation: Operation, credential: str) -> RateLimit | None:
        return self._owners[operation.label].rate_limit(world, operation, credential)

    def describe(self, world: World, call: Call) -> dict[str, Any]:
        described: dict[str, Any] = {}
        for each in self._parts:
            described |= each.describe(world, call)
        return described

    def recording(self, world: World, call: Call) -> Recording | StreamRecording | None:
        found: Iterator[Recording | StreamRecording | None] = (
            each.recording(world, call) for each in self._parts
        )
        return next((each for each in found if each is not None), None)

    def find(self, world: World, name: str) -> str | None:
        return _first(each.find(world, name) for each in self._parts)

    def bots(self, world: World) -> Iterable[Bot]:
        return chain.from_iterable(each.bots(world) for each in self._parts)

    def bot(self, world: World, bot_id: str) -> Bot | None:
        return _first(each.bot(world, bot_id) for each in self._parts)

    def event_handlers(self) -> dict[type[Event], EventHandler]:
        handlers: dict[type[Event], list[EventHandler]] = {}
        for part in self._parts:
            for kind, handler in part.event_handlers.items():
                handlers.setdefault(kind, []).append(handler)
        return {
            kind: several[0] if len(several) == 1 else _handled_by_each(several)
            for kind, several in handlers.items()
        }

    def why_none(self, world: World, about: Call | Batch) -> Iterable[str]:
        return chain.from_iterable(each.why_none(world, about) for each in self._parts)

    def consequences(self, world: World, callback: Callback) -> Iterable[str]:
        return chain.from_iterable(each.consequences(world, callback) for each in self._parts)


def _handled_by_each(handlers: list[EventHandler]) -> EventHandler:
    def handle(world: World, event: Any) -> Iterable[Callback]:
        due: list[Callback] = []
        for handler in handlers:
            due += handler(world, event)
        return due

    return handle


def _first(values: Iterable[T | None]) -> T | None:
    return next((each for each in values if each is not None), None)


def _distinct(parts: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def _united(what: str, parts: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """Return all entries; PlatformError for a name that two chapters use."""
    united: dict[str, T] = {}
    for part in parts:
        if shared := united.keys() & part.keys():
            raise PlatformError(
                f"two chapters have {what} of the same name: {', '.join(sorted(shared))}"
            )
        united |= part
    return united


def _merged_shape(shapes: list[CallbackShape]) -> CallbackShape:
    return CallbackShape(
        content_type=shapes[0].content_type,
        fields=_distinct(each.fields for each in shapes),
        statuses=tuple(chain.from_iterable(each.statuses for each in shapes)),
        signature=_first(each.signature for each in shapes),
        timestamp=_first(each.timestamp for each in shapes),
        follows=_distinct(each.follows for each in shapes),
        of_batches=any(each.of_batches for each in shapes),
    )
