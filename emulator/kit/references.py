"""Checks of the records that a file had, for ``VendorState.check``."""

from collections.abc import Container, Iterable
from typing import Any

from emulator.persistence.row_errors import row_error


def check_reference(
    table: str, records: Iterable[Any], field: str, targets: Container[str], *, key: str = "id"
) -> None:
    """Refuse a file with a record whose field names what is not among ``targets``.

    ``table``: the name of the records' table; ``key``: the field that identifies them.
    """
    for record in records:
        name = getattr(record, field)
        if name is not None and name not in targets:
            problem = f"names {str(name)[:80]!r}, which does not exist"
            refuse_record(table, getattr(record, key), field, problem)


def refuse_record(table: str, key: str, field: str, problem: str) -> None:
    """Refuse a file for one of its records."""
    raise row_error(table, {"id": key}, [field], problem)
