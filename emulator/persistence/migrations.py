"""Formats of world files and write-ahead logs: what turns the rows of an earlier one into ours.

When what a file has changes, count FORMAT up, add the step from the format before, and keep files
of the new format in ``tests/persistence/formats``.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from emulator import __version__
from emulator.persistence.columns import Row, Rows
from emulator.persistence.wal import WorldFileError
from emulator.voice.voices import checked_language


class NewerError(WorldFileError):
    """The file was written by a later version of the emulator."""


def _from_1(tables: Rows) -> None:
    """Before version 0.1 was published, calls and batches had the number of their next step."""
    for name in ("calls", "batches"):
        rows = tables.get(name, {})
        for key, row in rows.items():
            if "step" in row:
                rows[key] = {field: value for field, value in row.items() if field != "step"}


def _from_2(tables: Rows) -> None:
    """Before format 3, there was no Calls API."""


def _from_3(tables: Rows) -> None:
    """Before format 4, a scenario's ``behavior`` was its ``answer``."""
    rows = tables.get("scenarios", {})
    for key, row in rows.items():
        if "answer" in row:
            rest = {field: value for field, value in row.items() if field != "answer"}
            rows[key] = rest | {"behavior": row["answer"]}


def _from_4(tables: Rows) -> None:
    """Before format 5, a world with ``expires_in`` was kept once its server had stopped."""


def _from_5(tables: Rows) -> None:
    """Before format 6, no person had a script, and no stream was kept."""


def _from_6(tables: Rows) -> None:
    """Before format 7, no sound was kept, and streams had no notes."""


def _from_7(tables: Rows) -> None:
    """Before format 8, there were no tools, and no callback had a time-out of its own."""


def _from_8(tables: Rows) -> None:
    """Before format 9, outbound calls had no conversation."""


def _from_9(tables: Rows) -> None:
    """Before format 10, no world had links."""


def _from_10(tables: Rows) -> None:
    """Before format 11, there were no knowledge corpora, tables and tenants of tools."""


def _from_11(tables: Rows) -> None:
    """Before format 12, an imported world was one change of the log."""


def _from_12(tables: Rows) -> None:
    """Before format 13, no bot used tools."""


def _from_13(tables: Rows) -> None:
    """Before format 14, every bot of a book spoke English."""


def _from_14(tables: Rows) -> None:
    """Before format 15, no stream had an extension."""


def _from_15(tables: Rows) -> None:
    """Before format 16, a world's persons could be set to a language that they cannot speak."""
    rows = tables.get("worlds", {})
    for key, row in rows.items():
        options = {
            name: _spoken(each) if "person_language" in each else each
            for name, each in row.get("options", {}).items()
        }
        if options:
            rows[key] = row | {"options": options}


def _from_16(tables: Rows) -> None:
    """Before format 17, no scenario named tools."""


def _from_17(tables: Rows) -> None:
    """Before format 18, no world had a control token."""


def _from_18(tables: Rows) -> None:
    """Before format 19, a large batch and a large body were in one change each."""


def _spoken(options: Mapping[str, Any]) -> Row:
    """Return options with a language that persons can speak, or none."""
    language = options["person_language"]
    try:
        return {**options, "person_language": language and checked_language(language)}
    except ValueError:
        return {**options, "person_language": ""}


EARLIEST: Final = 1
"""The format of files from before a log said which it has."""
MIGRATIONS: Final[Mapping[int, Callable[[Rows], None]]] = {
    1: _from_1,
    2: _from_2,
    3: _from_3,
    4: _from_4,
    5: _from_5,
    6: _from_6,
    7: _from_7,
    8: _from_8,
    9: _from_9,
    10: _from_10,
    11: _from_11,
    12: _from_12,
    13: _from_13,
    14: _from_14,
    15: _from_15,
    16: _from_16,
    17: _from_17,
    18: _from_18,
}
"""For each earlier format, the step from it to the next."""
FORMAT: Final = len(MIGRATIONS) + 1
"""The format that is written.

In 2 a callback may have a response that is not an attempt yet.

In 3 there are the tables of a vendor's Calls API.

In 4 a scenario has a ``behavior``, which was its ``answer``.

In 5 a world has the real time at which it is deleted.

In 6 a scenario may have a script, and there is a table of streams.

In 7 there is a table of sounds, and streams have notes.

In 8 there are the tables of a vendor's tools, and a callback may have a time-out of its own.

In 9 conversations have a stack and the functions that were called.

In 10 a world has links.

In 11 there are the tables of knowledge corpora, of tables and their rows, and of tenants.

In 12 a log may have a world in pieces, which a later change renames.

In 13 there are the tools of calls, their uses, and what bots say of them.

In 14 businesses and conversations have a language.

In 15 streams and applets of flows may have an extension, and flows have the applets that wait.

In 16 scenarios have a language and a voice, and the language of persons is one that they speak.

In 17 scenarios have tools, and planned uses of tools have what they come from.

In 18 a world has the nonce of its control token.

In 19 a log may have rows in pieces, which a later change takes.
"""


def mark() -> Row:
    """Return what a file says of its format, for later versions and in their errors."""
    return {"format": FORMAT, "version": __version__}


def check_format(path: Path | str, marked: Mapping[str, Any]) -> int:
    """Return the format of a file; NewerError if only a later version can read it."""
    number = marked["format"]
    if type(number) is not int or number < 1:
        raise ValueError(f"{number!r} is not the number of a format")
    if number > FORMAT:
        raise NewerError(
            f"{path} was written by a later version ({marked.get('version', 'unknown')}, format"
            f" {number}); this version ({__version__}) reads formats up to {FORMAT}"
        )
    return number


def migrate(worlds: Mapping[str, Rows], number: int, later: int = FORMAT) -> None:
    """Turn rows of a format into rows of a later one, step by step."""
    for each in range(number, later):
        for tables in worlds.values():
            MIGRATIONS[each](tables)
