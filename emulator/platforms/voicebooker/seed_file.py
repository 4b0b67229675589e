"""VoiceBooker's section of seed files: businesses with doctors and hours, patients, and calls."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.call_request import Phone
from emulator.kit.fields import HttpUrl
from emulator.kit.scenarios import OwnScenario
from emulator.kit.seed_file import Seeding
from emulator.platforms.voicebooker.bot.conversations import Intent
from emulator.platforms.voicebooker.schemas.call_requests import CallerWishes
from emulator.platforms.voicebooker.schemas.controls import KEY_PATTERN, PutBusiness

CONTROL: Final = "/_emulator/voicebooker"
CONFIG: Final = ConfigDict(extra="forbid", defer_build=True)


class VoicebookerSeedCall(BaseModel):
    """A call of a patient to the bot."""

    model_config = CONFIG

    intent: Intent = Intent.BOOK
    sip_id: str | None = None
    """Of a business; the world's own without one."""
    from_: Annotated[Phone | None, Field(alias="from")] = None
    persona: dict[str, str] = {}
    """What the caller knows: ``firstname``, ``dateOfBirth`` and so on."""
    wishes: CallerWishes = CallerWishes()
    webhook_url: HttpUrl | None = None
    scenario: str | OwnScenario | None = None


class VoicebookerSeed(BaseModel):
    """What the reference backend knows, and who calls."""

    model_config = CONFIG

    businesses: dict[Annotated[str, Field(pattern=KEY_PATTERN)], PutBusiness] = {}
    """By id; its ``agents`` are the doctors."""
    patients: list[dict[str, str]] = []
    """The fields of each: ``firstname``, ``lastname``, ``dateOfBirth``, ``phone``, any others."""
    calls: list[VoicebookerSeedCall] = []


section = VoicebookerSeed


async def seed(seeding: Seeding, asked: VoicebookerSeed) -> None:
    """Create businesses and patients, then place the calls."""
    for key, business in asked.businesses.items():
        fields: dict[str, Any] = business.model_dump(mode="json", exclude_unset=True)
        path = f"{CONTROL}/businesses/{key}"
        await seeding.ask(("businesses", key), "PUT", path, json=fields)
    for number, patient in enumerate(asked.patients):
        body = {"fields": patient}
        await seeding.ask(("patients", number), "POST", f"{CONTROL}/users", json=body)
    for number, call in enumerate(asked.calls):
        own = {} if call.sip_id is not None else {"sip_id": seeding.credentials["sip_id"]}
        await seeding.place(("calls", number), call, **own)
