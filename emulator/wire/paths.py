"""Path templates such as ``/Calls/{sid}.json``, and the tree that finds those that fit a path."""

import re
from dataclasses import dataclass, field
from typing import Final, Generic, NamedTuple, TypeVar

Value = TypeVar("Value")

ALLOWED: Final = (
    "a segment is plain text, {name}, or {name} with one suffix such as {name}.json,"
    " where each name is a Python identifier that the path has once"
)
_PARAMETER: Final = re.compile(r"{(?P<name>[^{}]*)}(?P<suffix>\.[A-Za-z0-9_-]+)?")
_NOT_IN_A_PATH: Final = re.compile(r"[?#%\s]")


class PathError(ValueError):
    """A path template that cannot be served; the message names it and says what is allowed."""


class Parameter(NamedTuple):
    """A segment of a path template that stands for any text."""

    name: str
    suffix: str = ""
    """What the segment must end with, such as ``.json``; it is no part of the value."""

    def filled_with(self, segment: str) -> str:
        """Return the segment with this parameter's suffix."""
        return segment if segment.endswith(self.suffix) else segment + self.suffix


Segment = str | Parameter


def read_template(path: str) -> tuple[Segment, ...]:
    """Split a path template into its segments; PathError for one that cannot be served."""
    if not path.startswith("/"):
        raise PathError(f"path {path!r} must begin with /")
    if found := _NOT_IN_A_PATH.search(path):
        raise PathError(f"path {path!r} must not contain {found[0]!r}: {ALLOWED}")
    segments = tuple(_read_segment(path, each) for each in path.split("/")[1:])
    names = [each.name for each in segments if isinstance(each, Parameter)]
    for name in names:
        if names.count(name) > 1:
            raise PathError(f"path {path!r} has {{{name}}} twice: {ALLOWED}")
    return segments


def _read_segment(path: str, text: str) -> Segment:
    if "{" not in text and "}" not in text:
        return text
    found = _PARAMETER.fullmatch(text)
    if found is None or not found["name"].isidentifier():
        raise PathError(
            f"path {path!r} has the segment {text!r}, which cannot be served: {ALLOWED}"
        )
    return Parameter(found["name"], found["suffix"] or "")


@dataclass(slots=True, eq=False)
class _Branch(Generic[Value]):
    """Where templates that begin alike part."""

    texts: "dict[str, _Branch[Value]]" = field(default_factory=dict)
    suffixes: "dict[str, _Branch[Value]]" = field(default_factory=dict)
    """By the suffix of a parameter; a parameter without one has the empty suffix."""
    values: list[Value] = field(default_factory=list)


Found = list[tuple[list[Value], tuple[str, ...]]]
"""For each template that fits a path: what was added for it, and the texts of its parameters."""


class PathTree(Generic[Value]):
    """Finds values by path at a cost that does not grow with the number of templates."""

    def __init__(self) -> None:
        self._root: _Branch[Value] = _Branch()

    def add(self, template: tuple[Segment, ...], value: Value) -> None:
        """Add a value for the paths that fit a template."""
        node = self._root
        for segment in template:
            if isinstance(segment, str):
                node = node.texts.setdefault(segment, _Branch())
            else:
                node = node.suffixes.setdefault(segment.suffix, _Branch())
        node.values.append(value)

    def is_alone(self, template: tuple[Segment, ...]) -> bool:
        """Return whether no path that fits this template can fit another one."""
        node = self._root
        for segment in template:
            if isinstance(segment, str):
                alone, child = not node.suffixes, node.texts[segment]
            else:
                alone, child = not node.texts, node.suffixes[segment.suffix]
                alone = alone and len(node.suffixes) == 1
            if not alone:
                return False
            node = child
        return len(node.values) == 1

    def find(self, segments: list[str]) -> Found[Value]:
        """Return what was added for the templates that this path fits; a parameter is not empty."""
        node = self._root
        texts: tuple[str, ...] = ()
        for place, segment in enumerate(segments):
            child, suffixes = node.texts.get(segment), node.suffixes
            if not suffixes:
                if child is None:
                    return []
            elif child is None and segment and len(suffixes) == 1 and "" in suffixes:
                child = suffixes[""]  # the only branch, as nearly everywhere
                texts = (*texts, segment)
            else:
                rest = _fitting(node, segments[place:])
                return [(values, (*texts, *more)) for values, more in rest]
            node = child
        return [(node.values, texts)] if node.values else []


def _fitting(node: _Branch[Value], segments: list[str]) -> Found[Value]:
    """Follow every branch that these segments fit."""
    reached: list[tuple[_Branch[Value], tuple[str, ...]]] = [(node, ())]
    for segment in segments:
        following: list[tuple[_Branch[Value], tuple[str, ...]]] = []
        for at, texts in reached:
            if (child := at.texts.get(segment)) is not None:
                following.append((child, texts))
            if not (suffixes := at.suffixes) or not segment:
                continue
            if (child := suffixes.get("")) is not None:
                following.append((child, (*texts, segment)))
                if len(suffixes) == 1:
                    continue
            stem, _, ending = segment.rpartition(".")
            if stem and (child := suffixes.get(f".{ending}")) is not None:
                following.append((child, (*texts, stem)))
        reached = following
    return [(at.values, texts) for at, texts in reached if at.values]
