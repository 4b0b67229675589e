"""Calls to and from bots, which no request to the vendor's API can place.

https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from collections.abc import Iterator
from typing import Any, Final

from emulator.domain.calls import TERMINAL, Call, CallStatus, Direction
from emulator.domain.errors import ConflictError
from emulator.domain.recordings import Recording
from emulator.domain.ticks import SECOND
from emulator.kit.errors import invalid
from emulator.kit.hooks import Bot
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.patterns import http_url
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import OWN, account_key
from emulator.platforms.exotel.voicebots.dialogue import turns_of
from emulator.platforms.exotel.voicebots.drafts import draft_bot
from emulator.platforms.exotel.voicebots.generation import new_bot
from emulator.platforms.exotel.voicebots.records.bots import Voicebot
from emulator.platforms.exotel.voicebots.records.endpoints import SESSION_START, WebhookEndpoint
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.serializers import recording_url, serialize_session
from emulator.platforms.exotel.voicebots.state import ACTIVE, VoicebotState, new_id, state_of
from emulator.platforms.exotel.voicebots.webhooks import EXTERNAL_ID_PREFIX

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.exotel.voicebots.schemas import call_requests

SETUP_URL: Final = "call_setup_url"

FIRST_BOT: Final = "Answer questions about appointments"
"""The text from which an account without bots gets one."""
DEFAULT_PERSON_NUMBER: Final = "+919876543210"
DEFAULT_LINE_NUMBER: Final = "+911234567890"
"""The ends of a call whose request names none."""


def place(world: World, asked: "call_requests.VoicebotCallRequest") -> Call:
    """Dial a call to or from a bot at once, the first active one if none is named.

    An account without bots gets one. ConflictError if its bots are inactive, UnknownError for a
    bot of another account than the one that is asked for.
    """
    state = state_of(world)
    account = None if asked.account_id is None else account_key(world, asked.account_id)
    overrides = _overrides(asked)
    scenario = (
        None if asked.scenario is None else scenarios.scenario_of(world, "scenario", asked.scenario)
    )
    bot = _first_bot(world, account) if asked.bot_id is None else state.bot(asked.bot_id, account)
    if bot.status != "active":
        raise ConflictError(f"voicebot {bot.id} is inactive")
    person, line = asked.person or DEFAULT_PERSON_NUMBER, asked.line or DEFAULT_LINE_NUMBER
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
    if account is None:
        account = bot.account
    session = new_session(
        world, state, call, account, custom_parameters=asked.custom_parameters, overrides=overrides
    )
    state.add_session(session, tuple(turn.line for turn in asked.transcript or ()))
    return world.engine.place(call)


def new_session(
    world: World,
    state: VoicebotState,
    call: Call,
    account: str,
    *,
    bot_id: str | None = None,
    custom_parameters: dict[str, str] | None = None,
    overrides: dict[str, WebhookEndpoint] | None = None,
) -> Session:
    """Return the session of a call with a bot: that of the call's workflow without ``bot_id``."""
    bot_id = bot_id or call.workflow_id
    return Session(
        id=new_id(world, "conv"),
        session_id=world.ids.uuid("exotel.session"),
        stream_id=world.ids.hex("exotel.stream"),
        call_id=call.id,
        account=account,
        bot_id=bot_id,
        version=state.bot_versions.latest(bot_id).number,
        custom_parameters=custom_parameters or {},
        overrides=overrides or {},
    )


def _first_bot(world: World, account: str | None) -> Voicebot:
    """Return the oldest active bot of an account; of any account without one."""
    found = first_active_bot(world, account)
    return new_bot(world, draft_bot(FIRST_BOT), account or OWN) if found is None else found


def first_active_bot(world: World, account: str | None) -> Voicebot | None:
    """Return the oldest active bot of an account, of any account without one; None without bots.

    ConflictError if its bots are inactive.
    """
    listed = state_of(world).listed
    found = [listed.of(each) for each in (listed.accounts() if account is None else [account])]
    for bots in found:
        if count := bots.count((ACTIVE,)):
            return bots.page(count - 1, 1, (ACTIVE,))[0]
    if any(found):
        raise ConflictError("the account has no active voicebot: create one with bot-generation")
    return None


def _overrides(asked: "call_requests.VoicebotCallRequest") -> dict[str, WebhookEndpoint]:
    """Documented: ``call_setup_url`` replaces the bot's endpoint of session_start."""
    url = asked.custom_parameters.get(SETUP_URL)
    if url is None:
        return {}
    try:
        return {SESSION_START: WebhookEndpoint(http_url(url))}
    except ValueError as error:
        raise invalid((f"custom_parameters.{SETUP_URL}", str(error))) from None


def describe(world: World, call: Call) -> dict[str, Any]:
    """Return the session of a call, and what was said in a conversation that has ended."""
    session = state_of(world).by_call.get(call.id)
    if session is None:
        return {}
    ended_unanswered = call.status in TERMINAL and session.planned is None
    described = serialize_session(world, session, ended_unanswered=ended_unanswered)
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


def recording(world: World, call: Call) -> Recording | None:
    """Return what was said in a conversation that has ended."""
    state = state_of(world)
    session = state.by_call.get(call.id)
    if session is None or session.place is None:
        return None
    talk = call.plan.talk if call.plan is not None else 0
    languages = state.version_of(session).config["supported_languages"]
    return Recording(
        turns=turns_of(world, session, call),
        talk=talk,
        language=languages[0] if languages else "",
        person=scenarios.voice_of(world, call),
    )


def find(world: World, name: str) -> str | None:
    """Return the id of a call by that of its conversation or session, or by its external id."""
    state = state_of(world)
    session = state.sessions.find(name) or state.by_session.get(name)
    if session is None:
        session = state.by_call.get(name.removeprefix(EXTERNAL_ID_PREFIX))
    return None if session is None else session.call_id


def bots(world: World) -> Iterator[Bot]:
    """Return the voicebots, oldest first."""
    return (_bot(world, each) for each in state_of(world).bots if not each.is_deleted)


def bot(world: World, bot_id: str) -> Bot | None:
    """Return a voicebot, also one that was deleted."""
    found = state_of(world).bots.find(bot_id)
    return None if found is None else _bot(world, found)


def _bot(world: World, voicebot: Voicebot) -> Bot:
    name = state_of(world).bot_versions.latest(voicebot.id).config["name"]
    return Bot(id=voicebot.id, name=name, kind="voicebot")
