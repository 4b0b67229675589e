"""The fields of each kind of fault, with their defaults."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emulator.domain.faults import Effect
from emulator.wire.whole_numbers import WHOLE_NUMBER

CLOSED: Final = ConfigDict(extra="forbid", defer_build=True)
Real = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False, strict=True)]
"""Real seconds."""
Seconds = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False, strict=True)]
"""Seconds of the world's time."""
ContentType = Annotated[str, Field(pattern="^[!-~][ -~]{0,199}$")]
Status = Annotated[int, Field(ge=400, le=599, strict=True), WHOLE_NUMBER]

STATUSES: Final = frozenset(HTTPStatus)


class Nothing(BaseModel):
    """No fields."""

    model_config = CLOSED


class Refusing(BaseModel):
    """An error response: in the vendor's shape, unless a body is given."""

    model_config = CLOSED

    status: Status = 503
    message: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    retry_after: Annotated[int, Field(ge=0, le=86_400, strict=True), WHOLE_NUMBER] | None = None
    body: Any = None
    content_type: ContentType | None = None

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.status not in STATUSES:
            raise ValueError(f"has status {self.status}, which HTTP does not define")
        if self.content_type is not None and self.body is None:
            raise ValueError("has a content_type but no body")
        if self.status == HTTPStatus.TOO_MANY_REQUESTS and self.retry_after is None:
            self.retry_after = 1
        return self


class Accepted(Refusing):
    """An error response to a request that was carried out."""

    status: Status = 504


class Latency(BaseModel):
    """Real seconds."""

    model_config = CLOSED

    seconds: Real


class Hanging(Latency):
    """Real seconds, at most."""

    seconds: Real = 600


class Hurrying(Latency):
    """Real seconds, at most."""

    seconds: Real = 30


class Failing(BaseModel):
    """Seconds after the call was dialed."""

    model_config = CLOSED

    seconds: Seconds = 2


class Engaged(Failing):
    """Seconds after the call was dialed."""

    seconds: Seconds = 1


class Ringing(Failing):
    """Seconds of additional ring time."""

    seconds: Seconds = 20


class LineLimit(BaseModel):
    """Concurrent calls."""

    model_config = CLOSED

    calls: Annotated[int, Field(ge=1, le=1_000_000, strict=True), WHOLE_NUMBER]


class Copying(BaseModel):
    """Copies, and the seconds between them."""

    model_config = CLOSED

    seconds: Seconds = 1
    copies: Annotated[int, Field(ge=1, le=10, strict=True), WHOLE_NUMBER] = 1


class Late(BaseModel):
    """Seconds of delay."""

    model_config = CLOSED

    seconds: Seconds = 60


class Swapped(Late):
    """Seconds of delay if no other callback follows."""

    seconds: Seconds = 30


class Regressing(Late):
    """Seconds after the callback about the last status."""

    seconds: Seconds = 30


class Contradicting(Late):
    """Seconds after the callback about the last status."""

    seconds: Seconds = 1


class Renamed(BaseModel):
    """The word in place of each status."""

    model_config = CLOSED

    status: Annotated[str, Field(min_length=1, max_length=200)] = "ARCHIVED"


class Missing(BaseModel):
    """The path of a field, with dots, and * for list entries; by default the first status."""

    model_config = CLOSED

    field: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class Mistyped(BaseModel):
    """The content type to send."""

    model_config = CLOSED

    content_type: ContentType = "text/plain"


class Stale(BaseModel):
    """Seconds between signing and sending."""

    model_config = CLOSED

    seconds: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True), WHOLE_NUMBER] = 86_400


FIELDS: Final[dict[Effect, type[BaseModel]]] = {
    Effect.ERROR: Refusing,
    Effect.LATENCY: Latency,
    Effect.HANG: Hanging,
    Effect.RESET: Nothing,
    Effect.TRUNCATE: Nothing,
    Effect.ACCEPT_THEN_ERROR: Accepted,
    Effect.ACCEPT_THEN_RESET: Nothing,
    Effect.EARLY: Hurrying,
    Effect.OUTAGE: Failing,
    Effect.BUSY_LINES: Engaged,
    Effect.SLOW_ANSWER: Ringing,
    Effect.CAPACITY: LineLimit,
    Effect.DUPLICATE: Copying,
    Effect.DELAY: Late,
    Effect.REORDER: Swapped,
    Effect.DROP: Nothing,
    Effect.LATE_REGRESSION: Regressing,
    Effect.CONFLICTING_FINAL: Contradicting,
    Effect.UNKNOWN_STATUS: Renamed,
    Effect.MISSING_FIELD: Missing,
    Effect.WRONG_CONTENT_TYPE: Mistyped,
    Effect.BAD_SIGNATURE: Nothing,
    Effect.STALE_SIGNATURE: Stale,
}


def check_fields(effect: Effect, fields: dict[str, Any]) -> None:
    """Raise ValueError for fields that are not, completely, those of an effect."""
    FIELDS[effect].model_validate(fields)
    missing = FIELDS[effect].model_fields.keys() - fields.keys()
    if missing:
        raise ValueError(f"fields must have {', '.join(sorted(missing))}")
