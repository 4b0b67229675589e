"""What Intron promises on the wire, spelt as its pages spell it.

https://transcribe.intron.health/docs/?section=voice-bots-workflow
https://docs.voice.intron.io/docs/voicebot/robocall-call
"""

import re
from datetime import datetime
from functools import lru_cache
from types import NoneType
from typing import Annotated, Any, Final, Literal, NotRequired, Required, TypeVar, assert_never

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    with_config,
)
from typing_extensions import TypedDict  # pydantic asks for it before Python 3.12

from emulator.domain.batches import BatchStatus
from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import Behavior, Scenario
from emulator.kit.basis import Known, assumed, documented
from emulator.kit.constraints import OR_EMPTY, written
from emulator.kit.fields import PHONE, HttpUrl, PhoneQuery, Text
from emulator.kit.pagination import PageQuery

CallWord = Literal["PENDING", "PROCESSING", "COMPLETED", "TIMEOUT", "FAILED"]
BatchWord = Literal["PENDING", "PROCESSING", "COMPLETED"]
ProcessingWord = Literal[
    "VOICE_CALL_QUEUED",
    "VOICE_CALL_PENDING",
    "VOICE_CALL_PROCESSING",
    "VOICE_CALL_PROCESSED",
    "VOICE_CALL_PROCESSING_FAILED",
]
NEWER_PAGE: Final = "https://docs.voice.intron.io/docs/voicebot/workflow"
WorkflowType = Literal["ROBOCALL", "CONVERSATION"]
Gender = Literal["male", "female"]

ROBOCALL_ACCENTS: Final = frozenset(
    # https://voice.intron.io/docs/?section=voice-bots-call
    {"afrikaans", "akan", "amharic", "arabic", "bajju", "bekwarra", "benin", "bette", "chichewa"}
    | {"ebira", "eggon", "epie", "estako", "french", "fulani", "ga", "gerawa", "hausa", "ibibio"}
    | {"idoma", "igala", "igbo", "ijaw", "isindebele", "isoko", "kanuri", "kinyarwanda"}
    | {"luganda", "nupe", "nyandang", "ogbia", "ogoni", "pidgin", "sepedi", "sesotho", "shona"}
    | {"siswati", "swahili", "tiv", "tswana", "twi", "urhobo", "xhosa", "yoruba", "zulu"}
    | {"en-US"}  # in no list, but the vendor's own sample of a request that was accepted
)
CONVERSATION_ACCENTS: Final = ("pidgin", "english")

T = TypeVar("T")

STRICT: Final = ConfigDict(strict=True, extra="ignore", defer_build=True)


def _replies(value: dict[str, str] | None) -> dict[str, str] | None:
    for key in value or ():
        if not re.fullmatch("[0-9]", key, re.ASCII):
            raise ValueError(f"has the key {key[:20]}, but keys are single digits")
    return value


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


Maybe = Annotated[T | None, BeforeValidator(_empty_is_none), OR_EMPTY]
"""A field of which the empty text says that it is not given."""
Replies = Annotated[
    dict[str, str] | None,
    AfterValidator(_replies),
    written(type=["object", "null"], propertyNames={"pattern": "^[0-9]$"}),
]


class Shown(BaseModel):
    """Something in an answer or a callback."""

    model_config = ConfigDict(defer_build=True)


class WorkflowChanges(BaseModel):
    """``PUT workflows/:workflow_id``: any of the fields; what is not sent stays."""

    model_config = STRICT

    name: Text = ""
    description: str | None = None
    workflow_type: WorkflowType = "ROBOCALL"
    message: Text = ""
    include_reply: bool = False
    option_one: str | None = None
    option_two: str | None = None
    response_options: Annotated[Replies, Known("documented", source=NEWER_PAGE)] = None
    call_back_url: Maybe[HttpUrl] = None


class NewWorkflow(WorkflowChanges):
    """``POST workflows``; ``workflow_type`` is both required and defaulted there."""

    name: Text
    message: Text


class WorkflowShown(Shown):
    """A workflow in an answer, in the order of the vendor's sample."""

    id: str
    name: str
    description: str | None
    workflow_type: WorkflowType
    message: str
    include_reply: bool
    option_one: str | None
    option_two: str | None
    call_back_url: str | None


@with_config(ConfigDict(strict=True, extra="allow"))
class Entry(TypedDict):
    """One of ``workflow_params``. A conversation's variables stand beside the number."""

    phone_number: Required[Annotated[str, Field(pattern=PHONE)]]
    user_tag_identifiers: NotRequired[dict[str, Any] | None]
    workflow_variables: NotRequired[dict[str, Any] | None]


OBJECT_OR_NULL: Final = {dict, NoneType}
_NUMBERS: Final = re.compile(rf"(?:{PHONE[1:-1]}\n)++")


