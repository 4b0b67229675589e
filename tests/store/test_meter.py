"""How much a record counts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from hypothesis import given, strategies as st

from emulator.store.meter import size_of


class Kind(StrEnum):
    """A text of few values."""

    ONE = "one"


@dataclass(slots=True)
class Part:
    """A record of one field."""

    text: str


@dataclass(slots=True)
class Record:
    """A record with a field of every kind."""

    id: str
    note: str | None = None
    content: bytes = b""
    kind: Kind = Kind.ONE
    count: int = 0
    at: datetime | None = datetime(2026, 1, 1, tzinfo=UTC)
    texts: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    part: Part | None = None
    either: str | list[str] | None = None


TEXT = st.text(max_size=100)


@given(st.lists(TEXT, min_size=8, max_size=8))
def test_record_counts_every_text_in_it(texts: list[str]) -> None:
    """A record counts at least the characters it holds, wherever they are."""
    own, note, content, listed, name, named, inner, either = texts
    record = Record(
        id=own,
        note=note or None,
        content=content.encode(),
        texts=[listed],
        named={name: named},
        parts=[Part(inner)],
        part=Part(inner),
        either=[either],
    )
    held = sum(map(len, texts)) + len(inner) - len(content) + len(content.encode())

    assert held <= size_of(record) <= held + 1024


def test_plain_values_count_nothing_of_their_own() -> None:
    """What a record counts is what can grow in it."""
    assert size_of(Record(id="")) <= len(Kind.ONE)
