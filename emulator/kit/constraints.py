"""Constraints on fields that JSON Schema cannot see in their validators."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic
    import pydantic_core


class Constraint(NamedTuple):
    """Keywords of JSON Schema for a field; only schemas show them, nothing is validated."""

    keywords: tuple[tuple[str, Any], ...]

    def __get_pydantic_json_schema__(
        self, core_schema: "pydantic_core.CoreSchema", handler: "pydantic.GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        """Add the keywords to the field's schema."""
        return handler(core_schema) | dict(self.keywords)


def constraint(**keywords: Any) -> Constraint:
    """Describe in JSON Schema what the validators of a field check."""
    return Constraint(tuple(keywords.items()))


@dataclass(frozen=True, slots=True)
class OrEmpty:
    """A constraint that may also be violated by the empty text."""

    def __get_pydantic_json_schema__(
        self, core_schema: "pydantic_core.CoreSchema", handler: "pydantic.GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        """Allow the empty text beside what the field's schema allows."""
        schema = handler(core_schema)
        return {"anyOf": [*schema.get("anyOf", [schema]), {"const": ""}]}


OR_EMPTY: Final = OrEmpty()
DAY: Final = r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{3})?)?"
OFFSET: Final = r"(Z|[+-](0[0-9]|1[0-2]):[0-5][0-9])"
MOMENT: Final = {"type": "string", "pattern": f"^{DAY}(T{TIME}{OFFSET}?)?$"}
"""ISO 8601, a date or a time: a notation that is always accepted, among others."""


def any_of(*variants: dict[str, Any]) -> "pydantic.ConfigDict":
    """Require in JSON Schema all the fields of at least one of these variants."""
    return pydantic.ConfigDict(
        json_schema_extra={
            "anyOf": [{"properties": each, "required": [*each]} for each in variants]
        }
    )
