"""JSON Schemas of the types that go over the wire, each field with its basis."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from emulator.kit.basis import Basis

Json = dict[str, Any]

ROOT: Final = "#/components/schemas/"
STRENGTH: Final[dict[Basis, int]] = {"assumed": 0, "observed": 1, "documented": 2}
MODE: Final[JsonSchemaMode] = "validation"
"""In which a field with a default may be left out: in an answer too."""


KEYWORDS: Final = {"ge": "minimum", "le": "maximum"}
"""What pydantic leaves in its own words after a validator of ours."""


@dataclass(frozen=True, slots=True)
class Use:
    """A type that is sent or shown, and how that is known."""

    type: Any
    basis: Basis
    source: str


class Schemas:
    """The schemas of all types of a document, as they refer to each other."""

    def __init__(self, uses: Iterable[Use]) -> None:
        uses = [use for use in uses if use.type is not None]
        types = {use.type: None for use in uses}
        named = [(each, MODE, TypeAdapter(each)) for each in types]
        found, rest = TypeAdapter.json_schemas(named, ref_template=ROOT + "{model}")
        self._by_type = {each: _tidied(schema) for (each, _), schema in found.items()}
        self.components: dict[str, Json] = {
            name: _tidied(schema) for name, schema in sorted(rest.get("$defs", {}).items())
        }
        for use in sorted(uses, key=lambda use: -STRENGTH[use.basis]):
            for name in self._reached(self._by_type[use.type], set()):
                _mark(self.components[name], use)

    def of(self, type_: Any) -> Json:
        """The schema of a type: most often a reference to a component."""
        return self._by_type[type_]

    def resolved(self, type_: Any) -> Json:
        """The schema of a type itself."""
        schema = self.of(type_)
        return self.components[schema["$ref"].removeprefix(ROOT)] if "$ref" in schema else schema

    def _reached(self, schema: Any, seen: set[str]) -> set[str]:
        for name in _referred(schema):
            if name not in seen:
                seen.add(name)
                self._reached(self.components[name], seen)
        return seen


def _referred(value: Any) -> Iterator[str]:
    """The components that a schema names, anywhere in it."""
    if isinstance(value, dict):
        target = value.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(ROOT)
        for each in value.values():
            yield from _referred(each)
    elif isinstance(value, list):
        for each in value:
            yield from _referred(each)


def _mark(component: Json, use: Use) -> None:
    """Put the basis on a component and on its fields, where they have none of their own."""
    component.setdefault("x-basis", use.basis)
    if use.source:
        component.setdefault("x-source", use.source)
    for field in component.get("properties", {}).values():
        field.setdefault("x-basis", component["x-basis"])


def _tidied(schema: Any) -> Any:
    """Leave out what says nothing: pydantic's titles, and defaults that stand for "not sent"."""
    if isinstance(schema, list):
        return [_tidied(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        KEYWORDS.get(name, name): {field: _tidied(each) for field, each in value.items()}
        if name in {"properties", "$defs"}
        else value
        if name in {"const", "enum", "default"}
        else _tidied(value)
        for name, value in schema.items()
        if not (name == "title" or (name == "default" and value in (None, "", [], {})))
    }
