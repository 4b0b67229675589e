"""What the Voicebot API remembers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from emulator.domain.errors import UnknownError
from emulator.domain.transcripts import Line
from emulator.kit.records import Collection, TaggedList
from emulator.kit.world import World
from emulator.platforms.exotel.state import part_of
from emulator.platforms.exotel.voicebots.assistants import Assistant, Entries
from emulator.platforms.exotel.voicebots.bots import Bot, BotStatus, Job
from emulator.platforms.exotel.voicebots.conversations import Script, Session
from emulator.platforms.exotel.voicebots.hooks import Hook
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.versions import Version, Versions

ACTIVE, INACTIVE, DELETED = range(3)
"""The tags of bots in their list."""


@dataclass(slots=True)
class VoicebotState:
    """One world's Voicebot API."""

    jobs: Collection[Job] = field(default_factory=lambda: Collection(Job, "bot generation job"))
    bots: Collection[Bot] = field(default_factory=lambda: Collection(Bot, "voicebot"))
    """Those that were deleted too."""
    bot_versions: Versions = field(default_factory=Versions)
    assistants: Collection[Assistant] = field(
        default_factory=lambda: Collection(Assistant, "assistant")
    )
    assistant_versions: Versions = field(default_factory=Versions)
    personas: Entries = field(default_factory=lambda: Entries("persona"))
    specializations: Entries = field(default_factory=lambda: Entries("specialization"))
    sessions: Collection[Session] = field(default_factory=lambda: Collection(Session, "session"))
    scripts: Collection[Script] = field(default_factory=lambda: Collection(Script, "script"))
    listed: TaggedList[Bot] = field(default_factory=TaggedList[Bot])
    """Every bot in the order they were made, tagged by what can be listed of it."""
    by_call: dict[str, Session] = field(default_factory=dict[str, Session])
    by_session: dict[str, Session] = field(default_factory=dict[str, Session])
    conversations: TaggedList[Session] = field(default_factory=TaggedList[Session])
    """The conversations, in the order their calls ended."""

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """All that is remembered, by the names of its tables."""
        yield "jobs", self.jobs
        yield "bots", self.bots
        yield "bot_versions", self.bot_versions
        yield "assistants", self.assistants
        yield "assistant_versions", self.assistant_versions
        yield "personas", self.personas
        yield "specializations", self.specializations
        yield "sessions", self.sessions
        yield "scripts", self.scripts

    def reindex(self) -> None:
        """Make the lists and whatever else follows from the collections anew."""
        for own in (self.bot_versions, self.assistant_versions):
            own.reindex()
        for entries in (self.personas, self.specializations):
            entries.reindex()
        self.listed = TaggedList()
        for bot in self.bots:
            self.listed.append(bot, _tag(bot))
        self.by_call = {session.call_id: session for session in self.sessions}
        self.by_session = {session.session_id: session for session in self.sessions}
        ended = {each.place: each for each in self.sessions if each.place is not None}
        self.conversations = TaggedList()
        self.conversations.extend([ended[place] for place in sorted(ended)], 0)

    def bot(self, bot_id: str) -> Bot:
        """Find a bot, or raise UnknownError."""
        bot = self.bots.get(bot_id)
        if bot.is_deleted:
            raise UnknownError(self.bots.noun, bot_id)
        return bot

    def conversation(self, conversation_id: str) -> Session:
        """Find a conversation that has ended, or raise UnknownError."""
        session = self.sessions.find(conversation_id)
        if session is None or session.place is None:
            raise UnknownError("conversation", conversation_id)
        return session

    def session(self, session_id: str) -> Session:
        """Find a session that was answered, or raise UnknownError."""
        session = self.by_session.get(session_id)
        if session is None or session.planned is None:
            raise UnknownError("session", session_id)
        return session

    def bot_of(self, session: Session) -> Bot:
        """The bot of a session, even if it was deleted since."""
        return self.bots.by_id[session.bot_id]

    def version_of(self, session: Session) -> Version:
        """The bot of a session as it was when the call was answered."""
        return self.bot_versions.of(session.bot_id)[session.version - 1]

    def hook_of(self, session: Session, kind: str) -> Hook | None:
        """Where a webhook goes: as its session was told, else as its bot is configured."""
        return session.overrides.get(kind) or self.bot_of(session).hooks.get(kind)

    def lines_of(self, session: Session) -> tuple[Line, ...]:
        """What is said in a session, if whoever placed the call has said so."""
        script = self.scripts.by_id.get(session.id)
        return () if script is None else script.lines

    def add_bot(self, bot: Bot, config: dict[str, Any]) -> None:
        """Keep a new bot with its first version."""
        self.bot_versions.make(bot.id, bot.created_at, config)
        bot.place = self.listed.append(bot, ACTIVE)
        self.bots.add(bot)

    def set_status(self, bot: Bot, status: BotStatus) -> None:
        """Switch a bot on or off."""
        bot.status = status
        self._list(bot)

    def delete_bot(self, bot: Bot) -> None:
        """Take a bot out of every list; the conversations it had stay."""
        bot.is_deleted = True
        self._list(bot)

    def _list(self, bot: Bot) -> None:
        self.listed.retag(bot.place, _tag(bot))
        self.bots.save(bot)

    def keep(self, session: Session, lines: tuple[Line, ...]) -> None:
        """Remember a call that is being placed, and what is to be said in it."""
        self.sessions.add(session)
        self.by_call[session.call_id] = session
        self.by_session[session.session_id] = session
        if lines:
            self.scripts.add(Script(id=session.id, lines=lines))

    def end(self, session: Session) -> None:
        """Keep the conversation of a call that has just ended."""
        session.place = self.conversations.append(session, 0)
        self.sessions.save(session)


def _tag(bot: Bot) -> int:
    if bot.is_deleted:
        return DELETED
    return ACTIVE if bot.status == "active" else INACTIVE


def state_of(world: World) -> VoicebotState:
    """What the Voicebot API remembers in this world."""
    return part_of(world, VoicebotState)


def new_id(world: World, kind: str) -> str:
    """Name a new thing in the look of the page: ``bot_`` and digits, or a UUID if enveloped."""
    if options_of(world).voicebot_shape == "plain":
        return f"{kind}_{world.ids.hex(f'exotel.{kind}', 16)}"
    return world.ids.uuid(f"exotel.{kind}")
