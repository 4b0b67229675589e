"""Large structures are freed in pieces, and nothing that others use is touched."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from weakref import WeakSet

import pytest

from emulator.store.disposal import CHUNK, Disposal, dispose
from tests.cases import each_case

MANY = 20 * CHUNK


class Part:
    """An object whose end can be seen."""

    def __init__(self, *content: Any) -> None:
        self.content = content


@dataclass(slots=True, weakref_slot=True)
class Record:
    """A record with something that may be large."""

    id: str
    parts: list[Any] = field(default_factory=list[Any])


class Pair(NamedTuple):
    """A named tuple with something that may be large."""

    number: int
    parts: list[Any]


def made(wrap: Callable[[list[Part]], Any]) -> tuple["WeakSet[Part]", Any]:
    """Return a structure of many parts, and which of these still exist."""
    parts = [Part(number) for number in range(MANY)]
    return WeakSet(parts), wrap(parts)


def of_bound_method(parts: list[Part]) -> Any:
    """Return an object that refers to a list by one of its methods only."""
    return Part(parts.append)


def of_closure(parts: list[Part]) -> Any:
    """Return a function that refers to a list."""
    return lambda: parts


def pieces_of(disposal: Disposal, alive: "WeakSet[Part]") -> int:
    """Count the turns, each as short as can be, until all is free; no turn frees too many."""
    turns = 0
    while not disposal.is_over:
        before = len(alive)
        disposal.work(1e-9)
        assert before - len(alive) <= 2 * CHUNK
        turns += 1
    return turns


@each_case(
    "wrap",
    [
        pytest.param(list, id="list"),
        pytest.param(lambda parts: [[parts]], id="nested-lists"),
        pytest.param(lambda parts: dict(enumerate(parts)), id="dictionary"),
        pytest.param(lambda parts: OrderedDict(enumerate(parts)), id="ordered-dictionary"),
        pytest.param(deque, id="deque"),
        pytest.param(set, id="set"),
        pytest.param(Part, id="object"),
        pytest.param(lambda parts: [Record("a"), Record("b", parts)], id="records"),
        pytest.param(
            lambda parts: [*(Record("a") for _ in range(MANY)), Record("b", parts)],
            id="one-of-many-records",
        ),
        pytest.param(lambda parts: [Pair(1, parts)] * MANY, id="one-record-often"),
        pytest.param(lambda parts: [(1, part) for part in parts], id="tuples"),
        pytest.param(lambda parts: [parts, {"again": parts[:]}, parts], id="more-than-once"),
        pytest.param(of_bound_method, id="bound-method"),
        pytest.param(of_closure, id="closure"),
    ],
)
def test_everything_is_freed_in_pieces(wrap: Callable[[list[Part]], Any]) -> None:
    """However a structure is nested, none of its parts is left, and no turn frees them all."""
    alive, structure = made(wrap)
    disposal = Disposal([structure])
    del structure

    assert pieces_of(disposal, alive) > MANY // CHUNK
    assert len(alive) == 0


def test_what_others_use_is_kept_as_it_is() -> None:
    """Of a structure that shares some of its parts, these lose nothing."""
    alive, shared = made(list)
    outer = Part(shared, {"inner": shared}, [Record("a", shared)])
    disposal = Disposal([outer])
    del outer

    while not disposal.is_over:
        disposal.work(1e-9)

    assert len(shared) == len(alive) == MANY


async def test_first_piece_is_freed_at_once_and_others_between_requests() -> None:
    """What is small is gone at once; what is large once the event loop has made some turns."""
    few, many = WeakSet([Part()]), WeakSet[Part]()
    dispose([list(few)])
    assert len(few) == 0

    many, structure = made(list)
    content = [structure]
    del structure
    dispose(content)
    for _ in range(MANY):
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert len(many) == 0


def test_without_an_event_loop_all_is_freed_at_once() -> None:
    """Nothing is left for a loop that never runs."""
    alive, structure = made(list)
    content = [structure]
    del structure
    dispose(content)
    del content

    assert len(alive) == 0
