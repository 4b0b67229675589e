"""Bodies and queries of requests."""

import re
from types import NoneType
from typing import Annotated, Any, Final, Literal, NotRequired, Required, TypeVar

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

from emulator.kit.basis import BasisMark, documented_words
from emulator.kit.constraints import OR_EMPTY, constraint
from emulator.kit.fields import HttpUrl, PhoneQuery, Text
from emulator.kit.pagination import PageQuery
from emulator.kit.patterns import PHONE
from emulator.platforms.intron.schemas.words import StatusWord

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
DEFAULT_VOICES: Final[dict[str, tuple[str | None, Gender | None]]] = {
    "ROBOCALL": (None, None),
    "CONVERSATION": ("pidgin", "female"),
}
"""Accent and gender where a request names none: https://docs.voice.intron.io/docs/voicebot/conversation-call"""

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
"""A field that is not given if its text is empty."""
Replies = Annotated[
    dict[str, str] | None,
    AfterValidator(_replies),
    constraint(type=["object", "null"], propertyNames={"pattern": "^[0-9]$"}),
]


class UpdateIntronWorkflow(BaseModel):
    """The body of ``PUT workflows/:workflow_id``; fields that are not sent keep their values."""

    model_config = STRICT

    name: Text = ""
    description: str | None = None
    workflow_type: WorkflowType = "ROBOCALL"
    message: Text = ""
    include_reply: bool = False
    option_one: str | None = None
    option_two: str | None = None
    response_options: Annotated[Replies, BasisMark("documented", source=NEWER_PAGE)] = None
    call_back_url: Maybe[HttpUrl] = None


class CreateIntronWorkflow(UpdateIntronWorkflow):
    """The body of ``POST workflows``; ``workflow_type`` is required, though it has a default."""

    name: Text
    message: Text


@with_config(ConfigDict(strict=True, extra="allow"))
class WorkflowParam(TypedDict):
    """An entry of ``workflow_params``. A conversation's variables are fields beside the number."""

    phone_number: Required[Annotated[str, Field(pattern=PHONE)]]
    user_tag_identifiers: NotRequired[dict[str, Any] | None]
    workflow_variables: NotRequired[dict[str, Any] | None]


OBJECT_OR_NULL: Final = {dict, NoneType}
_NUMBERS: Final = re.compile(rf"(?:{PHONE[1:-1]}\n)++")


def _accept_valid(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """Return valid entries as they are: copying a hundred thousand costs more than looking."""
    try:
        numbers = "\n".join([entry["phone_number"] for entry in value])
        is_valid = (
            {*map(type, value)} == {dict}
            and {type(entry.get("workflow_variables")) for entry in value} <= OBJECT_OR_NULL
            and {type(entry.get("user_tag_identifiers")) for entry in value} <= OBJECT_OR_NULL
            and numbers.count("\n") + 1 == len(value)
            and _NUMBERS.fullmatch(f"{numbers}\n") is not None
        )
    except (TypeError, LookupError, AttributeError):
        is_valid = False
    return value if is_valid else validate(value)


WorkflowParamList = Annotated[
    list[WorkflowParam], FailFast(), Field(min_length=1), WrapValidator(_accept_valid)
]


class PlaceCalls(BaseModel):
    """The body of ``POST call``, ``POST robocall/call`` and ``POST convobot/call``."""

    model_config = STRICT

    workflow_id: Text
    workflow_params: WorkflowParamList
    tts_voice_accent: str | None = None
    tts_voice_gender: Gender | None = None


class WorkflowCallsQuery(PageQuery):
    """The query of ``GET workflows/:workflow_id/calls``."""

    batch_id: Maybe[str] = None
    status: Annotated[Maybe[StatusWord], documented_words(StatusWord, "COMPLETED")] = None
    phone_number: Maybe[PhoneQuery] = None
