"""What VoiceBooker's pages leave open, and the URLs of a world's webhooks.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.domain.profiles import PlatformProfile
from emulator.kit.fields import HttpUrl, SentHeaders
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import zone_of


def _zone(value: str) -> str:
    zone_of(value)
    return value


Zone = Annotated[str, AfterValidator(_zone)]
"""The IANA name of a time zone."""
WebhookHeaders = Annotated[SentHeaders, Field(max_length=50)]


class VoicebookerOptions(BaseModel):
    """The options of a world: behavior that the pages do not specify."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    webhook_url: HttpUrl | None = None
    """The webhook URL of calls that do not set their own; null: the reference backend."""
    webhook_headers: WebhookHeaders = {}
    """Headers added to webhooks, except those to the reference backend."""
    timezone: Zone = "Europe/Berlin"
    """The IANA time zone in which the bot asks for slots and says times."""
    entity_id_everywhere: bool = False
    """Send ``entityId`` with every webhook, as the page's introduction can be read."""
    types_with_products: bool = False
    """Send ``getAppointmentTypesWithProducts``, which bots do "in rare cases"."""
    most_days: Annotated[int, Field(ge=1, le=60)] = 10
    """The number of days for which a bot asks for slots before it gives up."""
    result_webhooks: Annotated[dict[str, HttpUrl], Field(max_length=1000)] = {}
    """The URLs for results of outbound calls, by bot id or ``*`` for all. No page shows one."""


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
