"""A YAML document as plain values, with the line of each."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from emulator.kit.seed_file import Location

MAX_DEPTH: Final = 50
INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", re.ASCII)
WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}
"""As in JSON, so that ``no``, ``09:00``, ``+2348012345678`` and dates stay text."""


class SeedFileError(Exception):
    """A seed file cannot be used; each line names the file, the line and the field."""


@dataclass(slots=True)
class SeedDocument:
    """A seed file that was read."""

    name: str
    """The path of the file, for messages."""
    value: Any = None
    lines: dict[Location, int] = field(default_factory=dict[Location, int])

    def line_of(self, location: Location) -> int:
        """Return the line of an entry, or of the innermost one around it."""
        for size in range(len(location), 0, -1):
            if location[:size] in self.lines:
                return self.lines[location[:size]]
        return 1

    def at(self, location: Location, text: str) -> str:
        """Write a problem with its file and line."""
        return f"{self.name}:{self.line_of(location)}: {text}"


def read_document(text: str, name: str) -> SeedDocument:
    """Read a document; SeedFileError for what is not YAML, or says one thing twice."""
    document = SeedDocument(name)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        problem = error.problem or error.context or "cannot be read"
        if r"character '\t'" in problem:
            problem = "a tab cannot indent a line; use spaces"
        raise SeedFileError(f"{name}:{line}: this is not YAML: {problem}") from None
    except yaml.YAMLError as error:
        raise SeedFileError(f"{name}:1: this is not YAML: {error}") from None
    document.value = None if node is None else _value(document, node, ())
    return document


def _value(document: SeedDocument, node: Any, location: Location) -> Any:
    if len(location) > MAX_DEPTH:
        raise SeedFileError(document.at(location, f"is nested more than {MAX_DEPTH} levels deep"))
    if location:
        document.lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(document, node, location)
    if isinstance(node, yaml.SequenceNode):
        return [_value(document, each, (*location, index)) for index, each in enumerate(node.value)]
    return _scalar(node)


def _mapping(document: SeedDocument, node: Any, location: Location) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        name, inner = str(key.value), (*location, str(key.value))
        document.lines[inner] = key.start_mark.line + 1
        if name in found:
            raise SeedFileError(document.at(inner, f"{name} is given twice"))
        found[name] = _value(document, value, inner)
    return found


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style in {"'", '"', "|", ">"}:
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text
