"""What VoiceBooker's pages leave open, and the URLs of a world's webhooks.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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
    """The options of a world, where the pages are silent."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    webhook_url: HttpUrl | None = None
    """The webhook of calls whose request names none; None for the reference backend."""
    webhook_headers: WebhookHeaders = {}
    """Headers of every webhook that does not go to the reference backend."""
    timezone: Zone = "Europe/Berlin"
    """The time zone in which the bot asks for slots and names times."""
    entity_id_everywhere: bool = False
    """Send ``entityId`` with webhooks that do not list it, as the page's introduction may mean."""
    types_with_products: bool = False
    """Ask ``getAppointmentTypesWithProducts``, as bots do "in rare cases"."""
    most_days: Annotated[int, Field(ge=1, le=60)] = 10
    """For how many days a bot asks for slots before it gives up."""
    result_webhooks: Annotated[dict[str, HttpUrl], Field(max_length=1000)] = {}
    """The URLs for results of outbound calls, by bot id or ``*``. The pages name none."""


def options_of(world: World) -> VoicebookerOptions:
    """Return the options of this world."""
    options: VoicebookerOptions = world.contexts.options["voicebooker"]
    return options


options: Final = VoicebookerOptions
