"""What the control API places calls with."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.domain.transcripts import Line, Speaker
from emulator.kit.call_request import BOT, CallEnds, Phone, number_field
from emulator.kit.fields import Text
from emulator.kit.scenarios import OwnScenario

MAX_CUSTOM_PARAMETERS: Final = 3

MAX_CUSTOM_PARAMETER_CHARACTERS: Final = 256
"""Both limits are documented for the query of a stream's URL, where the parameters come from."""


def _check_parameters(value: dict[str, str]) -> dict[str, str]:
    if len(value) > MAX_CUSTOM_PARAMETERS:
        raise ValueError(f"must have at most {MAX_CUSTOM_PARAMETERS} entries")
    if sum(len(name) + len(text) for name, text in value.items()) > MAX_CUSTOM_PARAMETER_CHARACTERS:
        raise ValueError(f"must have at most {MAX_CUSTOM_PARAMETER_CHARACTERS} characters")
    return value


class ExotelTranscriptTurn(BaseModel):
    """A turn of the transcript that the request gives; the talk time decides when it is spoken."""

    model_config = ConfigDict(strict=True, extra="ignore", defer_build=True)

    speaker: Literal["bot", "user"]
    text: Annotated[Text, Field(max_length=2000)]

    @property
    def line(self) -> Line:
        """The line that is spoken."""
        return Line(Speaker.BOT if self.speaker == "bot" else Speaker.PERSON, self.text)


class VoicebotCallRequest(CallEnds):
    """A call to or from a voicebot, as ``POST /_emulator/calls`` takes it."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    account_id: Text | None = None
    bot_id: Annotated[Text | None, BOT] = None
    """The voicebot; default: the first active one."""
    number: Annotated[Phone | None, number_field("+91987655")] = None
    scenario: str | OwnScenario | None = None
    transcript: (
        Annotated[list[ExotelTranscriptTurn], Field(min_length=1, max_length=500)] | None
    ) = None
    custom_parameters: Annotated[dict[str, str], AfterValidator(_check_parameters)] = Field(
        default_factory=dict
    )
