"""The records of one kind."""

from dataclasses import dataclass

import pytest

from emulator.domain.errors import UnknownError
from emulator.store.collection import Collection


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
