"""Errors of rows that cannot be loaded: they name the table, the row and the field."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from emulator.domain.errors import DomainError
from emulator.lazy_imports import on_first_use
from emulator.persistence.wal import DamagedError

with on_first_use():
    import pydantic

MAX_NAME_CHARACTERS: Final = 80
LOADING_ERRORS: Final = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    DomainError,
)
"""What loading raises for rows that are no records."""


def row_error(table: str, row: Any, path: Iterable[Any], problem: str) -> DamagedError:
    """Return the error for a row; ``path`` leads to its field."""
    name = next(iter(_names(row)), "?")
    field = ".".join(str(each)[:MAX_NAME_CHARACTERS] for each in path)
    of_field = f", field {field}" if field else ""
    text = f"{problem[:1].lower()}{problem[1:]}"
    return DamagedError(f"table {table}, row {name[:MAX_NAME_CHARACTERS]!r}{of_field}: {text}")


def repetition(
    table: str, key: str, keys: Sequence[str], rows: Sequence[Any], known: Iterable[str] = ()
) -> DamagedError:
    """Return the error for the first of these rows whose key another has too, or a known one."""
    counts = Counter([*known, *keys])
    row = next(row for each, row in zip(keys, rows, strict=True) if counts[each] > 1)
    return row_error(table, row, [key], "is there twice")


def _names(row: Any) -> Iterator[str]:
    """Go through the fields that a row may be identified by."""
    for key in ("id", "batch_id", "name"):
        if isinstance(row, dict) and key in row:
            yield str(row[key])


def first_problem(error: Exception) -> tuple[list[Any], str]:
    """Return the path to the first field that is wrong, and what is wrong with it."""
    if isinstance(error, pydantic.ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return list(first["loc"]), first["msg"]
    if isinstance(error, KeyError):
        return [error.args[0]] if isinstance(error.args[0], str) else [], "is missing or unknown"
    if isinstance(error, ValueError | DomainError):
        return [], str(error)
    return [], f"{type(error).__name__}: {error}"


@contextmanager
def damage(where: str) -> Iterator[None]:
    """Turn what loading raises into a DamagedError that says where."""
    try:
        yield
    except LOADING_ERRORS as error:
        path, problem = first_problem(error)
        named = "".join(f"{each}: " for each in path)
        raise DamagedError(f"{where}: {named}{problem}") from None
