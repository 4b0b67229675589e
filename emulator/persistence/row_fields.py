"""The types of fields that rows of several tables have."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, WrapValidator

from emulator.clock import reachable
from emulator.domain.calls import OPEN, CallStatus
from emulator.persistence.values import load_bytes, parse_time

MAX_SECONDS: Final = 1e8
"""The longest ring time, talk time or delay: about three years."""
MAX_COUNT: Final = 1 << 53
"""The largest number of anything counted: JSON numbers are exact up to here."""
MIN_PLAN_ENTRIES: Final = 5
"""Entries of a plan that no fault has changed."""
MAX_PLAN_ENTRIES: Final = 7


def _time(text: str) -> str:
    time = parse_time(text)
    if time.tzinfo is None:
        raise ValueError("must have a time zone, such as Z")
    reachable(time)
    return text


def member_of(kind: Callable[[str], StrEnum]) -> AfterValidator:
    """Require a value of an enum, whose own parameters depend on the version of Python."""
    return AfterValidator(lambda value: kind(value))  # noqa: PLW0108  # the parameter is the point


def check_plan(plan: list[Any]) -> list[Any]:
    """Check ring seconds, next status, talk seconds, keys, outcome, and the fault if any."""
    if not MIN_PLAN_ENTRIES <= len(plan) <= MAX_PLAN_ENTRIES:
        raise ValueError(f"must have {MIN_PLAN_ENTRIES} to {MAX_PLAN_ENTRIES} entries")
    ring, status, talk, *rest = plan
    if not _is_number(ring) or not _is_number(talk) or not 0 <= ring <= MAX_SECONDS:
        raise ValueError("must begin with seconds, a status and seconds")
    if not 0 <= talk <= MAX_SECONDS and round(talk * 1_000_000) != OPEN:
        raise ValueError("has an impossible talk time")
    CallStatus(status)
    if not all(each is None or isinstance(each, str) for each in rest):
        raise ValueError("must end with text or null")
    return plan


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _body(body: Any, check: Callable[[Any], str | dict[str, str]]) -> str | dict[str, str]:
    """Check a body; text of ASCII, of which there may be many megabytes, without a copy."""
    if type(body) is str and body.isascii():
        return body
    checked = check(body)
    if not checked and isinstance(checked, dict):
        raise ValueError("must be text or have the field base64")
    load_bytes(checked)
    return checked


Time = Annotated[str, AfterValidator(_time)]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS, allow_inf_nan=False)]
Body = Annotated[str | dict[Literal["base64"], str], WrapValidator(_body)]
Headers = list[Annotated[list[str], Field(min_length=2, max_length=2)]]
Status = Annotated[int, Field(ge=100, le=999)]
StatusBound = Annotated[int, Field(ge=0, le=1000)]
