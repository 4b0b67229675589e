"""The first difference between a run and its replay, for people to read."""

import json
from difflib import unified_diff
from typing import Any, Final

from pydantic_core import from_json

from emulator import __version__
from emulator.conformance.replay.run_file import Run

Json = dict[str, Any]

MAX_LINES: Final = 24
MAX_LINE_CHARACTERS: Final = 240


def first_difference(run: Run, lines: list[bytes]) -> str | None:
    """Describe the first entry that differs, and the request that led to it; None if none does."""
    if lines == run.lines:
        return None
    shared = min(len(lines), len(run.lines))
    index = next((at for at in range(shared) if lines[at] != run.lines[at]), shared)
    before = run.entries[index] if index < len(run.entries) else None
    after = from_json(lines[index]) if index < len(lines) else None
    number = (before or after or {}).get("number")
    report = [f"entry {number} of the history differs{_cause(run, number)}"]
    if run.head["emulator"] != __version__:
        report.append(f"(recorded by version {run.head['emulator']}, this is {__version__})")
    changes = unified_diff(_written(before), _written(after), "then", "now", lineterm="", n=2)
    report += [_shortened(each) for each in changes][:MAX_LINES]
    return "\n".join(report)


def _shortened(line: str) -> str:
    limit = MAX_LINE_CHARACTERS
    return line if len(line) <= limit else f"{line[:limit]}..."


def _cause(run: Run, number: Any) -> str:
    """Name the request that an entry is, or follows from: the last that arrived before it."""
    before = [(place, each) for place, each in enumerate(run.requests, 1) if each["after"] < number]
    if not before:
        return ""
    place, request = before[-1]
    relation = "it is" if request["number"] == number else "it follows from"
    target = request["target"][:MAX_LINE_CHARACTERS]
    return f"; {relation} request {place}, {request['method']} {target}"


def _written(entry: Json | None) -> list[str]:
    """Write an entry in lines, with the JSON in it indented."""
    if entry is None:
        return ["nothing"]
    decoded = {name: _decoded(value) for name, value in entry.items()}
    return json.dumps(decoded, indent=1, ensure_ascii=False).splitlines()


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _decoded(each) for name, each in value.items()}
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return from_json(value)
        except ValueError:
            return value
    return value
