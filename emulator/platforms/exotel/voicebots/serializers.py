"""How records are shown, in responses of every shape and in the control API."""

from typing import Any, Final
from urllib.parse import quote

from emulator.domain.ticks import SECOND
from emulator.domain.transcripts import Speaker, Turn
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_id
from emulator.platforms.exotel.voicebots.bot_lists import date_shown
from emulator.platforms.exotel.voicebots.dialogue import greeting_in, intents_of, turns_of
from emulator.platforms.exotel.voicebots.envelope import shape_of
from emulator.platforms.exotel.voicebots.insights import insights_of
from emulator.platforms.exotel.voicebots.records.assistants import Assistant, Profile
from emulator.platforms.exotel.voicebots.records.bots import GenerationJob, Voicebot
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.records.versions import Version
from emulator.platforms.exotel.voicebots.schemas import wire_time
from emulator.platforms.exotel.voicebots.state import state_of

Json = dict[str, Any]

BOT_FIELDS: Final = frozenset({"name", "enable_greeting_interruption", "supported_languages"})
MAX_SHOWN_VERSIONS: Final = 100
"""The newest versions that a bot's configuration lists."""


def serialize_job(world: World, job: GenerationJob) -> Json:
    """Return a job; the plain page shows a reason for failures alone."""
    shown: Json = {"id": job.id, "status": job.status}
    if job.status == "failed" or (job.reason and shape_of(world) != "plain"):
        shown["reason"] = job.reason
    if job.bot_id is not None:
        shown["bot_id"] = job.bot_id
    return shown | {"account_id": account_id(world, job.account)}


def serialize_bot_summary(world: World, bot: Voicebot) -> Json:
    """Return a bot as lists show it."""
    version = state_of(world).bot_versions.latest(bot.id)
    return {
        "bot_id": bot.id,
        "name": version.config["name"],
        "version": version.name,
        "date_created": wire_time(date_shown(world, bot)),
    }


def serialize_bot(world: World, bot: Voicebot) -> Json:
    """Return the latest active version of a bot, with all that it was configured with."""
    version = state_of(world).bot_versions.latest(bot.id)
    rest = {name: value for name, value in version.config.items() if name not in BOT_FIELDS}
    return {
        "bot_id": bot.id,
        "name": version.config["name"],
        "version": version.name,
        "enable_greeting_interruption": version.config["enable_greeting_interruption"],
        "supported_languages": version.config["supported_languages"],
        "date_created": wire_time(date_shown(world, bot)),
    } | {name: value for name, value in rest.items() if name not in READ_ONLY}


def serialize_bot_config(world: World, bot: Voicebot) -> Json:
    """Return a bot's whole configuration, as the vendor's own client describes it."""
    versions = state_of(world).bot_versions
    version = versions.latest(bot.id)
    languages = version.config["supported_languages"]
    shown = {
        "bot_id": bot.id,
        "name": version.config["name"],
        "status": bot.status,
        "version": version.name,
        "enable_greeting_interruption": version.config["enable_greeting_interruption"],
        "supported_languages": languages,
        "greeting_message": {"text": greeting_in(version) or bot.draft.greeting},
        "intents": list(intents_of(version, bot.draft)),
        "assistant_config": {"assistant_id": bot.assistant_id},
        "voice_config": {"provider_id": "emulated", "voice_id": "calm"},
        "asr_config": {"languages": languages},
        "date_created": wire_time(date_shown(world, bot)),
    }
    history = [
        serialize_version(each) for each in versions.of(bot.id)[: -MAX_SHOWN_VERSIONS - 1 : -1]
    ]
    return shown | dict(version.config) | {"versions": history}


READ_ONLY: Final = frozenset(
    {"bot_id", "status", "version", "date_created", "versions", "version_description"}
)
"""The fields that a configuration which is read and sent back cannot change."""


def serialize_version(version: Version) -> Json:
    """Return a version of a bot without its configuration."""
    return {
        "version": version.name,
        "version_description": version.description,
        "source_version": None if version.source is None else f"v{version.source}",
        "is_active": version.is_active,
        "date_created": wire_time(version.created_at),
    }


