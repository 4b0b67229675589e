"""World files with one thing wrong: every kind of damage that a hand or an attacker can do."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from emulator.ids import Ids

Json = Any

ODD_VALUES: Final[tuple[Json, ...]] = (
    None,
    True,
    -1,
    0,
    1,
    10**6,
    2**63,
    10**30,
    1e308,
    0.5,
    "",
    "x",
    "x" * 5_000,
    "\x00\x1b[31m",
    "completed",
    "2026-01-01",
    "2026-13-45T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "2026-01-01T00:00:00",
    [],
    [None],
    [[]],
    {},
    {"x": {}},
    {"base64": "!"},
)


class Mutator:
    """Makes one damaged file for each number; the same for the same seed."""

    def __init__(self, seed: int, content: bytes) -> None:
        """``content``: a world file."""
        self._ids = Ids(seed)
        self._content = content
        self._drawn = ""

    def _pick(self, choices: Sequence[Any]) -> Any:
        self._drawn += "."
        return choices[self._ids.draw("mutation", self._drawn) % len(choices)]

    def mutated(self, number: int) -> tuple[str, bytes]:
        """Return what was changed, and the bytes of the file, which claims no checksum."""
        self._drawn = str(number)
        tables: Json = json.loads(self._content)
        del tables["emulator"]["1"]["checksum"]
        table = self._pick([name for name in tables if tables[name]])
        key = self._pick(list(tables[table]))
        kinds = (self._change_rows, self._change_field, self._set_field, self._set_field)
        what = self._pick(kinds)(tables, table, key)
        return f"{table}.{key}{what}", json.dumps(tables).encode()

    def _change_rows(self, tables: Json, table: str, key: str) -> str:
        rows = tables[table]
        match self._pick(range(4)):
            case 0:
                del rows[key]
                return " removed"
            case 1:
                rows["again"] = dict(rows[key])
                return " twice"
            case 2:
                other = self._pick([name for name in tables if tables[name]])
                rows[key] = next(iter(tables[other].values()))
                return f" is a row of {other}"
            case _:
                del tables[table]
                return " and its table removed"

    def _change_field(self, tables: Json, table: str, key: str) -> str:
        holder, name, path = self._pick(list(_spots(tables[table][key])))
        match self._pick(range(3)):
            case 0:
                del holder[name]
                return f"{path} removed"
            case 1:
                donor, donated, source = self._pick(
                    list(_spots(tables[table][self._pick(list(tables[table]))]))
                )
                holder[name] = json.loads(json.dumps(donor[donated]))
                return f"{path} = value of {source}"
            case _:
                holder[name] = deep(self._pick(range(250)))
                return f"{path} is deep"

    def _set_field(self, tables: Json, table: str, key: str) -> str:
        holder, name, path = self._pick(list(_spots(tables[table][key])))
        holder[name] = self._pick(ODD_VALUES)
        return f"{path} = {str(holder[name])[:60]!r}"


def deep(levels: int) -> Json:
    """Return arrays within arrays."""
    value: Json = 1
    for _ in range(levels):
        value = [value]
    return value


def _spots(value: Json, path: str = "") -> Iterator[tuple[Json, Any, str]]:
    """Go through every place in a value: what holds it, under which name, and its path."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for name, each in pairs:
        yield value, name, f"{path}.{name}"
        yield from _spots(each, f"{path}.{name}")


def mutated_run(seed: int, number: int, lines: Sequence[Json]) -> bytes:
    """Return a run file of these lines with one thing wrong in one of them."""
    ids = Ids(seed)

    def pick(choices: Sequence[Any], purpose: str) -> Any:
        return choices[ids.draw(purpose, str(number)) % len(choices)]

    copies = json.loads(json.dumps(lines))
    place = pick([0] * 4 + list(range(len(copies))), "line")
    holder, name, _ = pick(list(_spots(copies[place])), "spot")
    match pick(range(5), "kind"):
        case 0:
            del holder[name]
        case 1:
            holder[name] = deep(pick(range(250), "depth"))
        case 2:
            copies.insert(place, copies[place])
        case _:
            holder[name] = pick(ODD_VALUES, "value")
    return b"\n".join(json.dumps(each).encode() for each in copies)
