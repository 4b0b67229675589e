"""Bodies and queries of requests; names are case-sensitive.

https://developer.exotel.com/docs/voice-v1/api-reference/connect-two-numbers
https://github.com/exotel/Agent-Stream (the OpenAPI document of Connect Voice AI)
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
)

from emulator.kit.basis import observed
from emulator.kit.constraints import constraint
from emulator.kit.fields import HttpUrl, Whole
from emulator.platforms.exotel.calls.phone_numbers import NUMBER_PATTERN, is_number
from emulator.platforms.exotel.calls.schemas.words import DATE_FORMAT

INTEGRATOR: Final = "https://github.com/exotel/Agent-Stream"
FLOW_PATTERN: Final = r"^https?://[^/\s]+(/[^/\s?#]+)?/exoml/start(_voice)?/[^/\s?#]+/?$"
"""Both spellings: ``my.exotel.com/{account}/exoml/start_voice/{id}``, ``exoml/start/{id}``."""
EVENTS: Final = ("answered", "terminal", "ringing")
MAX_CUSTOM_CHARACTERS: Final = 128
MAX_WORD_CHARACTERS: Final = 64
MAX_NUMBERS: Final = 5
MAX_SIDS: Final = 100


_DIGITS: Final = re.compile(r"\+?[0-9]{7,15}")
_SEPARATOR: Final = re.compile(r"(?<=\d)[ -](?=\d)")
_FLOW: Final = re.compile(FLOW_PATTERN)


def _number(value: str) -> str:
    """Read a number; an unencoded ``+`` of a form arrives as a space."""
    if _DIGITS.fullmatch(value):
        return value
    value = f"+{value[1:]}" if value.startswith(" ") else value
    value = _SEPARATOR.sub("", value)
    if not is_number(value):
        raise ValueError("is not a phone number")
    return value


def _flow_url(value: str) -> str:
    if not _FLOW.fullmatch(value):
        raise ValueError(
            "must be a flow of the account, such as"
            " http://my.exotel.com/{account}/exoml/start_voice/{app_id}: other addresses are not"
            " supported"
        )
    return value


def _events(value: Any) -> Any:
    """Read a list, or one value that may have several after commas."""
    values = value if isinstance(value, list) else [value]
    return [each.strip() for one in values for each in str(one).split(",")]


PhoneText = Annotated[str, AfterValidator(_number), constraint(pattern=NUMBER_PATTERN)]
Seconds = Annotated[Whole, Field(ge=1, le=14_400)]
Flag = Literal["true", "false"]
StreamAddress = Annotated[
    str, Field(max_length=599, pattern=r"^(wss?|https?)://[^\s/?#]+([/?#][!-~]*)?$")
]


KINDS_OF_CALLS: Final[list[JsonValue]] = [
    {"required": ["To"], "properties": {"Url": False}},
    {"required": ["Url"], "properties": {"To": False, "StreamUrl": False, "StreamType": False}},
    {"required": ["StreamUrl", "StreamType"], "properties": {"To": False, "Url": False}},
]
"""Which fields make a call of two numbers, one to a flow, and one to a stream."""


class ConnectCall(BaseModel):
    """The body of ``POST Calls/connect``: two numbers, a flow, or a stream."""

    model_config = ConfigDict(
        extra="ignore", defer_build=True, json_schema_extra={"oneOf": KINDS_OF_CALLS}
    )

    From: PhoneText
    """The number that is dialed first."""
    CallerId: PhoneText
    """The ExoPhone."""
    To: PhoneText | None = None
    Url: Annotated[str, AfterValidator(_flow_url), constraint(pattern=FLOW_PATTERN)] | None = None
    StreamUrl: StreamAddress | None = None
    StreamType: Literal["bidirectional"] | None = None
    StreamName: Annotated[str, Field(max_length=32)] | None = None
    CallType: Literal["trans"] | None = None
    TimeLimit: Seconds | None = None
    TimeOut: Seconds | None = None
    Record: Flag = "false"
    RecordingChannels: Literal["single", "dual"] = "single"
    RecordingFormat: Literal["mp3", "mp3-hq"] = "mp3"
    CustomField: Annotated[str, Field(max_length=MAX_CUSTOM_CHARACTERS)] = ""
    StatusCallback: HttpUrl | None = None
    StatusCallbackEvents: Annotated[
        list[Literal["answered", "terminal", "ringing"]],
        BeforeValidator(_events),
        Field(max_length=10),
        observed(INTEGRATOR),
    ] = Field(default_factory=list)
    StatusCallbackContentType: Literal["multipart/form-data", "application/json"] = (
        "multipart/form-data"
    )
    WaitUrl: Annotated[str, Field(max_length=2048)] | None = None
    StreamBegin: Annotated[str, Field(max_length=MAX_WORD_CHARACTERS)] | None = None
    StartPlaybackToNew: Annotated[str, Field(max_length=MAX_WORD_CHARACTERS)] | None = None
    """Whom a sound is played to at the start; accepted, but the emulator plays no sound."""
    StartPlaybackValueNew: Annotated[str, Field(max_length=2048)] | None = None


_CONDITION: Final = re.compile(r"(gte|gt|lte|lt|eq):(.+)")


def _bounds(value: str, read: Any) -> list[tuple[str, Any]]:
    """Read conditions such as ``gte:10s;lte:45s``; a value alone must be equal."""
    found: list[tuple[str, Any]] = []
    for part in value.split(";"):
        condition = _CONDITION.fullmatch(part.strip())
        word, text = condition.groups() if condition else ("eq", part.strip())
        found.append((word, read(text.strip())))
    return found


def _date(text: str) -> datetime:
    try:
        if len(text) == len("2026-01-01"):
            text += " 00:00:00"
        return datetime.strptime(text.replace("T", " "), DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError("must have dates such as gte:2026-01-01 00:00:00") from None


def _seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}s?", text):
        raise ValueError("must have seconds such as gte:10s;lte:45s")
    return int(text.removesuffix("s"))


def _price(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise ValueError("must have prices such as gte:0.10;lte:1.0")
    return round(float(text) * 1000)


def _list(most: int) -> BeforeValidator:
    def read(value: str) -> list[str]:
        entries = [each for each in value.split(",") if each]
        if not 0 < len(entries) <= most:
            raise ValueError(f"must have from 1 to {most} entries")
        return entries

    return BeforeValidator(read)


def _schema(pattern: str) -> WithJsonSchema:
    """Describe conditions; ``pattern`` is that of their values."""
    one = f"((gte|gt|lte|lt|eq):)?{pattern}"
    return WithJsonSchema({"type": "string", "pattern": f"^{one}(;{one})?$"})


def _words(*words: str) -> WithJsonSchema:
    one = "|".join(words)
    return WithJsonSchema({"type": "string", "pattern": f"^({one})(,({one}))?$"})


Numbers = Annotated[
    list[PhoneText],
    _list(MAX_NUMBERS),
    WithJsonSchema({"type": "string", "pattern": "^[+]?[0-9]{7,15}(,[+]?[0-9]{7,15}){0,4}$"}),
]
Sids = Annotated[
    list[str],
    _list(MAX_SIDS),
    WithJsonSchema({"type": "string", "pattern": "^[^,]+(,[^,]+){0,99}$"}),
]
Statuses = Annotated[
    list[Literal["queued", "in-progress", "completed", "failed", "busy", "no-answer"]],
    _list(6),
    _words("queued", "in-progress", "completed", "failed", "busy", "no-answer"),
]
Directions = Annotated[
    list[Literal["inbound", "outbound-dial", "outbound-api"]],
    _list(3),
    _words("inbound", "outbound-dial", "outbound-api"),
]
Conditions = list[tuple[str, Any]]
Dates = Annotated[
    Conditions,
    BeforeValidator(lambda text: _bounds(text, _date)),
    _schema("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"),
]
Durations = Annotated[
    Conditions,
    BeforeValidator(lambda text: _bounds(text, _seconds)),
    _schema("[0-9]{1,6}s?"),
]
Prices = Annotated[
    Conditions,
    BeforeValidator(lambda text: _bounds(text, _price)),
    _schema("[0-9]{1,6}([.][0-9]{1,3})?"),
]


class ListCalls(BaseModel):
    """The query of ``GET Calls``; other fields of the query are ignored."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    Sid: Sids | None = None
    DateCreated: Dates = []
    To: Numbers | None = None
    From: Numbers | None = None
    PhoneNumber: Numbers | None = None
    Status: Statuses | None = None
    Duration: Durations = []
    Price: Prices = []
    Direction: Directions | None = None
    PageSize: Annotated[Whole, Field(ge=1, le=100)] = 50
    SortBy: Literal["DateCreated:asc", "DateCreated:desc"] = "DateCreated:desc"
    Before: str | None = None
    After: str | None = None
    RecordingUrlValidity: Annotated[Whole, Field(ge=5, le=60)] | None = None


class CallQuery(BaseModel):
    """The query of ``GET Calls/{CallSid}``."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    details: Flag = "false"
    RecordingUrlValidity: Annotated[Whole, Field(ge=5, le=60)] | None = None


class ExophoneQuery(BaseModel):
    """The query of ``GET IncomingPhoneNumbers``."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    PhoneNumber: Annotated[PhoneText | None, observed(INTEGRATOR)] = None


class SentNames(BaseModel):
    """The names of a form's fields."""

    model_config = ConfigDict(extra="allow", defer_build=True)
