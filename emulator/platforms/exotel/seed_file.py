"""Exotel's section of seed files: accounts, voicebots, flows, and calls of both chapters."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.call_request import Phone
from emulator.kit.fields import Text
from emulator.kit.scenarios import OwnScenario
from emulator.kit.seed_file import Location, SeedError, Seeding
from emulator.platforms.exotel.calls.schemas.controls import AccountChange, FlowChange
from emulator.platforms.exotel.calls.schemas.requests import ConnectCall, PhoneText
from emulator.platforms.exotel.voicebots.schemas.endpoints import WebhookConfigs

VOICEBOTS: Final = "/voicebot/api/v2/accounts"
CALLS: Final = "/v1/Accounts"
CONTROL: Final = "/_emulator/exotel"
FLOW_URL: Final = "http://my.exotel.com/exoml/start_voice"
GENERATION_SECONDS: Final = 10
OWN: Final = "own"
"""In place of an account's id: the account of the world's credentials."""
SEEDED_ONLY: Final = frozenset({"account_id", "flow_id", "advance"})
"""Fields of a call that the vendor's own request does not have."""
CONFIG: Final = ConfigDict(extra="forbid", defer_build=True)
Seconds = Annotated[float, Field(gt=0)]
Way = Annotated[str, Field(pattern="^(inbound|outbound)$")]


class ExotelSeedCall(BaseModel):
    """A call of a person to a voicebot or a flow, or from it."""

    model_config = CONFIG

    number: Phone
    direction: Way = "inbound"
    scenario: str | OwnScenario | None = None


class ExotelSeedBotCall(ExotelSeedCall):
    """A call to a voicebot, or from it."""

    custom_parameters: dict[str, str] = {}


class ExotelSeedBot(BaseModel):
    """A voicebot, generated from a text."""

    model_config = CONFIG

    text: Text
    name: Text | None = None
    """What flows of this file call it, in place of a ``bot_id``."""
    account_id: Text = OWN
    webhooks: WebhookConfigs | None = None
    calls: list[ExotelSeedBotCall] = []


class ExotelSeedFlow(FlowChange):
    """A flow, and persons who call its ExoPhone."""

    account_id: Text = OWN
    calls: list[ExotelSeedCall] = Field(default_factory=list)


class ExotelSeedConnect(ConnectCall):
    """A call as ``Calls/connect`` takes it: to another number, to a flow or to a stream."""

    model_config = ConfigDict(extra="forbid", defer_build=True, json_schema_extra={})

    account_id: Text = OWN
    CallerId: PhoneText | None = None  # type: ignore[assignment]  # the account's first ExoPhone
    flow_id: Text | None = None
    """In place of ``Url``: a flow of this file."""
    advance: Seconds | None = None
    """Seconds of the world's time that pass afterwards."""


class ExotelSeed(BaseModel):
    """What Exotel's accounts have; ``own`` is the one of the world's credentials."""

    model_config = CONFIG

    accounts: dict[Text, AccountChange] = {}
    bots: list[ExotelSeedBot] = []
    flows: dict[Text, ExotelSeedFlow] = {}
    calls: list[ExotelSeedConnect] = []


section = ExotelSeed


async def seed(seeding: Seeding, asked: ExotelSeed) -> None:
    """Set accounts, generate bots and place their calls, then set flows and place theirs."""
    seeder = ExotelSeeder(seeding)
    for key, account in asked.accounts.items():
        await seeder.set_account(("accounts", key), key, account)
    for number, bot in enumerate(asked.bots):
        await seeder.generate(("bots", number), bot)
    for key, flow in asked.flows.items():
        await seeder.set_flow(("flows", key), key, flow)
    for key, flow in asked.flows.items():
        for number, call in enumerate(flow.calls):
            where: Location = ("flows", key, "calls", number)
            own = {"flow_id": key, "account_id": seeder.account_id(flow.account_id)}
            await seeding.place(where, call, **own)
    for number, connected in enumerate(asked.calls):
        await seeder.connect(("calls", number), connected)


