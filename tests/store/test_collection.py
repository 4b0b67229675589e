"""The records of one kind."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import pytest

from emulator.domain.errors import UnknownError
from emulator.store.collection import Collection


class Metal(StrEnum):
    """What bells are made of."""

    BRONZE = "bronze"


class Ring(NamedTuple):
    """A part of a record."""

    loudness: int
    lasted: timedelta


@dataclass(slots=True)
class Tower:
    """A record with something of every kind in it."""

    name: str
    metal: Metal
    built_at: datetime
    rings: tuple[Ring, ...]
    rungs: dict[str, list[int | float | bool | None]] = field(default_factory=dict)


@dataclass(slots=True)
class Bell:
    """A record."""

    id: str
    rung: int = 0


def test_an_unknown_record_is_named() -> None:
    """What is not there is refused with its kind and its id."""
    bells = Collection(Bell, "bell")
    with pytest.raises(UnknownError, match="bell"):
        bells.get("b1")
    assert bells.find("b1") is None
    assert bells.find(None) is None


def test_it_tells_what_has_changed() -> None:
    """Whoever follows learns of each record that was added, saved or removed, once."""
    bells = Collection(Bell, "bell")
    bells.add(Bell("unheard"))
    bells.changed = {}
    first, second = bells.add(Bell("b1")), bells.add(Bell("b2"))
    first.rung += 1
    bells.save(first)
    assert bells.remove("b2") is second
    assert list(bells.changed) == ["b1", "b2"]
    assert [bell.id for bell in bells] == ["unheard", "b1"]
    assert "b1" in bells
    assert len(bells) == 2


def test_records_are_written_and_read() -> None:
    """Whatever a record may hold comes back equal, and is plain JSON in between."""
    towers = Collection(Tower, "tower", key="name")
    built = datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC)
    tower = Tower("t", Metal.BRONZE, built, (Ring(3, timedelta(seconds=1.5)),), {"a": [1, 2.0]})

    written = towers.dumped(tower)

    assert written == {
        "name": "t",
        "metal": "bronze",
        "built_at": "2026-01-01T00:00:00.000005Z",
        "rings": [[3, "PT1.5S"]],
        "rungs": {"a": [1, 2.0]},
    }
    assert type(written["metal"]) is str
    assert towers.loaded(written) == tower
    with pytest.raises(ValueError, match="metal"):
        towers.loaded(written | {"metal": "tin"})


def test_a_kind_may_be_written_in_its_own_way() -> None:
    """Where a collection says how, its records are written and read so."""
    bells = Collection(
        Bell,
        "bell",
        dump=lambda bell: {"id": bell.id, "rings": ["ding"] * bell.rung},
        load=lambda value: Bell(value["id"], len(value["rings"])),
    )

    written = bells.dumped(Bell("b1", 2))

    assert written == {"id": "b1", "rings": ["ding", "ding"]}
    assert bells.loaded(written) == Bell("b1", 2)