def _as_they_are(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """Accept entries that are plainly right: copying a hundred thousand costs more than looking."""
    try:
        numbers = "\n".join([entry["phone_number"] for entry in value])
        plain = (
            {*map(type, value)} == {dict}
            and {type(entry.get("workflow_variables")) for entry in value} <= OBJECT_OR_NULL
            and {type(entry.get("user_tag_identifiers")) for entry in value} <= OBJECT_OR_NULL
            and numbers.count("\n") + 1 == len(value)
            and _NUMBERS.fullmatch(f"{numbers}\n") is not None
        )
    except (TypeError, LookupError, AttributeError):
        plain = False
    return value if plain else validate(value)


class PlaceCalls(BaseModel):
    """``POST call``, ``POST robocall/call`` and ``POST convobot/call``."""

    model_config = STRICT

    workflow_id: Text
    workflow_params: Annotated[
        list[Entry], FailFast(), Field(min_length=1), WrapValidator(_as_they_are)
    ]
    tts_voice_accent: str | None = None
    tts_voice_gender: Gender | None = None


class CallsQuery(PageQuery):
    """``GET workflows/:workflow_id/calls``."""

    batch_id: Maybe[str] = None
    status: Maybe[CallWord] = None
    phone_number: Maybe[PhoneQuery] = None


class Stats(Shown):
    """Counts of a workflow's calls."""

    total_calls: int
    completed_calls: int
    timeout_calls: int
    replied_calls: int
    avg_duration: float
    success_rate: float


class RequestShown(Shown):
    """One request of a workflow: what Intron elsewhere calls a batch."""

    id: str
    status: Annotated[BatchWord, documented("of its words only COMPLETED; the others are assumed")]
    input_parameters: dict[str, Any]
    created_at: str


class RequestsPage(Shown):
    """The ``data`` of ``GET workflows/:workflow_id/requests``."""

    items: list[RequestShown]
    total: int
    page: int
    per_page: int
    stats: Stats


class CallShown(Shown):
    """One call of a workflow, or of a callback's ``request_calls``."""

    id: str
    batch_id: str
    status: Annotated[CallWord, documented("of its words only COMPLETED; the others are assumed")]
    phone_number: str
    user_tag_identifiers: dict[str, Any] | None
    call_result_duration: int | None
    call_result_options_selected: str | None
    created_at: str


class CallsPage(Shown):
    """The ``data`` of ``GET workflows/:workflow_id/calls``."""

    items: list[CallShown]
    total: int
    page: int
    per_page: int


class BatchMade(Shown):
    """The ``data`` of the operations that place calls."""

    batch_id: str


class StatusShown(Shown):
    """The ``data`` of ``GET status/:call_id``; the duration is there once there is one."""

    call_id: str
    call_duration_in_seconds: int | None = None
    processing_status: Annotated[
        ProcessingWord, documented("of its words only VOICE_CALL_PROCESSED; the others are assumed")
    ]


class CallbackStats(Stats):
    """The ``stats`` of a callback."""

    response_options_counts: Annotated[
        int | dict[str, int],
        documented("as a number; what it counts is assumed"),
    ]


class RequestCompleted(Shown):
    """What is posted to the ``call_back_url``; ``request_calls`` is cut off in every copy."""

    request_id: str
    status: BatchWord
    integrator_id: str
    stats: CallbackStats
    request_calls: Annotated[
        list[CallShown], assumed("cut off after request_cal: the name, and what is in it")
    ]


def call_word(status: CallStatus) -> CallWord:
    """Translate a call's status for lists and callbacks. Only COMPLETED is documented."""
    match status:
        case CallStatus.QUEUED:
            return "PENDING"
        case CallStatus.RINGING | CallStatus.IN_PROGRESS:
            return "PROCESSING"
        case CallStatus.COMPLETED:
            return "COMPLETED"
        case CallStatus.NO_ANSWER:
            return "TIMEOUT"
        case CallStatus.BUSY | CallStatus.FAILED | CallStatus.CANCELED:
            return "FAILED"
    assert_never(status)


CALL_WORDS: Final = {status: call_word(status) for status in CallStatus}


def effect(scenario: Scenario) -> str:
    """Say how a call with this scenario ends."""
    word = call_word(scenario.status)
    if scenario.keys:
        return f"{word}, call_result_options_selected {scenario.keys} if the workflow offers it"
    if scenario.answer is Behavior.ANSWERED and scenario.keys is None:
        return f"{word}, one of the workflow's options selected"
    return word


def statuses_called(word: str) -> list[CallStatus]:
    """The statuses that are shown as this word; none for a word that is not one of theirs."""
    return [status for status, its_word in CALL_WORDS.items() if its_word == word]


def processing_word(status: CallStatus) -> ProcessingWord:
    """Translate a call's status for ``status/:call_id``. Only the PROCESSED is documented."""
    match status:
        case CallStatus.QUEUED:
            return "VOICE_CALL_QUEUED"
        case CallStatus.RINGING:
            return "VOICE_CALL_PENDING"
        case CallStatus.IN_PROGRESS:
            return "VOICE_CALL_PROCESSING"
        case CallStatus.COMPLETED | CallStatus.NO_ANSWER:
            return "VOICE_CALL_PROCESSED"
        case CallStatus.BUSY | CallStatus.FAILED | CallStatus.CANCELED:
            return "VOICE_CALL_PROCESSING_FAILED"
    assert_never(status)


def batch_word(status: BatchStatus) -> BatchWord:
    """Translate a batch's status. Only COMPLETED is documented."""
    match status:
        case BatchStatus.PENDING:
            return "PENDING"
        case BatchStatus.PROCESSING:
            return "PROCESSING"
        case BatchStatus.COMPLETED:
            return "COMPLETED"
    assert_never(status)


@lru_cache(maxsize=1024)
def wire_time(moment: datetime) -> str:
    """Write a time as Intron does: UTC to the second, with a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
