"""The terms of a query: ``status:failed to:+234* -pressed:2 "a sentence"``."""

import re
from typing import Final, NamedTuple

MAX_TERMS: Final = 20
_TERM: Final = re.compile(r'(-?)(?:([A-Za-z_]+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)')
_LOST_PLUS: Final = re.compile(r"\b(to|from|number): (?=\d)")
"""An unencoded + of a number, which arrives as a space."""


class QueryError(ValueError):
    """A query that cannot be read; its message is for the user."""


class Term(NamedTuple):
    """A part of a query that a record must match, or must not."""

    name: str
    """Of the field; ``text`` for a word alone."""
    value: str
    is_negated: bool


def read_terms(query: str) -> list[Term]:
    """Return the terms of a query; QueryError for what is no term."""
    text = _LOST_PLUS.sub(r"\1:+", query).strip()
    terms: list[Term] = []
    place = 0
    while place < len(text):
        found = _TERM.match(text, place)
        if found is None:
            rest = text[place : place + 40]
            raise QueryError(
                f"cannot be read from {rest!r} on; write name:value, a word, or a text in quotes"
            )
        sign, name, quoted, word = found.groups()
        value = word if quoted is None else quoted
        if not value.strip():
            raise QueryError(f"{name or 'text'}: needs a value")
        terms.append(Term((name or "text").lower(), value, sign == "-"))
        place = found.end()
        while place < len(text) and text[place].isspace():
            place += 1
    if len(terms) > MAX_TERMS:
        raise QueryError(f"has {len(terms)} terms; up to {MAX_TERMS} are allowed")
    return terms
