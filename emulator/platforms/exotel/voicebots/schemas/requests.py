"""Bodies and queries of requests.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from emulator.kit.basis import BasisMark, assumed, documented, observed
from emulator.kit.constraints import MOMENT
from emulator.kit.fields import Integer, Text, Whole
from emulator.platforms.exotel.voicebots.schemas.words import CLIENT

MAX_TEXT_CHARACTERS: Final = 10_000
"""Characters of ``text_content``: observed, the vendor's own client sends no more."""
EXPANDABLE_FIELDS: Final = ("transcript", "insights")
"""The fields of a conversation that a list shows if they are asked for."""

STRICT: Final = ConfigDict(strict=True, extra="allow", defer_build=True)


def _moment(value: str, *, end: bool) -> datetime:
    """Read an ISO 8601 date or time: a date means the whole day, a time without an offset is UTC.

    An unencoded ``+`` before an offset arrives as a space.
    """
    try:
        if len(value) <= len("2026-04-08"):
            day = datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
            return day + timedelta(days=1, microseconds=-1) if end else day
        time = value[10:11].replace(" ", "T") + value[11:].replace(" ", "+")
        read = datetime.fromisoformat(value[:10] + time)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an ISO 8601 date or time") from None


MOMENT_SCHEMA: Final = WithJsonSchema(MOMENT)
StartDate = Annotated[
    datetime, BeforeValidator(lambda value: _moment(value, end=False)), MOMENT_SCHEMA
]
EndDate = Annotated[
    datetime, BeforeValidator(lambda value: _moment(value, end=True)), MOMENT_SCHEMA
]
FIELDS_SCHEMA: Final = WithJsonSchema(
    {"type": "string", "pattern": "^(transcript|insights)?(,(transcript|insights)?)*$"}
)


class SliceQuery(BaseModel):
    """``limit`` up to 100 and ``offset``; other fields of a query are ignored."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    limit: Annotated[Whole, Field(ge=1, le=100)] = 10
    offset: Annotated[Whole, Field(ge=0)] = 0


class UnpagedQuery(SliceQuery):
    """Of a list that no page shows, and that the vendor's own client asks for without these."""

    limit: Annotated[Whole, Field(ge=1, le=100), assumed("the vendor's client never sends it")] = 10
    offset: Annotated[Whole, Field(ge=0), assumed("the vendor's client never sends it")] = 0


class LimitedQuery(SliceQuery):
    """Of a list that the vendor's own client asks for with a limit alone."""

    offset: Annotated[Whole, Field(ge=0), assumed("the vendor's client never sends it")] = 0


class DatedQuery(SliceQuery):
    """A list filtered by creation date."""

    startDate: StartDate | None = None
    endDate: EndDate | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "DatedQuery":
        if self.startDate and self.endDate and self.startDate > self.endDate:
            raise ValueError("has a startDate after its endDate")
        return self


class VoicebotsQuery(DatedQuery):
    """The query of ``GET voicebots``; ``status`` is sent by the vendor's own client."""

    status: Annotated[Literal["active", "inactive"] | None, observed(CLIENT)] = None


def _field_names(value: str) -> frozenset[str]:
    names = {name.strip() for name in value.split(",")} - {""}
    if not names <= {*EXPANDABLE_FIELDS}:
        raise ValueError("must be a comma-separated list of transcript, insights")
    return frozenset(names)


BOUNDS: Final = BasisMark(
    "assumed", "the page gives no default and no maximum; both are those of the list of voicebots"
)
NOT_NAMED: Final = assumed("the page of this list does not name it")


class VoicebotConversationsQuery(DatedQuery):
    """The query of ``GET voicebot-conversations``."""

    limit: Annotated[Whole, Field(ge=1, le=100), BOUNDS] = 10
    startDate: Annotated[StartDate | None, NOT_NAMED] = None
    endDate: Annotated[EndDate | None, NOT_NAMED] = None

    fields_: Annotated[
        frozenset[str], BeforeValidator(_field_names), Field(alias="fields"), FIELDS_SCHEMA
    ] = frozenset()


class VoicebotConfig(BaseModel):
    """The configuration of a bot, in whole or in part; unknown fields are kept."""

    model_config = STRICT

    name: Text = ""
    enable_greeting_interruption: bool = False
    supported_languages: list[Text] = []

    @property
    def sent(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_unset=True)


class UpdateVoicebotConfig(VoicebotConfig):
    """The body of ``PUT voicebots/{id}``: a configuration that was read and changed."""

    status: Literal["active", "inactive"] | None = None
    version_description: str | None = None


class CreateVoicebotVersion(BaseModel):
    """The body of ``POST voicebots/{botId}/versions``."""

    model_config = STRICT

    source_version: Text
    data: VoicebotConfig
    version_description: str | None = None


class CreateGenerationJob(BaseModel):
    """The form of ``POST bot-generation``: one text."""

    model_config = STRICT

    text_content: Annotated[
        Text,
        Field(max_length=MAX_TEXT_CHARACTERS),
        documented("the maximum length is that of the vendor's own client"),
    ]


class LlmConfig(BaseModel):
    """Model and inference configuration."""

    model_config = STRICT

    model: Text = ""
    temperature: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    max_tokens: Annotated[Integer, Field(ge=1)] = 1


class SubAgent(BaseModel):
    """A sub-agent with its role."""

    model_config = STRICT

    role: str | None = None
    instruction: str | None = None


class AssistantConfig(BaseModel):
    """The configuration of an assistant, in whole or in part; unknown fields are kept."""

    model_config = STRICT

    instruction: str | None = None
    llm_config: LlmConfig | None = None
    agents: list[SubAgent] | None = None


def _boolean(value: Any) -> Any:
    """Read "true" as true: the page documents a boolean, the vendor's own client sends a text."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value)
    return value


class CreateAssistantVersion(AssistantConfig):
    """The body of ``POST assistants/{assistant_id}/versions``: flat, or within ``data``."""

    source_version: Text
    mark_as_stable: Annotated[bool, BeforeValidator(_boolean)] = False
    version_description: str | None = None
    data: Annotated[AssistantConfig | None, observed(CLIENT)] = None

    @property
    def sent(self) -> dict[str, Any]:
        """The configuration that was sent; ``data`` wins over the fields beside it."""
        own = {"source_version", "mark_as_stable", "version_description", "data"}
        flat = self.model_dump(exclude_unset=True, exclude=own)
        return flat | (self.data.model_dump(exclude_unset=True) if self.data else {})


class CreateAssistant(AssistantConfig):
    """The body of ``POST assistants``."""

    name: Text
    description: str | None = None


class AssistantQuery(BaseModel):
    """The query of ``GET assistants/{id}``."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    version: Text | None = None


class UpdatePersona(BaseModel):
    """The body of ``PUT personas/{id}``: any of the fields."""

    model_config = STRICT

    name: Text = ""
    instruction: str | None = None
    language_prompt: str | None = None
    gender_prompt: str | None = None


class CreatePersona(UpdatePersona):
    """The body of ``POST personas``."""

    name: Text


class UpdateSpecialization(BaseModel):
    """The body of ``PUT specializations/{id}``: any of the fields."""

    model_config = STRICT

    name: Text = ""
    type: Text = ""
    assistant_override_config: dict[str, Any] | None = None
    voicebot_override_config: dict[str, Any] | None = None


class CreateSpecialization(UpdateSpecialization):
    """The body of ``POST specializations``."""

    name: Text
    type: Text
