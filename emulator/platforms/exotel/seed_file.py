"""Exotel's section of seed files: voicebots with their webhooks, and calls."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.call_request import Phone
from emulator.kit.scenarios import OwnScenario
from emulator.kit.seed_file import Location, SeedError, Seeding
from emulator.platforms.exotel.voicebots.schemas.endpoints import WebhookConfigs

API: Final = "/voicebot/api/v2/accounts"
GENERATION_SECONDS: Final = 10
CONFIG: Final = ConfigDict(extra="forbid", defer_build=True)


class ExotelSeedCall(BaseModel):
    """A call to a voicebot, or from it."""

    model_config = CONFIG

    number: Phone
    direction: Annotated[str, Field(pattern="^(inbound|outbound)$")] = "inbound"
    scenario: str | OwnScenario | None = None
    custom_parameters: dict[str, str] = {}


class ExotelSeedBot(BaseModel):
    """A voicebot, generated from a text."""

    model_config = CONFIG

    text: Annotated[str, Field(min_length=1)]
    webhooks: WebhookConfigs | None = None
    calls: list[ExotelSeedCall] = []


class ExotelSeed(BaseModel):
    """What Exotel's account has."""

    model_config = CONFIG

    bots: list[ExotelSeedBot] = []


section = ExotelSeed


async def seed(seeding: Seeding, asked: ExotelSeed) -> None:
    """Generate each bot, wait until it is active, set its webhooks and place its calls."""
    for number, bot in enumerate(asked.bots):
        where: Location = ("bots", number)
        bot_id = await _generated(where, seeding, bot.text)
        if bot.webhooks is not None:
            body = bot.webhooks.model_dump(mode="json", exclude_unset=True)
            path = f"/_emulator/exotel/bots/{bot_id}/webhooks"
            await seeding.ask((*where, "webhooks"), "PUT", path, json=body)
        for index, call in enumerate(bot.calls):
            await seeding.place((*where, "calls", index), call, bot_id=bot_id)


async def _generated(where: Location, seeding: Seeding, text: str) -> str:
    """Generate a bot and return its id."""
    account = f"{API}/{seeding.credentials['account_id']}"
    auth = (seeding.credentials["api_key"], seeding.credentials["api_token"])
    form = {"text_content": (None, text)}
    job = await seeding.ask(where, "POST", f"{account}/bot-generation", files=form, auth=auth)
    await seeding.advance(where, GENERATION_SECONDS)
    path = f"{account}/bot-generation/{_content(job)['id']}"
    made = _content(await seeding.ask(where, "GET", path, auth=auth))
    if "bot_id" not in made:
        raise SeedError((*seeding.location, *where), f"no bot was made: {made.get('reason')}")
    return str(made["bot_id"])


def _content(response: dict[str, object]) -> dict[str, object]:
    """Return a record without the envelope that some worlds have."""
    inner = response.get("response", response)
    inner = inner.get("data", inner) if isinstance(inner, dict) else inner
    return inner if isinstance(inner, dict) else response
