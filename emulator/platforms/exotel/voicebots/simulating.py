"""Simulated calls to and from bots: what no request to the vendor can ask for."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.domain.calls import TERMINAL, Call, CallStatus, Direction
from emulator.domain.errors import ConflictError
from emulator.domain.ticks import SECOND
from emulator.domain.transcripts import Line, Speaker
from emulator.kit.call_request import BOT, CallEnds, Phone, number_field
from emulator.kit.errors import invalid
from emulator.kit.fields import Text, http_url
from emulator.kit.scenarios import OwnScenario, scenario_of
from emulator.kit.world import World
from emulator.platforms.exotel.auth import account_of
from emulator.platforms.exotel.voicebots.bots import Bot
from emulator.platforms.exotel.voicebots.conversations import Session
from emulator.platforms.exotel.voicebots.dialogue import turns_of
from emulator.platforms.exotel.voicebots.hooks import SESSION_START, Hook
from emulator.platforms.exotel.voicebots.showing import describe_session, recording_url
from emulator.platforms.exotel.voicebots.state import ACTIVE, VoicebotState, new_id, state_of

MOST_PARAMETERS: Final = 3
LONGEST_PARAMETERS: Final = 256
"""Documented for the query of a stream's address, where these come from."""
SETUP_URL: Final = "call_setup_url"

PERSON: Final = "+919876543210"
LINE: Final = "+911234567890"
"""Both ends of a call whose request names none."""


def _parameters(value: dict[str, str]) -> dict[str, str]:
    if len(value) > MOST_PARAMETERS:
        raise ValueError(f"must have at most {MOST_PARAMETERS} entries")
    if sum(len(name) + len(text) for name, text in value.items()) > LONGEST_PARAMETERS:
        raise ValueError(f"must have at most {LONGEST_PARAMETERS} characters")
    return value


class GivenTurn(BaseModel):
    """One turn, as the API shows it; the time it is said at follows from the talk time."""

    model_config = ConfigDict(strict=True, extra="ignore", defer_build=True)

    speaker: Literal["bot", "user"]
    text: Annotated[Text, Field(max_length=2000)]

    @property
    def line(self) -> Line:
        """What is said."""
        return Line(Speaker.BOT if self.speaker == "bot" else Speaker.PERSON, self.text)


class ExotelCallRequest(CallEnds):
    """``POST /_emulator/calls`` for Exotel."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    platform: Literal["exotel"]
    account_id: Text | None = None
    bot_id: Annotated[Text | None, BOT] = None
    """The first active voicebot without one."""
    number: Annotated[Phone | None, number_field("+91987655")] = None
    scenario: str | OwnScenario | None = None
    transcript: Annotated[list[GivenTurn], Field(min_length=1, max_length=500)] | None = None
    custom_parameters: Annotated[dict[str, str], AfterValidator(_parameters)] = Field(
        default_factory=dict
    )


def place(world: World, asked: ExotelCallRequest) -> Call:
    """Dial a call to or from a bot at once."""
    state = state_of(world)
    bot = _first_bot(state) if asked.bot_id is None else state.bot(asked.bot_id)
    if bot.status != "active":
        raise ConflictError(f"voicebot {bot.id} is inactive")
    overrides = _overrides(asked)
    scenario = None if asked.scenario is None else scenario_of("scenario", asked.scenario)
    person, line = asked.person or PERSON, asked.line or LINE
    source, destination = (person, line) if asked.direction is Direction.INBOUND else (line, person)
    call_id = world.ids.hex("exotel.call")
    call = Call(
        call_id,
        "exotel",
        bot.id,
        asked.direction,
        source,
        destination,
        CallStatus.QUEUED,
        world.scenarios.choose(
            platform="exotel", number=person, workflow_id=bot.id, call_id=call_id
        )
        if scenario is None
        else world.scenarios.give(scenario, call_id),
        world.clock.now(),
    )
    state.keep(
        Session(
            id=new_id(world, "conv"),
            session_id=world.ids.uuid("exotel.session"),
            stream_id=world.ids.hex("exotel.stream"),
            call_id=call_id,
            account_id=asked.account_id or account_of(world),
            bot_id=bot.id,
            version=state.bot_versions.latest(bot.id).number,
            custom_parameters=asked.custom_parameters,
            overrides=overrides,
        ),
        tuple(turn.line for turn in asked.transcript or ()),
    )
    return world.engine.place(call)


def _first_bot(state: VoicebotState) -> Bot:
    count = state.listed.count((ACTIVE,))
    if not count:
        raise ConflictError("the account has no active voicebot: create one with bot-generation")
    (oldest,) = state.listed.page(count - 1, 1, (ACTIVE,))
    return oldest


def _overrides(asked: ExotelCallRequest) -> dict[str, Hook]:
    """Documented: ``call_setup_url`` goes before the bot's own address for session_start."""
    url = asked.custom_parameters.get(SETUP_URL)
    if url is None:
        return {}
    try:
        return {SESSION_START: Hook(http_url(url))}
    except ValueError as error:
        raise invalid((f"custom_parameters.{SETUP_URL}", str(error))) from None


def describe(world: World, call: Call) -> dict[str, Any]:
    """Tell the control API what a call is to the Voicebot API."""
    session = state_of(world).by_call.get(call.id)
    if session is None:
        return {}
    ended_unanswered = call.status in TERMINAL and session.planned is None
    described = describe_session(session, ended_unanswered=ended_unanswered)
    if session.place is None:
        return described
    return described | {
        "recording_url": recording_url(world, session),
        "transcript": [
            {
                "speaker": turn.speaker,
                "text": turn.text,
                "second": turn.start / SECOND,
            }
            for turn in turns_of(world, session, call)
        ],
    }
