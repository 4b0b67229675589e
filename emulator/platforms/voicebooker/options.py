"""What VoiceBooker's pages leave open, and the URLs of a world's webhooks.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.domain.profiles import PlatformProfile
from emulator.kit.fields import WHOLE_NUMBER, HttpUrl, SentHeaders, Text
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.bot.conversations import Intent
from emulator.platforms.voicebooker.schemas.words import Language


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


class VoicebookerOptions(BaseModel):
    """The options of a world: behavior that the pages do not specify."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    webhook_url: HttpUrl | None = None
    """The webhook URL of calls that do not set their own; null: the reference backend."""
    webhook_headers: WebhookHeaders = {}
    """Headers added to webhooks, except those to the reference backend."""
    timezone: Zone = "Europe/Berlin"
    """The IANA time zone in which the bot asks for slots and says times."""
    language: Language | None = None
    """What bots and callers speak, ``en`` or ``de``; null: the language of the business, which is
    English for a business that only the webhook knows."""
    entity_id_everywhere: bool = False
    """Send ``entityId`` with every webhook, as the page's introduction can be read."""
    types_with_products: bool = False
    """Send ``getAppointmentTypesWithProducts``, which bots do "in rare cases"."""
    most_days: Annotated[int, Field(ge=1, le=60), WHOLE_NUMBER] = 10
    """The number of days for which a bot asks for slots before it gives up."""
    bots: Annotated[dict[str, BotScript], Field(max_length=1000)] = {}
    """What the bots of outbound calls do, by bot id or ``*`` for all others. No page says how bots
    are set up by a program."""
    result_webhooks: Annotated[dict[str, HttpUrl], Field(max_length=1000)] = {}
    """The URLs for results of outbound calls, by bot id or ``*`` for all. No page shows one."""


NO_SCRIPT: Final = BotScript()


def script_of(world: World, bot_id: str) -> BotScript:
    """Return what a bot does when its call is answered."""
    scripts = options_of(world).bots
    return scripts.get(bot_id) or scripts.get("*", NO_SCRIPT)


def options_of(world: World) -> VoicebookerOptions:
    """Return the options of this world."""
    options: VoicebookerOptions = world.contexts.options["voicebooker"]
    return options


options: Final = VoicebookerOptions
profiles: Final = {
    "actions": PlatformProfile("the table of actions: entityId only where it lists it", {}),
    "introduction": PlatformProfile(
        "the introduction: entityId with every webhook", {"entity_id_everywhere": True}
    ),
}
"""The readings of the page, whose introduction and table of actions disagree."""
