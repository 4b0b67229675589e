"""JSON Schema for what validators hold a field to: it shows in the OpenAPI documents alone."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True)
class Written:
    """What a field may hold, in the words of JSON Schema, where its validators do not say it."""

    rules: tuple[tuple[str, Any], ...]

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Add the rules to what is known already."""
        return handler(core_schema) | dict(self.rules)


def written(**rules: Any) -> Written:
    """Say in JSON Schema what validators hold a field to."""
    return Written(tuple(rules.items()))


@dataclass(frozen=True, slots=True)
class OrEmpty:
    """A field that may also be the empty text."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Allow it."""
        schema = handler(core_schema)
        return {"anyOf": [*schema.get("anyOf", [schema]), {"const": ""}]}


OR_EMPTY: Final = OrEmpty()
DAY: Final = r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{3})?)?"
OFFSET: Final = r"(Z|[+-](0[0-9]|1[0-2]):[0-5][0-9])"
MOMENT: Final = {"type": "string", "pattern": f"^{DAY}(T{TIME}{OFFSET}?)?$"}
"""ISO 8601, a date or a time: a form that is always accepted, among others."""


def either(*variants: dict[str, Any]) -> ConfigDict:
    """Say in JSON Schema that all fields of one of these variants are there, as it has them."""
    return ConfigDict(
        json_schema_extra={
            "anyOf": [{"properties": each, "required": [*each]} for each in variants]
        }
    )
