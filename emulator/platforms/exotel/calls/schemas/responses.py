"""Bodies of responses, which are written in JSON and in XML alike.

https://developer.exotel.com/docs/voice-v1/api-reference/call-details
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import assumed, observed
from emulator.platforms.exotel.calls.schemas.requests import INTEGRATOR

CLOSED: Final = ConfigDict(extra="forbid", defer_build=True)


class LegDetails(BaseModel):
    """A leg of a call."""

    model_config = CLOSED

    Id: int
    OnCallDuration: int


class LegEntry(BaseModel):
    """A leg within its wrapper object."""

    model_config = CLOSED

    Leg: LegDetails


class CallDetails(BaseModel):
    """The details of a call: the fields that ``details=true`` adds."""

    model_config = CLOSED

    ConversationDuration: int
    Leg1Status: str | None
    Leg2Status: str | None
    Legs: list[LegEntry]


class VoiceCallResource(BaseModel):
    """A call."""

    model_config = CLOSED

    Sid: str
    ParentCallSid: None
    DateCreated: str
    DateUpdated: str
    AccountSid: str
    To: str | None
    From: str
    PhoneNumberSid: str
    Status: Literal["in-progress", "completed", "failed", "busy", "no-answer"]
    StartTime: str
    EndTime: str | None
    Duration: str | None
    Price: str | None
    Direction: Literal["outbound-api", "inbound"]
    AnsweredBy: str | None
    ForwardedFrom: None
    CallerName: None
    Uri: str
    RecordingUrl: str | None
    Details: CallDetails | None = None
    SubResourceUris: Annotated[dict[str, str] | None, observed(INTEGRATOR)] = None


class CallBody(BaseModel):
    """A call."""

    model_config = CLOSED

    Call: VoiceCallResource


class ListMetadata(BaseModel):
    """The position of a page in its list, with links to its neighbors."""

    model_config = CLOSED

    Total: int
    PageSize: int
    FirstPageUri: str
    PrevPageUri: str | None
    NextPageUri: str | None


class CallsPage(BaseModel):
    """A page of calls."""

    model_config = CLOSED

    Metadata: ListMetadata
    Calls: list[VoiceCallResource]


class ExophoneResource(BaseModel):
    """An ExoPhone."""

    model_config = CLOSED

    PhoneNumber: str
    FriendlyName: str
    Sid: str


class ExophoneEntry(BaseModel):
    """An ExoPhone within its wrapper object."""

    model_config = CLOSED

    IncomingPhoneNumber: ExophoneResource


class ExophonesBody(BaseModel):
    """The ExoPhones of an account."""

    model_config = CLOSED

    IncomingPhoneNumbers: list[ExophoneEntry]


class NumberResource(BaseModel):
    """The metadata of a number; the emulator derives it from the number."""

    model_config = CLOSED

    PhoneNumber: str
    Circle: str
    CircleName: str
    Type: Literal["Mobile", "Landline"]
    Operator: str
    OperatorName: str
    DND: Literal["Yes", "No", "Unavailable"]


class NumberBody(BaseModel):
    """The metadata of a number."""

    model_config = CLOSED

    Numbers: NumberResource


class StreamCount(BaseModel):
    """The number of open streams of an account."""

    model_config = CLOSED

    ActiveStreamCount: int
    ThrottleLimit: int


class StreamCountBody(BaseModel):
    """The streams of an account."""

    model_config = CLOSED

    Stream: StreamCount


class CallsErrorReason(BaseModel):
    """The reason for which a request is refused."""

    model_config = CLOSED

    Status: int
    Message: str


class CallsErrorBody(BaseModel):
    """The body of an error; ``Code`` is optional and never sent: its values are not published."""

    model_config = CLOSED

    RestException: CallsErrorReason


class LegReport(BaseModel):
    """A leg of a call in a StatusCallback."""

    model_config = CLOSED

    OnCallDuration: int
    Status: str | None
    AnsweredBy: Annotated[str, assumed("the page lists Human, Machine, NotSure, NA")]


class CallReport(BaseModel):
    """The short StatusCallback, at the end of a call whose events were not chosen."""

    model_config = CLOSED

    CallSid: str
    DateUpdated: str
    Status: str
    RecordingUrl: str


class CallEventReport(BaseModel):
    """The StatusCallback of an event in StatusCallbackEvents."""

    model_config = CLOSED

    CallSid: str
    EventType: Literal["answered", "terminal", "ringing"]
    DateCreated: str
    DateUpdated: str
    To: str | None
    From: str
    PhoneNumberSid: str
    StartTime: str
    EndTime: str | None
    Status: str
    ConversationDuration: int
    Direction: str
    CustomField: str
    RecordingUrl: str
    Legs: list[LegReport]
