"""JSON Schema for what validators hold a field to: it shows in the OpenAPI documents alone."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetJsonSchemaHandler
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
