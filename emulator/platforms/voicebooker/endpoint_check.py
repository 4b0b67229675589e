"""``check-webhook``: the checks that an integrator runs against a booking backend, also in CI."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.endpoint_check import EndpointCheck, EndpointReport
from emulator.kit.world import World
from emulator.platforms.voicebooker.options import VoicebookerOptions
from emulator.platforms.voicebooker.schemas.bot_scripts import WebhookHeaders, Zone


class WebhookCheck(BaseModel):
    """The flags of ``check-webhook``."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    sip_id: Annotated[str, Field(description="Id of the number that is called.")] = (
        "phoneSipId12345678"
    )
    timezone: Annotated[Zone, Field(description="Time zone of the slots.")] = "Europe/Berlin"
    persona: Annotated[
        dict[str, str],
        Field(
            description="A fact that the caller knows; repeatable.",
            json_schema_extra={"metavar": "FIELD=VALUE"},
        ),
    ] = {}
    header: Annotated[
        WebhookHeaders, Field(description="A header of every request; repeatable.")
    ] = {}
    days: Annotated[
        int, Field(ge=1, le=60, description="Number of days ahead to ask slots for.")
    ] = 14
    entity_id: Annotated[bool, Field(description="Send entityId with every webhook.")] = False


async def _run(world: World, url: str, asked: WebhookCheck) -> EndpointReport:
    from emulator.platforms.voicebooker.checks import check  # noqa: PLC0415  # start-up time

    return await check(
        world,
        url,
        sip_id=asked.sip_id,
        timezone=asked.timezone,
        persona=asked.persona,
        headers=asked.header,
        days=asked.days,
    )


def _options(asked: WebhookCheck) -> VoicebookerOptions:
    return VoicebookerOptions(
        entity_id_everywhere=asked.entity_id,
        timezone=asked.timezone,
        webhook_headers=asked.header,
    )


endpoint_check: Final = EndpointCheck(
    command="check-webhook",
    help="""Run VoiceBooker's bot and edge cases against a booking backend; exit 1 if it fails.

    The command books, moves and cancels appointments of an invented person, and cancels what it
    has booked.
    """,
    options=WebhookCheck,
    run=_run,
    platform_options=_options,
)
