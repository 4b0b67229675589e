"""How a response is compared with an example."""

from dataclasses import dataclass
from typing import Final

PLACEHOLDERS: Final = frozenset({"...", "string", "<uuid>", "https://..."})
"""Values by which a page says only of which type they are."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What may differ from an example."""

    any_value: frozenset[str] = frozenset()
    """Fields of which only the type is compared: ids, times, addresses."""
    envelope: bool = False
    """The outermost fields may come in any order, because the vendor's pages differ."""
    shape: bool = False
    """Compare only fields and types, and each entry of a list with the example's first."""


EQUAL: Final = Comparison()
SHAPE: Final = Comparison(shape=True)
