"""What the options of a world say about bots, webhooks and time zones.

https://docs.voicebooker.de/en/functions/webhooks
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.kit.fields import HttpUrl, SentHeaders, Text
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.bot.conversations import Intent


def _zone(value: str) -> str:
    zone_of(value)
    return value


Zone = Annotated[str, AfterValidator(_zone)]
"""The IANA name of a time zone."""
WebhookHeaders = Annotated[SentHeaders, Field(max_length=50)]

Label = Annotated[Text, Field(max_length=100)]
Labels = Annotated[tuple[Label, ...], Field(max_length=50)]


class BotFunction(BaseModel):
    """A function of a bot: a webhook that gets the parameters which the bot has extracted.

    https://docs.voicebooker.de/en/functions/webhooks
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: Label
    url: HttpUrl
    parameters: Annotated[dict[str, Any], Field(max_length=50)] = {}
    """Values that are always sent."""
    extracts: Annotated[
        tuple[Annotated[Text, Field(max_length=100)], ...], Field(max_length=50)
    ] = ()
    """What the bot asks the callee for, such as firstname; sent under the same names."""
    sends_state: bool = False
    """Send the ``state`` of the call too."""


class BotScript(BaseModel):
    """What a bot does when its call is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    intent: Intent = Intent.BOOK
    """What the callee wants, once the functions have been called."""
    functions: Annotated[tuple[BotFunction, ...], Field(max_length=20)] = ()
    """Called one after another, before the bot speaks of appointments."""
    stack: Labels = ()
    """The names of the active stages at the start, the most recent last."""
