"""Fields of a request that its page does not have: the vendor ignores them, the emulator says so.

Only fields that were parsed anyway are looked at, and of a list of objects only the first ones.
"""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Final, NamedTuple, Union, get_args, get_origin

from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic

MAX_NAMES: Final = 5
"""Unknown fields that are named for one request."""
MAX_NAME_CHARACTERS: Final = 100
MAX_ENTRIES: Final = 20
"""Entries of a list that are looked at."""
MIN_LIKENESS: Final = 0.7
"""From 0 to 1, of a known field that is suggested."""


class UnknownField(NamedTuple):
    """A field that no page has, and the known field that is spelt most like it."""

    path: str
    likely: str | None = None

    @property
    def text(self) -> str:
        """Return what is said about it."""
        name = json.dumps(self.path[:MAX_NAME_CHARACTERS])
        meant = "" if self.likely is None else f'; did you mean "{self.likely}"?'
        return f"unknown field {name} is ignored{meant}"


class _Shape(NamedTuple):
    """The fields of a model, and those among them that are objects or lists of objects."""

    names: frozenset[str]
    suggested: tuple[str, ...]
    """The names of the page, of fields that have others too."""
    is_open: bool
    """Other fields are kept: only those that are likely typos are unknown."""
    nested: "tuple[tuple[str, type[pydantic.BaseModel]], ...]"


def unknown_fields(value: Any, model: "type[pydantic.BaseModel]") -> tuple[UnknownField, ...]:
    """Return the unknown fields of an object that a model was read from."""
    if not isinstance(value, dict):
        return ()
    shape = _shape_of(model)
    if not shape.nested and shape.names.issuperset(value):
        return ()
    return tuple(islice(_unknown(value, shape, ""), MAX_NAMES))


def _unknown(value: Mapping[str, Any], shape: _Shape, before: str) -> Iterator[UnknownField]:
    for name in [each for each in value if each not in shape.names]:
        likely = next(iter(get_close_matches(name[:50], shape.suggested, 1, MIN_LIKENESS)), None)
        if likely is not None or not shape.is_open:
            yield UnknownField(f"{before}{name}", likely)
    for name, model in shape.nested:
        inner, below = value.get(name), _shape_of(model)
        if isinstance(inner, dict):
            yield from _unknown(inner, below, f"{before}{name}.")
        elif isinstance(inner, list):
            for place, each in enumerate(inner[:MAX_ENTRIES]):
                if isinstance(each, dict):
                    yield from _unknown(each, below, f"{before}{name}[{place}].")


@cache
def _shape_of(model: "type[pydantic.BaseModel]") -> _Shape:
    names: set[str] = set()
    suggested: list[str] = []
    nested: list[tuple[str, type[pydantic.BaseModel]]] = []
    for name, field in model.model_fields.items():
        alias = field.validation_alias
        choices = alias.choices if isinstance(alias, pydantic.AliasChoices) else [alias]
        given = [each for each in choices if isinstance(each, str)] or [name]
        names.update(given)
        suggested.append(given[0])
        inner = _models_in(field.annotation)
        if len(inner) == 1:
            nested += [(each, inner[0]) for each in given]
    is_open = model.model_config.get("extra") == "allow"
    return _Shape(frozenset(names), tuple(suggested), is_open, tuple(nested))


def _models_in(annotation: Any) -> "list[type[pydantic.BaseModel]]":
    """Return the models that a field is, or has a list of; none of a field with any keys."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        is_root = annotation.__pydantic_root_model__  # the class RootModel takes time to import
        return [] if is_root else [annotation]
    if get_origin(annotation) not in {Annotated, Union, UnionType, list}:
        return []
    return [model for each in get_args(annotation) for model in _models_in(each)]
