"""Names of nested fields: ``Legs[0][Status]``, ``StatusCallbackEvents[]``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from emulator.forms.fields import FormError

MAX_DEPTH: Final = 16
_NESTED: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")

Path = tuple[str, ...]
"""A name in its parts: ``Legs[0][Status]`` is ``("Legs", "0", "Status")``; ``[]`` is empty."""


def split_name(name: str) -> Path:
    """Return the parts of a name; FormError for brackets that do not fit together."""
    if "[" not in name and "]" not in name:
        if not name:
            raise FormError("", "has a field without a name")
        return (name,)
    found = _NESTED.fullmatch(name)
    if found is None:
        raise FormError(name, "has brackets that do not fit, unlike name[0][key] or name[]")
    path = (found[1], *found[2][1:-1].split("]["))
    if len(path) > MAX_DEPTH:
        raise FormError(name, f"is nested deeper than {MAX_DEPTH} levels")
    return path


def join_name(path: Path) -> str:
    """Write a path as the name of a field."""
    first, *rest = path
    return first + "".join(f"[{part}]" for part in rest)


def flattened(fields: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    """Return the name and text of every field; a field that is None is left out.

    A list's entries are ``name[0]``, an object's fields ``name[key]``. Names may be repeated.
    """
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    for name, value in pairs:
        if type(value) is str:
            yield name, value
        else:
            yield from _flattened(name, value)


def _flattened(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool):
        yield name, "true" if value else "false"
    elif isinstance(value, str | int):
        yield name, str(value)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flattened(f"{name}[{key}]", each)
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value):
            yield from _flattened(f"{name}[{place}]", each)
    elif value is not None:
        yield name, str(value)
