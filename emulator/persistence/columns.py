"""Many rows written side by side, field by field: shorter than one after another, and quicker."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import repeat
from typing import Any, TypeVar

T = TypeVar("T", bound=Hashable)

Column = list[Any] | dict[str, list[Any]]
"""The values of a field, or ``{"of": the different ones, "at": which of them each row has}``.

Null says that a row does not have the field.
"""
Columns = dict[str, Any]
"""``{"keys": [...], "fields": {name: column}}``"""


def columns(keys: list[str], **fields: Column) -> Columns:
    """Put columns side by side; one that says nothing is left out."""
    said = {name: column for name, column in fields.items() if column != {"of": [None]}}
    return {"keys": keys, "fields": said}


def few(values: Iterable[T], shown: Callable[[T], Any] = lambda value: value) -> Column:
    """A column in which the same values come over and over."""
    numbers: dict[T, int] = {}
    at = [numbers.setdefault(value, len(numbers)) for value in values]
    of = [None if value is None else shown(value) for value in numbers]
    return {"of": of} if len(of) == 1 else {"of": of, "at": at}


def rows_of(written: Columns, key: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Go through the rows by their keys, which they have as a field if that has a name.

    ValueError where columns are not equally long.
    """
    keys: list[str] = written["keys"]
    read = {name: _read(column, len(keys)) for name, column in written["fields"].items()}
    if key is not None:
        read = {key: keys} | read
    if any(len(column) != len(keys) for column in read.values()):
        raise ValueError("columns of different lengths")
    values = zip(*read.values(), strict=True) if read else repeat(())
    rows: Iterable[dict[str, Any]] = map(dict, map(zip, repeat(tuple(read)), values))
    if any(None in column for column in read.values()):
        rows = ({name: row[name] for name in row if row[name] is not None} for row in rows)
    return zip(keys, rows, strict=False)


def _read(column: Column, count: int) -> list[Any]:
    if not isinstance(column, Mapping):
        return column
    of = column["of"]
    return [of[number] for number in column["at"]] if "at" in column else of * count
