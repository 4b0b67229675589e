"""Reads records back: with the bounds that keep what is computed from them possible."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic
    import pydantic_core

EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
LATEST: Final = datetime(9900, 1, 1, tzinfo=UTC)
MAX_SPAN: Final = timedelta(days=36_500)
MAX_NUMBER: Final = 1e15
BOUNDS: Final[dict[str, dict[str, Any]]] = {
    "datetime": {"tz_constraint": "aware", "ge": EARLIEST, "le": LATEST},
    "timedelta": {"ge": timedelta(0), "le": MAX_SPAN},
    "float": {"allow_inf_nan": False, "ge": -MAX_NUMBER, "le": MAX_NUMBER},
    "int": {"ge": -(2**63), "lt": 2**63},
}
"""What every value of a type must meet, by pydantic's name of the type."""


@lru_cache(maxsize=256)
def validator_of(kind: Any) -> "pydantic_core.SchemaValidator":
    """Return what makes a record of this kind from the row of a file, or raises ValueError."""
    return pydantic_core.SchemaValidator(_bounded(pydantic.TypeAdapter(kind).core_schema))


def _bounded(schema: Any) -> Any:
    """Return a schema with the bounds of its types, at every depth."""
    if isinstance(schema, list | tuple):
        return type(schema)(_bounded(each) for each in schema)
    if not isinstance(schema, dict):
        return schema
    bounds = BOUNDS.get(schema.get("type", "")) if "type" in schema else None
    found = {
        name: each if name in {"metadata", "serialization"} else _bounded(each)
        for name, each in schema.items()
    }
    if found.get("type") == "dataclass-args":
        found |= {"extra_behavior": "forbid"}  # a field is never dropped without a word
    return found if bounds is None else bounds | found
