"""The fields of a form as the lists and objects that their names describe."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from emulator.forms.fields import Field, FormError, FormFile
from emulator.forms.names import Path, join_name, split_name
from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic

_LISTS: Final = (list, tuple, set, frozenset, Sequence)


class Unknown:
    """Stands for the type of a field that the model does not have."""


@dataclass(slots=True, eq=False)
class _Node:
    """What was given under one name: texts, or more parts of the name."""

    values: list[str | FormFile] = field(default_factory=list)
    inner: "dict[str, _Node]" = field(default_factory=dict)
    """By the next part of the name; an empty part (``[]``) is numbered as it comes."""
    is_appended: bool = False
    """Its parts were empty."""


def nested(fields: list[Field], model: Any) -> dict[str, Any]:
    """Arrange fields as a model has them; FormError names a field that does not fit.

    A name may be repeated where the model has a list, or where its type is Any.
    """
    root = _Node()
    is_model = isinstance(model, type) and issubclass(model, pydantic.BaseModel)
    whole = _fields_of(model) if is_model else {}
    single = _single_texts(fields, single_names(model)) if is_model else {}
    for each in fields:
        if each.name not in single:
            # a model may have a field that is called Events[]
            _add(root, each, (each.name,) if each.name in whole else split_name(each.name))
    arranged = {
        name: _value(node, (name,), _type_of(model, name)) for name, node in root.inner.items()
    }
    return single | arranged


def _single_texts(fields: list[Field], names: frozenset[str]) -> dict[str, Any]:
    """Return the fields that need no arranging: one text each, where the model has one."""
    found: dict[str, Any] = {}
    others: list[str] = []
    for name, value in fields:
        if name in names and name not in found and isinstance(value, str):
            found[name] = value
        else:
            others.append(name)
    for name in others:
        found.pop(name.partition("[")[0], None)  # repeated, or given with brackets too
    return found


def _add(node: _Node, each: Field, path: Path) -> None:
    for part in path:
        key = part
        if not part:
            if node.inner and not node.is_appended:
                raise FormError(each.name, "must not be mixed with entries that have a number")
            node.is_appended = True
            key = str(len(node.inner))
        elif node.is_appended:
            raise FormError(each.name, "must not be mixed with entries in empty brackets")
        node = node.inner.setdefault(key, _Node())
    node.values.append(each.value)


def _value(node: _Node, path: Path, type_: Any) -> Any:
    if not node.inner:
        return _texts(node.values, join_name(path), type_)
    if node.values:
        raise FormError(join_name(path), "is given both as a text and with brackets")
    is_list = all(key.isascii() and key.isdigit() for key in node.inner)
    if not is_list or _is_object(type_):
        return {
            key: _value(each, (*path, key), _type_of(type_, key))
            for key, each in node.inner.items()
        }
    entries = []
    for place in range(len(node.inner)):
        own = (*path, str(place))
        if own[-1] not in node.inner:
            problem = f"must be numbered from 0 without gaps: {join_name(own)} is missing"
            raise FormError(join_name(path), problem)
        entries.append(_value(node.inner[own[-1]], own, _entry_of(type_)))
    return entries


def _texts(values: list[str | FormFile], name: str, type_: Any) -> Any:
    if not _takes_files(type_) and any(isinstance(each, FormFile) for each in values):
        raise FormError(name, "must be a text field, not a file")
    if _entry_of(type_) is not Unknown and type_ is not Any:
        return values
    if len(values) == 1:
        return values[0]
    if type_ is Any:
        return values
    raise FormError(name, "must be given once")


def _choices(type_: Any) -> Iterator[Any]:
    """Return the types that a type may stand for."""
    if get_origin(type_) is Annotated:
        yield from _choices(get_args(type_)[0])
    elif get_origin(type_) in (Union, UnionType):
        for each in get_args(type_):
            yield from _choices(each)
    else:
        yield type_


def _takes_files(type_: Any) -> bool:
    """Return whether files may be given: where the model has them, or nothing of this name."""
    if type_ is Unknown or FormFile in _choices(type_):
        return True
    entry = _entry_of(type_)
    return entry is not Unknown and FormFile in _choices(entry)


def _is_object(type_: Any) -> bool:
    return any(
        get_origin(each) in (dict, Mapping)
        or each is dict
        or (isinstance(each, type) and issubclass(each, pydantic.BaseModel))
        for each in _choices(type_)
    )


def _entry_of(type_: Any) -> Any:
    """Return the type of a list's entries; Unknown if it is no list."""
    for each in _choices(type_):
        if each is Any:
            return Any
        if each in _LISTS or get_origin(each) in _LISTS:
            return next(iter(get_args(each)), Any)
    return Unknown


def _type_of(type_: Any, name: str) -> Any:
    """Return the type of an object's field; Unknown if it has none of this name."""
    for each in _choices(type_):
        if each is Any:
            return Any
        if isinstance(each, type) and issubclass(each, pydantic.BaseModel):
            return _fields_of(each).get(name, Unknown)
        if get_origin(each) in (dict, Mapping):
            return get_args(each)[1]
    return Unknown


@lru_cache(maxsize=256)
def single_names(model: "type[pydantic.BaseModel]") -> frozenset[str]:
    """Return the names of a model's fields that are neither lists nor objects."""
    return frozenset(
        name
        for name, type_ in _fields_of(model).items()
        if type_ is not Any and _entry_of(type_) is Unknown and not _is_object(type_)
    )


@lru_cache(maxsize=256)
def _fields_of(model: "type[pydantic.BaseModel]") -> dict[str, Any]:
    """Return the types of a model's fields by the names that they have on the wire."""
    found: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        alias = info.validation_alias or info.alias
        found[alias if isinstance(alias, str) else name] = info.annotation
    return found