def serialize_conversation(world: World, session: Session, fields: frozenset[str]) -> Json:
    """Return a conversation, with those of transcript and insights that ``fields`` names."""
    call = world.calls.get(session.call_id)
    talk = call.plan.talk if call.plan is not None else 0
    shown: Json = {
        "conversation_id": session.id,
        "bot_id": session.bot_id,
        "call_metadata": {
            "from": call.from_number,
            "to": call.to_number,
            "duration_seconds": round(talk / SECOND),
            "recording_url": recording_url(world, session),
        },
    }
    turns = turns_of(world, session, call) if fields else []
    if "transcript" in fields:
        shown["transcript"] = [_serialize_turn(turn) for turn in turns]
    if "insights" in fields:
        insights = insights_of(world, session, call, turns) if session.has_insights else None
        shown["insights"] = insights and insights._asdict()
    return shown


def serialize_live_conversation(world: World, session: Session, fields: frozenset[str]) -> Json:
    """Return a conversation as integrators read the live list.

    observed: call_sid, outcome, insights.intents and insights.sentiment.value.
    """
    shown = serialize_conversation(world, session, fields | {"insights"})
    insights = shown.pop("insights")
    outcome = insights and insights["outcome"]
    if "insights" in fields:
        shown["insights"] = insights and {
            "intents": insights["intent"],
            "sentiment": {"value": insights["sentiment"]},
            "outcome": outcome,
        }
    observed = {"call_sid": session.call_id, "outcome": outcome}
    return {"conversation_id": session.id} | observed | shown


def serialize_transcript(world: World, session: Session) -> list[Json]:
    """Return what was said so far."""
    turns = turns_of(world, session, world.calls.get(session.call_id))
    return [_serialize_turn(turn) for turn in turns]


def _serialize_turn(turn: Turn) -> Json:
    minutes, seconds = divmod(turn.start // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    return {
        "speaker": "bot" if turn.speaker is Speaker.BOT else "user",
        "text": turn.text,
        "timestamp": f"{hours:02}:{minutes:02}:{seconds:02}",
    }


def recording_url(world: World, session: Session) -> str:
    """Return the URL of a recording, below the account that the conversation belongs to."""
    account = quote(account_id(world, session.account), safe="")
    return f"{world.server.base_url}/exotelrecordings/{account}/{session.id}.wav"


def serialize_assistant(world: World, assistant: Assistant, versions: list[Version]) -> Json:
    """Return an assistant with some of its versions."""
    latest = state_of(world).assistant_versions.latest(assistant.id)
    return {
        "assistant_id": assistant.id,
        "name": assistant.name,
        "description": assistant.description,
        "stable_version": f"v{assistant.stable}",
        "latest_version": latest.name,
        "versions": {each.name: serialize_assistant_version(each) for each in versions},
        "date_created": wire_time(assistant.created_at),
    }


def serialize_assistant_version(version: Version) -> Json:
    """Return one version of an assistant."""
    return {
        "version_description": version.description,
        "source_version": None if version.source is None else f"v{version.source}",
        "agents": [],
        **version.config,
        "date_created": wire_time(version.created_at),
    }


def serialize_profile(entry: Profile) -> Json:
    """Return a persona or a specialization."""
    return {"id": entry.id, **entry.fields, "date_created": wire_time(entry.created_at)}


def serialize_session(world: World, session: Session, *, ended_unanswered: bool) -> Json:
    """Return a session for the control API; an unanswered call leaves no conversation."""
    return {
        "account_id": account_id(world, session.account),
        "bot_id": session.bot_id,
        "bot_version": f"v{session.version}",
        "conversation_id": None if ended_unanswered else session.id,
        "session_id": session.session_id,
        "custom_parameters": session.custom_parameters,
        "session_constants": session.constants,
        "conversation_assistant_id": session.assistant_id,
        "notes": session.notes,
    }
