"""Whole numbers in a body: JSON does not tell 5 from 5.0."""

from typing import Any, Final

from pydantic import BeforeValidator


def whole(value: Any) -> Any:
    """Return a number without its fraction if that is zero; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE_NUMBER: Final = BeforeValidator(whole)
"""Reads 5.0 as 5, for fields that take nothing else than an integer."""
