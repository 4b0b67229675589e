"""Links that have another platform answer the calls with a voicebot on a number."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.patterns import PHONE


class NumberSettings(BaseModel):
    """The number whose calls a link is about."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    number: Annotated[str, Field(pattern=PHONE)]
