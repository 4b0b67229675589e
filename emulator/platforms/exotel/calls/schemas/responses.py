"""Bodies of responses, which are written in JSON and in XML alike.

https://developer.exotel.com/docs/voice-v1/api-reference/call-details
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import assumed, observed
from emulator.platforms.exotel.calls.schemas.requests import INTEGRATOR

CLOSED: Final = ConfigDict(extra="forbid")


class LegDetails(BaseModel):
    """One leg."""

    model_config = CLOSED

    Id: int
    OnCallDuration: int


class LegEntry(BaseModel):
    """A leg, in an object of its own."""

    model_config = CLOSED

    Leg: LegDetails


class CallDetails(BaseModel):
    """What ``details=true`` adds."""

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
    """One call."""

    model_config = CLOSED

    Call: VoiceCallResource


class ListMetadata(BaseModel):
    """Where the pages of a list are."""

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
    """An ExoPhone, in an object of its own."""

    model_config = CLOSED

    IncomingPhoneNumber: ExophoneResource


class ExophonesBody(BaseModel):
    """The ExoPhones of an account."""

    model_config = CLOSED

    IncomingPhoneNumbers: list[ExophoneEntry]


class NumberResource(BaseModel):
    """What is known of a number; the emulator makes it up."""

    model_config = CLOSED

    PhoneNumber: str
    Circle: str
    CircleName: str
    Type: Literal["Mobile", "Landline"]
    Operator: str
    OperatorName: str
    DND: Literal["Yes", "No", "Unavailable"]


class NumberBody(BaseModel):
    """What is known of one number."""

    model_config = CLOSED

    Numbers: NumberResource


class StreamCount(BaseModel):
    """How many streams an account uses."""

    model_config = CLOSED

    ActiveStreamCount: int
    ThrottleLimit: int


class StreamCountBody(BaseModel):
    """The streams of an account."""

    model_config = CLOSED

    Stream: StreamCount


class CallsErrorReason(BaseModel):
    """Why a request is refused."""

    model_config = CLOSED

    Status: int
    Message: str


class CallsErrorBody(BaseModel):
    """An error; its optional ``Code`` has no published values and is left out."""

    model_config = CLOSED

    RestException: CallsErrorReason


class LegReport(BaseModel):
    """A leg in a StatusCallback."""

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
    """The StatusCallback of an event that was asked for."""

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
