"""``POST /_emulator/calls`` for VoiceBooker: a call to the bot."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from emulator.kit.call_request import BOT, number_field
from emulator.kit.fields import HttpUrl, Text
from emulator.kit.patterns import PHONE
from emulator.kit.scenarios import OwnScenario
from emulator.platforms.voicebooker.bot.callers import checked_day_wish, checked_time
from emulator.platforms.voicebooker.bot.conversations import Intent
from emulator.platforms.voicebooker.schemas.bot_scripts import WebhookHeaders, Zone
from emulator.platforms.voicebooker.schemas.words import Language

Phone = Annotated[str, Field(pattern=PHONE)]
Wish = Annotated[Text, Field(max_length=200)]
Persona = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=100)], Annotated[Text, Field(max_length=500)]
    ],
    Field(max_length=50),
]

CALL_REQUEST_CONFIG: Final = ConfigDict(extra="forbid", defer_build=True)


class CallerWishes(BaseModel):
    """What the caller asks for, by id or name; no preference where a field is left out."""

    model_config = CALL_REQUEST_CONFIG

    appointmentType: Wish | None = None
    agent: Wish | None = None
    product: Wish | None = None
    day: Annotated[Wish, AfterValidator(checked_day_wish)] | None = None
    """A date (``2026-01-05``), ``today``, ``tomorrow`` or a weekday (``monday``)."""
    time: Annotated[str, AfterValidator(checked_time)] | None = None
    """The earliest time that suits the caller."""
    booking: Wish | None = None
    """The appointment to move or cancel: its id, or a prefix of its start time."""


class VoicebookerCallRequest(BaseModel):
    """``POST /_emulator/calls`` for VoiceBooker."""

    model_config = CALL_REQUEST_CONFIG

    platform: Literal["voicebooker"]
    intent: Intent = Intent.BOOK
    sip_id: Annotated[Annotated[Text, Field(max_length=200)] | None, BOT] = None
    from_: Annotated[Phone | None, Field(alias="from"), number_field("+49170555")] = None
    webhook_url: HttpUrl | None = None
    webhook_headers: WebhookHeaders | None = None
    persona: Persona = {}
    booker: Persona | None = None
    wishes: CallerWishes = CallerWishes()
    scenario: str | OwnScenario | None = None
    timezone: Zone | None = None
    language: Language | None = None
    """What both speak; null: the world's option, or else the language of the business."""
    types_with_products: StrictBool | None = None
