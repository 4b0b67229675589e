"""The body of a callback as fields that a fault can change: of JSON and of forms."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from pydantic_core import from_json, to_json

from emulator.domain.faults import EACH_ITEM
from emulator.forms.bodies import is_form, media_type, read_fields, write_fields
from emulator.forms.fields import Field, FormError, FormFile
from emulator.forms.names import split_name
from emulator.forms.values import nested

JSON: Final = "application/json"

Path = tuple[str, ...]
"""Names from the outermost in; ``*`` is each entry of a list."""


class Body(Protocol):
    """A body that was read."""

    def change(self, path: Path, change: Callable[[Any], Any]) -> bool:
        """Replace every value at a path; return whether any differs now."""

    def remove(self, path: Path) -> bool:
        """Remove the fields at a path; return whether there were any."""

    def written(self) -> bytes:
        """Return the body as it is now."""


def has_fields(content_type: str) -> bool:
    """Check whether the bodies of a content type have fields that can be changed."""
    kind = media_type(content_type)
    return is_form(kind) or kind == JSON or kind.endswith("+json")


def read_body(content: bytes, content_type: str) -> Body | None:
    """Read a body; None if it has no fields that can be changed."""
    try:
        if is_form(content_type):
            return _FormBody(read_fields(content, content_type), content_type)
        return _JsonBody(from_json(content))
    except (FormError, ValueError):
        return None


def value_of(content: bytes, content_type: str) -> Any:
    """Return a body's lists, objects and values; ValueError for one that is not read."""
    if is_form(content_type):
        return nested(read_fields(content, content_type), Any)
    return from_json(content)


class _JsonBody:
    def __init__(self, value: Any) -> None:
        self._value = value

    def change(self, path: Path, change: Callable[[Any], Any]) -> bool:
        is_changed = False
        for holder, name in _holders(self._value, path):
            before = holder[name]
            holder[name] = change(before)
            is_changed |= holder[name] != before
        return is_changed

    def remove(self, path: Path) -> bool:
        found = list(_holders(self._value, path))
        for holder, name in found:
            del holder[name]
        return bool(found)

    def written(self) -> bytes:
        return to_json(self._value)


def _holders(value: Any, path: Path) -> list[tuple[dict[str, Any], str]]:
    """Return the objects in which the last name of a path stands."""
    name, *rest = path
    if name == EACH_ITEM:
        entries = value if isinstance(value, list) else []
        return [holder for entry in entries for holder in _holders(entry, tuple(rest))]
    if not isinstance(value, dict) or name not in value:
        return []
    return _holders(value[name], tuple(rest)) if rest else [(value, name)]


class _FormBody:
    def __init__(self, fields: list[Field], content_type: str) -> None:
        self._fields = [(split_name(each.name), each) for each in fields]
        self._content_type = content_type

    def change(self, path: Path, change: Callable[[Any], Any]) -> bool:
        is_changed = False
        for place, (name, field) in enumerate(self._fields):
            if len(name) == len(path) and _is_below(name, path) and isinstance(field.value, str):
                value = str(change(field.value))
                is_changed |= value != field.value
                self._fields[place] = (name, field._replace(value=value))
        return is_changed

    def remove(self, path: Path) -> bool:
        left = [(name, field) for name, field in self._fields if not _is_below(name, path)]
        is_changed = len(left) < len(self._fields)
        self._fields = left
        return is_changed

    def written(self) -> bytes:
        fields: list[tuple[str, str | FormFile]] = [
            (each.name, each.value) for _, each in self._fields
        ]
        return write_fields(fields, self._content_type)


def _is_below(name: Path, path: Path) -> bool:
    """Check whether a field is what a path names, or a part of it."""
    if len(name) < len(path):
        return False
    return all(
        own == wanted or (wanted == EACH_ITEM and (not own or own.isdigit()))
        for own, wanted in zip(name, path, strict=False)
    )
