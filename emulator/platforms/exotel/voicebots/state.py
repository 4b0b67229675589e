"""What the Voicebot API remembers."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from emulator.domain.errors import UnknownError
from emulator.kit.records import TaggedList
from emulator.kit.world import World
from emulator.platforms.exotel.state import part_of
from emulator.platforms.exotel.voicebots.assistants import Assistant, Entry
from emulator.platforms.exotel.voicebots.bots import Bot, BotStatus, Job
from emulator.platforms.exotel.voicebots.conversations import Session
from emulator.platforms.exotel.voicebots.options import options_of

ACTIVE, INACTIVE, DELETED = range(3)
"""The tags of bots in their list."""


class Entries:
    """Personas, or specialisations: by id, and in order."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.by_id: dict[str, Entry] = {}
        self.listed: TaggedList[Entry] = TaggedList()

    def get(self, entry_id: str) -> Entry:
        """Find an entry, or raise UnknownError."""
        entry = self.by_id.get(entry_id)
        if entry is None:
            raise UnknownError(self.kind, entry_id)
        return entry

    def add(self, entry: Entry) -> None:
        """Keep a new entry."""
        self.by_id[entry.id] = entry
        self.listed.append(entry, 0)


@dataclass(slots=True)
class VoicebotState:
    """One world's Voicebot API."""

    jobs: dict[str, Job] = field(default_factory=dict[str, Job])
    bots: dict[str, Bot] = field(default_factory=dict[str, Bot])
    listed: TaggedList[Bot] = field(default_factory=TaggedList[Bot])
    """Every bot in the order they were made, tagged by what can be listed of it."""
    assistants: dict[str, Assistant] = field(default_factory=dict[str, Assistant])
    personas: Entries = field(default_factory=lambda: Entries("persona"))
    specializations: Entries = field(default_factory=lambda: Entries("specialization"))
    by_call: dict[str, Session] = field(default_factory=dict[str, Session])
    by_session: dict[str, Session] = field(default_factory=dict[str, Session])
    ended: dict[str, Session] = field(default_factory=dict[str, Session])
    """The conversations, by id."""
    conversations: TaggedList[Session] = field(default_factory=TaggedList[Session])
    """The conversations, in the order their calls ended."""
    recent: deque[datetime] = field(default_factory=deque[datetime])
    """When the latest requests came, as many as the limit asks to know of."""

    def job(self, job_id: str) -> Job:
        """Find a generation job, or raise UnknownError."""
        if (job := self.jobs.get(job_id)) is None:
            raise UnknownError("bot generation job", job_id)
        return job

    def bot(self, bot_id: str) -> Bot:
        """Find a bot, or raise UnknownError."""
        if (bot := self.bots.get(bot_id)) is None:
            raise UnknownError("voicebot", bot_id)
        return bot

    def assistant(self, assistant_id: str) -> Assistant:
        """Find an assistant, or raise UnknownError."""
        if (assistant := self.assistants.get(assistant_id)) is None:
            raise UnknownError("assistant", assistant_id)
        return assistant

    def conversation(self, conversation_id: str) -> Session:
        """Find a conversation that has ended, or raise UnknownError."""
        if (session := self.ended.get(conversation_id)) is None:
            raise UnknownError("conversation", conversation_id)
        return session

    def session(self, session_id: str) -> Session:
        """Find a session that was answered, or raise UnknownError."""
        session = self.by_session.get(session_id)
        if session is None or session.planned is None:
            raise UnknownError("session", session_id)
        return session

    def add_bot(self, bot: Bot) -> None:
        """Keep a new bot."""
        self.bots[bot.id] = bot
        bot.place = self.listed.append(bot, ACTIVE)

    def set_status(self, bot: Bot, status: BotStatus) -> None:
        """Switch a bot on or off."""
        bot.status = status
        self.listed.retag(bot.place, ACTIVE if status == "active" else INACTIVE)

    def delete_bot(self, bot: Bot) -> None:
        """Take a bot out of every list; the conversations it had stay."""
        del self.bots[bot.id]
        self.listed.retag(bot.place, DELETED)

    def keep(self, session: Session) -> None:
        """Remember a call that is being placed."""
        self.by_call[session.call_id] = session
        self.by_session[session.session_id] = session

    def end(self, session: Session) -> None:
        """Keep the conversation of a call that has just ended."""
        self.ended[session.id] = session
        self.conversations.append(session, 0)


def state_of(world: World) -> VoicebotState:
    """What the Voicebot API remembers in this world."""
    return part_of(world, VoicebotState)


def new_id(world: World, kind: str) -> str:
    """Name a new thing in the look of the page: ``bot_`` and digits, or a UUID if enveloped."""
    if options_of(world).voicebot_shape == "plain":
        return f"{kind}_{world.ids.hex(f'exotel.{kind}', 16)}"
    return world.ids.uuid(f"exotel.{kind}")
