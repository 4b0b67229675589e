"""What a list can be searched by, and how a term becomes a condition."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import translate
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from starlette.requests import Request

from emulator.domain.errors import ClockError
from emulator.kit.errors import invalid
from emulator.kit.queries.language import QueryError, Term, read_terms
from emulator.kit.suggestions import nearest, not_one_of
from emulator.kit.world import world_of

R = TypeVar("R")
Condition = Callable[[R], bool]
Words = Callable[[Request, R], Iterable[str | None]]
"""What a record says in a field."""

TIMES: Final = "a time such as 10:00 or 2026-01-01T10:00:00Z"
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordField(Generic[R]):
    """A field with short values: one of several, with ``*`` for any part."""

    read: Words[R]
    choices: Callable[[Request], Iterable[str]] | None = None
    """The values that there are; None if there may be any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(Generic[R]):
    """What is found by any part of it, whatever the case of its letters."""

    read: Words[R]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeField(Generic[R]):
    """The bound of a time."""

    read: Callable[[R], datetime | None]
    is_lower: bool
    """Records from this time on match, else those before it."""


Fields = Mapping[str, WordField[R] | TextField[R] | TimeField[R]]


class Query(Generic[R]):
    """The conditions of a query; they are checked one after another."""

    def __init__(
        self,
        request: Request,
        text: str,
        fields: Fields[R],
        given: Mapping[str, str | None] | None = None,
    ) -> None:
        """``text`` is what the user wrote; ApiError 400 names a term that is wrong.

        ``given``: other filters, by the names of fields.
        """
        others = [
            Term(name, value, is_negated=False)
            for name, value in (given or {}).items()
            if value is not None
        ]
        try:
            self.terms = read_terms(text) + others
            order = sorted(
                self.terms, key=lambda term: isinstance(fields.get(term.name), TextField)
            )
            self._conditions = [_condition(request, term, fields) for term in order]
        except QueryError as error:
            raise invalid(("q", str(error))) from None
        self.reads_text = any(isinstance(fields[term.name], TextField) for term in self.terms)
        """Looking at a record takes long."""

    def require(self, condition: Condition[R]) -> None:
        """Add a condition."""
        self._conditions.append(condition)

    def matches(self, record: R) -> bool:
        """Return whether a record meets all conditions."""
        return all(condition(record) for condition in self._conditions)

    def only(self, name: str) -> str | None:
        """Return the value that a field must have, if there is exactly one."""
        values = [term.value for term in self.terms if term.name == name and not term.is_negated]
        if len(values) != 1 or "," in values[0] or "*" in values[0]:
            return None
        return values[0].lower()


def _condition(request: Request, term: Term, fields: Fields[R]) -> Condition[R]:
    field = fields.get(term.name)
    if field is None:
        near = nearest(term.name, fields)
        suggestion = f" (did you mean {near[0]}?)" if near else ""
        raise QueryError(
            f"has the unknown term {term.name}:{term.value[:40]}{suggestion}; the terms are"
            f" {', '.join(fields)}; a text with a colon needs quotes"
        )
    match field:
        case WordField():
            found = _word_condition(request, term, field)
        case TextField():
            found = _text_condition(request, term, field)
        case TimeField():
            found = _time_condition(request, term, field)
    return (lambda record: not found(record)) if term.is_negated else found


def _word_condition(request: Request, term: Term, field: WordField[R]) -> Condition[R]:
    values = [value.lower().lstrip("+") for value in term.value.split(",") if value]
    if field.choices is not None:
        choices = [choice.lower() for choice in field.choices(request)]
        for value in values:
            if "*" not in value and value not in choices:
                raise QueryError(f"{term.name} {not_one_of(value, choices)}")
    read, fits = field.read, _pattern(tuple(values))
    return lambda record: any(
        said is not None and fits(said.lower().lstrip("+")) is not None
        for said in read(request, record)
    )


@lru_cache(maxsize=64)
def _pattern(values: Sequence[str]) -> Callable[[str], Any]:
    parts = (translate(value.replace("[", "[[]").replace("?", "[?]")) for value in values)
    return re.compile("|".join(parts)).match


def _text_condition(request: Request, term: Term, field: TextField[R]) -> Condition[R]:
    part, read = term.value.lower(), field.read
    return lambda record: any(
        said is not None and part in said.lower() for said in read(request, record)
    )


def _time_condition(request: Request, term: Term, field: TimeField[R]) -> Condition[R]:
    bound, read = _time(request, term), field.read
    if field.is_lower:
        return lambda record: (at := read(record)) is not None and at >= bound
    return lambda record: (at := read(record)) is not None and at < bound


def _time(request: Request, term: Term) -> datetime:
    """Read a time; one without a date is of the day that the world's clock shows."""
    if (found := _CLOCK.fullmatch(term.value)) is not None:
        hour, minute, second = (int(each or 0) for each in found.groups())
        if hour < 24 and minute < 60 and second < 60:  # noqa: PLR2004  # hours and minutes
            today = world_of(request).clock.now().astimezone(UTC)
            return today.replace(hour=hour, minute=minute, second=second, microsecond=0)
    try:
        at = datetime.fromisoformat(term.value)
    except (ValueError, ClockError):
        raise QueryError(f"{term.name} needs {TIMES}, not {term.value[:40]!r}") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def texts_in(value: Any) -> Iterator[str]:
    """Go through every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield str(name)
            yield from texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)
