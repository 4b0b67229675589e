"""What VoiceBooker's pages leave open, and where a world's bot calls.

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
    """How a world's bot behaves where no page says."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    webhook_url: HttpUrl | None = None
    """Where calls that name no other address send their webhooks; None: the reference backend."""
    webhook_headers: WebhookHeaders = {}
    """Sent with every webhook that does not go to the reference backend."""
    timezone: Zone = "Europe/Berlin"
    """In which the bot asks for slots and speaks of times."""
    entity_id_everywhere: bool = False
    """Send ``entityId`` with the webhooks that do not list it, as the introduction may be read."""
    types_with_products: bool = False
    """Ask ``getAppointmentTypesWithProducts``, as a bot does "in rare cases"."""
    most_days: Annotated[int, Field(ge=1, le=60)] = 10
    """How often a bot asks for slots before it gives up."""
    result_webhooks: Annotated[dict[str, HttpUrl], Field(max_length=1000)] = {}
    """By bot id, or ``*`` for all: where it is told how a call of makeCall went. No page says."""


def options_of(world: World) -> VoicebookerOptions:
    """What this world's bot follows."""
    return world.options("voicebooker", VoicebookerOptions)


options: Final = VoicebookerOptions
