"""What VoiceBooker's pages leave open, and the URLs of a world's webhooks.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from __future__ import annotations

from typing import Annotated, Final

from emulator.domain.profiles import PlatformProfile
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.lazy_model import LazyModel
from emulator.kit.world import World

with on_first_use():
    import pydantic

    from emulator.kit import fields
    from emulator.platforms.voicebooker.schemas import bot_scripts, words


class VoicebookerOptions(LazyModel):
    """The options of a world: behavior that the pages do not specify."""

    webhook_url: fields.HttpUrl | None = None
    """The webhook URL of calls that do not set their own; null: the reference backend."""
    webhook_headers: bot_scripts.WebhookHeaders = {}  # noqa: RUF012  # never changed
    """Headers added to webhooks, except those to the reference backend."""
    timezone: bot_scripts.Zone = "Europe/Berlin"
    """The IANA time zone in which the bot asks for slots and says times."""
    language: words.Language | None = None
    """What bots and callers speak, ``en`` or ``de``; null: the language of the business, which is
    English for a business that only the webhook knows."""
    entity_id_everywhere: bool = False
    """Send ``entityId`` with every webhook, as the page's introduction can be read."""
    types_with_products: bool = False
    """Send ``getAppointmentTypesWithProducts``, which bots do "in rare cases"."""
    most_days: Annotated[int, pydantic.Field(ge=1, le=60), fields.WHOLE_NUMBER] = 10
    """The number of days for which a bot asks for slots before it gives up."""
    bots: Annotated[dict[str, bot_scripts.BotScript], pydantic.Field(max_length=1000)] = {}  # noqa: RUF012  # never changed
    """What the bots of outbound calls do, by bot id or ``*`` for all others. No page says how bots
    are set up by a program."""
    result_webhooks: Annotated[dict[str, fields.HttpUrl], pydantic.Field(max_length=1000)] = {}  # noqa: RUF012  # never changed
    """The URLs for results of outbound calls, by bot id or ``*`` for all. No page shows one."""


def script_of(world: World, bot_id: str) -> bot_scripts.BotScript:
    """Return what a bot does when its call is answered."""
    scripts = options_of(world).bots
    return scripts.get(bot_id) or scripts.get("*") or bot_scripts.BotScript()


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
