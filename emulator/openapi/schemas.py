"""JSON Schemas of the types that go over the wire, each field with its basis."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getsource
from itertools import pairwise
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core.core_schema import ModelSchema

from emulator.kit.basis import Basis

Json = dict[str, Any]

_NOT_WORD: Final = re.compile(r"[^A-Za-z0-9]+")
OURS: Final = "emulator"
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
        found, rest = TypeAdapter.json_schemas(
            named, ref_template=ROOT + "{model}", schema_generator=_Written
        )
        self._by_type = {each: _tidied(schema) for (each, _), schema in found.items()}
        self.components: dict[str, Json] = {
            name: _tidied(schema) for name, schema in sorted(rest.get("$defs", {}).items())
        }
        for use in sorted(uses, key=lambda use: -STRENGTH[use.basis]):
            for name in self._reached(self._by_type[use.type], set()):
                _mark(self.components[name], use)

    def of(self, type_: Any) -> Json:
        """The schema of a type: most often a reference to a component."""
        schema: Json = self._by_type[type_]
        return schema

    def resolved(self, type_: Any) -> Json:
        """The schema of a type itself."""
        schema = self.of(type_)
        return self.components[schema["$ref"].removeprefix(ROOT)] if "$ref" in schema else schema

    def within(self, value: Any) -> dict[str, Json]:
        """The components that a part of a document refers to, and those that these refer to."""
        return {name: self.components[name] for name in sorted(self._reached(value, set()))}

    def _reached(self, schema: Any, seen: set[str]) -> set[str]:
        for name in _referred(schema):
            if name in self.components and name not in seen:
                seen.add(name)
                self._reached(self.components[name], seen)
        return seen


class _Written(GenerateJsonSchema):
    """Names the types that others are made of as they are written: ``Page[AgentShown]``."""

    def model_schema(self, schema: ModelSchema) -> Json:
        """Describe fields as they are described in the code."""
        written: Json = super().model_schema(schema)
        for name, text in _described(schema["cls"]).items():
            if (field := written.get("properties", {}).get(name)) is not None:
                field.setdefault("description", text)
        return written

    def normalize_name(self, name: str) -> str:
        """Keep to what the name of a component may have in it."""
        return _NOT_WORD.sub("-", name).strip("-")


def _described(model: type) -> dict[str, str]:
    """What is said below a model's fields, and below those it has from others."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if each.__module__.startswith(f"{OURS}."):
            found |= _said_in(each.__module__).get(each.__name__, {})
    return found


@cache
def _said_in(module: str) -> dict[str, dict[str, str]]:
    """The strings below the fields of a module's classes."""
    tree = ast.parse(getsource(import_module(module)))
    return {each.name: _said_of(each) for each in tree.body if isinstance(each, ast.ClassDef)}


def _said_of(model: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in pairwise(model.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


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
        _lift_marks(field)
        field.setdefault("x-basis", component["x-basis"])


def _lift_marks(field: Json) -> None:
    """Put the marks of a field that may be null on the field itself."""
    for either in field.get("anyOf", ()):
        for mark in [name for name in either if name.startswith("x-")]:
            field.setdefault(mark, either.pop(mark))


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
        for name, value in sorted(schema.items(), key=lambda item: item[0] in KEYWORDS)
        if not (name == "title" or (name == "default" and value in (None, "", [], {})))
    }
