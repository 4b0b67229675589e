"""Whole numbers in a body: JSON does not tell 5 from 5.0."""

from typing import Any, Final

from pydantic import BeforeValidator

MAX_EXACT: Final = 1 << 53
"""Beyond it a number with a fraction no longer tells neighboring whole numbers apart."""


def whole(value: Any) -> Any:
    """Return an exact number without its fraction if that is zero; anything else as it is."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_EXACT:
        return int(value)
    return value


WHOLE_NUMBER: Final = BeforeValidator(whole)
"""Reads 5.0 as 5, for fields that take nothing else than an integer."""
