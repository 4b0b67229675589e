"""How we know of something: marks for the fields that we know otherwise than their operation."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

Basis = Literal["documented", "observed", "assumed"]


@dataclass(frozen=True, slots=True)
class Known:
    """The mark itself, one of a field's annotations; it shows in the OpenAPI documents alone."""

    basis: Basis
    note: str = ""
    source: str = ""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Write the mark beside what the field may hold."""
        marks = {"x-basis": self.basis, "x-note": self.note, "x-source": self.source}
        return handler(core_schema) | {name: text for name, text in marks.items() if text}


def documented(note: str) -> Known:
    """A page of the vendor says so, but not all of it: the note tells what it leaves open."""
    return Known("documented", note)


def assumed(note: str = "") -> Known:
    """No page says so; this is our guess."""
    return Known("assumed", note)


def observed(source: str, note: str = "") -> Known:
    """A public client relies on it."""
    return Known("observed", note, source)
