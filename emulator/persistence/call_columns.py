"""The calls of a file in columns, as there may be a million: most are never asked for as rows.

Calls of batches are written alike. One regular expression finds the values of many, in half of the
time that it takes to parse them and to make rows of them.
"""

import re
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, fields
from itertools import chain, islice
from typing import Final

from pydantic_core import from_json

from emulator.persistence.columns import Row
from emulator.persistence.row_errors import repetition

TABLE: Final = "calls"
MAX_ROWS_AT_ONCE: Final = 4096
_TEXT: Final = r'"([^"\\\x00-\x1f]++)"'
CALLS: Final = re.compile(
    rf'"[0-9]++":\{{"world":{_TEXT},"id":{_TEXT},"batch_id":{_TEXT},"to":{_TEXT}'
    rf',"scenario":{_TEXT}(?:,"chosen":{_TEXT})?,"status":{_TEXT}'
    rf'(?:,"ringing_at":(?:null|{_TEXT}),"plan":(\[[^\[\]\\]++\]))?\}}(?:,(?=")|\Z)|.+',
    re.DOTALL,
)
"""A row of a call as it is written, without escapes; or all that is left, from another row on."""


@dataclass(slots=True)
class CallColumns:
    """Calls of batches as they are written; an empty text for a value that is null or missing."""

    ids: list[str]
    batch_ids: list[str]
    numbers: list[str]
    scenarios: list[str]
    chosen: list[str]
    statuses: list[str]
    times: list[str]
    plans: list[str]
    """JSON."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def columns(self) -> tuple[list[str], ...]:
        """The values of each field."""
        return tuple(getattr(self, each.name) for each in fields(self))

    def rows(self) -> Iterator[Row]:
        """Make the rows."""
        plans = {text: from_json(text) for text in {*self.plans} - {""}}
        for key, batch_id, number, scenario, chosen, status, time, plan in zip(
            *self.columns, strict=True
        ):
            yield {
                "id": key,
                "batch_id": batch_id,
                "to": number,
                "scenario": scenario,
                **({"chosen": chosen} if chosen else {}),
                "status": status,
                **({"ringing_at": time or None, "plan": plans[plan]} if plan else {}),
            }


Piece = list[Row] | CallColumns


class CallRows(MutableMapping[str, Row]):
    """The calls of a world by id; once one of them is asked for, all become rows."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._rows: dict[str, Row] | None = None

    def add(self, piece: Piece) -> None:
        """Add the next calls of a file."""
        last = self._pieces[-1] if self._pieces else None
        if last is None or len(last) + len(piece) > MAX_ROWS_AT_ONCE:
            self._pieces.append(piece)
        elif isinstance(last, list) and isinstance(piece, list):
            last.extend(piece)
        elif isinstance(last, CallColumns) and isinstance(piece, CallColumns):
            for column, more in zip(last.columns, piece.columns, strict=True):
                column.extend(more)
        else:
            self._pieces.append(piece)

    def take_pieces(self) -> Iterator[Piece]:
        """Hand over all calls, some at a time."""
        if self._rows is not None:
            yield from pieces_of(self._rows.values())
            return
        self._pieces.reverse()
        while self._pieces:
            yield self._pieces.pop()

    def _made(self) -> dict[str, Row]:
        if self._rows is None:
            rows = [*chain.from_iterable(map(rows_of_piece, self.take_pieces()))]
            keys = [str(row["id"]) for row in rows]
            self._rows = dict(zip(keys, rows, strict=True))
            if len(self._rows) < len(rows):
                raise repetition(TABLE, "id", keys, rows)
        return self._rows

    def __getitem__(self, key: str) -> Row:
        return self._made()[key]

    def __setitem__(self, key: str, row: Row) -> None:
        self._made()[key] = row

    def __delitem__(self, key: str) -> None:
        del self._made()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made())

    def __len__(self) -> int:
        return sum(map(len, self._pieces)) if self._rows is None else len(self._rows)


def rows_of_piece(piece: Piece) -> Iterable[Row]:
    """Return the rows of a piece."""
    return piece.rows() if isinstance(piece, CallColumns) else piece


def pieces_of(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Go through rows, some at a time."""
    left = iter(rows)
    while some := list(islice(left, MAX_ROWS_AT_ONCE)):
        yield some


class KnownTexts(dict[str, str]):
    """Texts that many calls have, each of which becomes one."""

    def __missing__(self, text: str) -> str:
        self[text] = text
        return text


class KnownPlans(KnownTexts):
    """The JSON of plans; ValueError for what is none."""

    def __missing__(self, text: str) -> str:
        if text:
            from_json(text, allow_inf_nan=False)
        return super().__missing__(text)


def find_calls(text: str, texts: KnownTexts, plans: KnownPlans) -> tuple[str, CallColumns] | None:
    """Return the calls of a text and their world; None if it is of other calls, or of others too.

    ValueError for a plan that is no JSON.
    """
    worlds, *found = map(list, zip(*CALLS.findall(text), strict=True))
    if "" in worlds or len({*worlds}) > 1:
        return None
    for place, known in ((1, texts), (3, texts), (4, texts), (5, texts), (7, plans)):
        found[place] = [*map(known.__getitem__, found[place])]
    return worlds[0], CallColumns(*found)
