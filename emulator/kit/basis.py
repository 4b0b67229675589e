"""How we know a fact: marks for the fields whose basis is not that of their operation."""

from typing import Any, Literal, NamedTuple, get_args

from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic
    import pydantic_core

Basis = Literal["documented", "observed", "assumed"]


class BasisMark(NamedTuple):
    """The basis of a field, among its annotations; only OpenAPI documents show it."""

    basis: Basis
    note: str = ""
    source: str = ""
    parts: tuple[tuple[str, Basis], ...] = ()
    """The basis of parts of the field: of its values, its ``default``, its ``maximum``."""

    def __get_pydantic_json_schema__(
        self, core_schema: "pydantic_core.CoreSchema", handler: "pydantic.GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        """Add the mark to the field's schema."""
        marks = {
            "x-basis": self.basis,
            "x-basis-of": dict(self.parts),
            "x-note": self.note,
            "x-source": self.source,
        }
        return handler(core_schema) | {name: text for name, text in marks.items() if text}


def documented(note: str) -> BasisMark:
    """Mark a field that a page of the vendor has; the note says what the page leaves open."""
    return BasisMark("documented", note)


def documented_words(words: Any, *known: str) -> BasisMark:
    """Mark a documented field of which the pages have only some words of this ``Literal``."""
    parts = tuple((each, _basis_of(each, known)) for each in get_args(words))
    return BasisMark("documented", "the pages do not list every value", parts=parts)


def _basis_of(word: str, known: tuple[str, ...]) -> Basis:
    return "documented" if word in known else "assumed"


def assumed(note: str = "") -> BasisMark:
    """Mark a field that no page has: our guess."""
    return BasisMark("assumed", note)


def observed(source: str, note: str = "") -> BasisMark:
    """Mark a field that a public client relies on."""
    return BasisMark("observed", note, source)
