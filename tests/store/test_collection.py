"""Collections of records."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import pytest

from emulator.domain.errors import UnknownError
from emulator.store.collection import Collection


class Metal(StrEnum):
    """The material of a bell."""

    BRONZE = "bronze"


class Ring(NamedTuple):
    """A part of a record."""

    loudness: int
    lasted: timedelta


@dataclass(slots=True)
class Tower:
    """A record with a field of every type."""

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


def test_unknown_record_is_named() -> None:
    """The error for an unknown record has its kind and its id."""
    bells = Collection(Bell, "bell")
    with pytest.raises(UnknownError, match="bell"):
        bells.get("b1")
    assert bells.find("b1") is None
    assert bells.find(None) is None


def test_changes_are_recorded() -> None:
    """Each record that was added, saved or removed is recorded once."""
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


def test_records_are_dumped_and_loaded() -> None:
    """Every field comes back equal, and is plain JSON in between."""
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


def test_collection_may_have_its_own_dump_and_load() -> None:
    """A collection with functions for it dumps and loads its records by these."""
    bells = Collection(
        Bell,
        "bell",
        dump=lambda bell: {"id": bell.id, "rings": ["ding"] * bell.rung},
        load=lambda value: Bell(value["id"], len(value["rings"])),
    )

    written = bells.dumped(Bell("b1", 2))

    assert written == {"id": "b1", "rings": ["ding", "ding"]}
    assert bells.loaded(written) == Bell("b1", 2)