class ExotelSeeder:
    """Makes the requests for the entries of a section."""

    def __init__(self, seeding: Seeding) -> None:
        self._seeding = seeding
        self._auth = (seeding.credentials["api_key"], seeding.credentials["api_token"])
        self._bots: dict[str, str] = {}
        """The ids of bots that have a name."""

    def account_id(self, name: str) -> str:
        """Return the id of an account."""
        return self._seeding.credentials["account_id"] if name == OWN else name

    async def set_account(self, where: Location, key: str, account: AccountChange) -> None:
        """Set the status and the ExoPhones of an account."""
        path = f"{CONTROL}/accounts/{self.account_id(key)}"
        body = account.model_dump(mode="json", exclude_none=True)
        await self._seeding.ask(where, "PUT", path, json=body)

    async def generate(self, where: Location, bot: ExotelSeedBot) -> None:
        """Generate a bot, wait until it is active, set its webhooks and place its calls."""
        seeding = self._seeding
        bot_id = await self._generated(where, bot)
        if bot.name is not None:
            self._bots[bot.name] = bot_id
        if bot.webhooks is not None:
            body = bot.webhooks.model_dump(mode="json", exclude_unset=True)
            path = f"{CONTROL}/bots/{bot_id}/webhooks"
            await seeding.ask((*where, "webhooks"), "PUT", path, json=body)
        for index, call in enumerate(bot.calls):
            await seeding.place((*where, "calls", index), call, bot_id=bot_id)

    async def _generated(self, where: Location, bot: ExotelSeedBot) -> str:
        seeding, path = self._seeding, f"{VOICEBOTS}/{self.account_id(bot.account_id)}"
        form = {"text_content": (None, bot.text)}
        job = await seeding.ask(
            where, "POST", f"{path}/bot-generation", files=form, auth=self._auth
        )
        await seeding.advance(where, GENERATION_SECONDS)
        path = f"{path}/bot-generation/{_content(job)['id']}"
        made = _content(await seeding.ask(where, "GET", path, auth=self._auth))
        if "bot_id" not in made:
            raise SeedError(
                (*seeding.location, *where), f"the bot could not be created: {made.get('reason')}"
            )
        return str(made["bot_id"])

    async def set_flow(self, where: Location, key: str, flow: ExotelSeedFlow) -> None:
        """Set the applets of a flow, with the ids of the bots that it names."""
        shown = flow.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude={"account_id", "calls"}
        )
        for applet in shown["applets"]:
            if (name := applet.get("bot_id")) in self._bots:
                applet["bot_id"] = self._bots[name]
        path = f"{CONTROL}/accounts/{self.account_id(flow.account_id)}/flows/{key}"
        await self._seeding.ask(where, "PUT", path, json=shown)

    async def connect(self, where: Location, call: ExotelSeedConnect) -> None:
        """Place a call by ``Calls/connect``."""
        seeding = self._seeding
        path = f"{CALLS}/{self.account_id(call.account_id)}"
        caller = call.CallerId or await self._exophone(where, path)
        url = call.Url if call.flow_id is None else f"{FLOW_URL}/{call.flow_id}"
        fields = call.model_dump(mode="json", exclude_unset=True, exclude=set(SEEDED_ONLY))
        form = list(_form(fields | {"CallerId": caller, "Url": url}))
        await seeding.ask(where, "POST", f"{path}/Calls/connect.json", files=form, auth=self._auth)
        if call.advance is not None:
            await seeding.advance(where, call.advance)

    async def _exophone(self, where: Location, path: str) -> str:
        """Return the first ExoPhone of an account."""
        path = f"{path}/IncomingPhoneNumbers.json"
        found = await self._seeding.ask(where, "GET", path, auth=self._auth)
        return str(found["IncomingPhoneNumbers"][0]["IncomingPhoneNumber"]["PhoneNumber"])


def _form(fields: dict[str, Any]) -> Iterator[tuple[str, tuple[None, str]]]:
    """Return the fields of a form; a list has one for each of its entries."""
    for name, value in fields.items():
        if isinstance(value, list):
            yield from ((f"{name}[]", (None, str(each))) for each in value)
        elif value is not None:
            yield name, (None, str(value))


def _content(response: dict[str, object]) -> dict[str, object]:
    """Return a record without the envelope that some worlds have."""
    inner = response.get("response", response)
    inner = inner.get("data", inner) if isinstance(inner, dict) else inner
    return inner if isinstance(inner, dict) else response
