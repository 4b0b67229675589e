"""What the Voicebot API remembers: bots, assistants, and the sessions of its calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from emulator.domain.errors import UnknownError
from emulator.domain.transcripts import Line
from emulator.kit.chapters import chapter_state
from emulator.kit.records import Collection, SortedIndex
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import AccountLists
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.records.assistants import Assistant, Profiles
from emulator.platforms.exotel.voicebots.records.bots import BotStatus, GenerationJob, Voicebot
from emulator.platforms.exotel.voicebots.records.endpoints import WebhookEndpoint
from emulator.platforms.exotel.voicebots.records.references import check_references
from emulator.platforms.exotel.voicebots.records.sessions import (
    Script,
    Session,
    SpokenReplies,
    SpokenReply,
)
from emulator.platforms.exotel.voicebots.records.versions import Version, Versions

ACTIVE, INACTIVE, DELETED = range(3)
"""The tags of bots in their list."""
FORMER_FIELDS: Final = frozenset({"account_id"})
"""In format 1 a session had an account and its bot had none: all were the world's own."""


@dataclass(slots=True)
class VoicebotState:
    """What one world's Voicebot API remembers.

    Where a method takes an account, it finds only what is that account's.
    """

    jobs: Collection[GenerationJob] = field(
        default_factory=lambda: Collection(GenerationJob, "bot generation job")
    )
    bots: Collection[Voicebot] = field(default_factory=lambda: Collection(Voicebot, "voicebot"))
    """Also those that were deleted."""
    bot_versions: Versions = field(default_factory=Versions)
    assistants: Collection[Assistant] = field(
        default_factory=lambda: Collection(Assistant, "assistant")
    )
    assistant_versions: Versions = field(default_factory=Versions)
    personas: Profiles = field(default_factory=lambda: Profiles("persona"))
    specializations: Profiles = field(default_factory=lambda: Profiles("specialization"))
    sessions: Collection[Session] = field(
        default_factory=lambda: Collection(Session, "session", former=FORMER_FIELDS)
    )
    scripts: Collection[Script] = field(default_factory=lambda: Collection(Script, "script"))
    replies: Collection[SpokenReplies] = field(
        default_factory=lambda: Collection(SpokenReplies, "reply")
    )
    listed: AccountLists[Voicebot] = field(default_factory=AccountLists[Voicebot])
    """All bots in the order they were created, tagged by whether they are listed."""
    dated: dict[str, SortedIndex[str]] = field(default_factory=dict)
    """The ids of an account's bots by the date of the version that is shown, tagged alike."""
    by_call: dict[str, Session] = field(default_factory=dict)
    by_session: dict[str, Session] = field(default_factory=dict)
    conversations: AccountLists[Session] = field(default_factory=AccountLists[Session])
    """The conversations, in the order their calls ended."""

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """Return the collections by the names of their tables."""
        yield "jobs", self.jobs
        yield "bots", self.bots
        yield "bot_versions", self.bot_versions
        yield "assistants", self.assistants
        yield "assistant_versions", self.assistant_versions
        yield "personas", self.personas
        yield "specializations", self.specializations
        yield "sessions", self.sessions
        yield "scripts", self.scripts
        yield "replies", self.replies

    def check(self, world: World) -> None:
        """Refuse the records of a file that contradict each other."""
        check_references(self, world)

    def reindex(self) -> None:
        """Rebuild the lists and indexes."""
        for versions in (self.bot_versions, self.assistant_versions):
            versions.reindex()
        for profiles in (self.personas, self.specializations):
            profiles.reindex()
        self.listed, self.dated = AccountLists(), {}
        for bot in self.bots:
            bot.place = self.listed.append(bot.account, bot, _tag(bot))
            self.date(bot)
        self.by_call = {session.call_id: session for session in self.sessions}
        self.by_session = {session.session_id: session for session in self.sessions}
        ended = [each for each in self.sessions if each.place is not None]
        self.conversations = AccountLists()
        for session in sorted(ended, key=lambda each: (each.ended_at, each.place)):
            session.place = self.conversations.append(session.account, session, 0)

    def job(self, account: str, job_id: str) -> GenerationJob:
        """Return a job, or raise UnknownError."""
        job = self.jobs.get(job_id)
        if job.account != account:
            raise UnknownError(self.jobs.noun, job_id)
        return job

    def bot(self, bot_id: str, account: str | None = None) -> Voicebot:
        """Return a bot, of any account without one, or raise UnknownError."""
        bot = self.bots.get(bot_id)
        if bot.is_deleted or account not in (None, bot.account):
            raise UnknownError(self.bots.noun, bot_id)
        return bot

    def assistant(self, account: str, assistant_id: str) -> Assistant:
        """Return an assistant, or raise UnknownError."""
        assistant = self.assistants.get(assistant_id)
        if assistant.account != account:
            raise UnknownError(self.assistants.noun, assistant_id)
        return assistant

    def conversation(self, account: str, conversation_id: str) -> Session:
        """Return a conversation that has ended, or raise UnknownError."""
        session = self.sessions.find(conversation_id)
        if session is None or session.place is None or session.account != account:
            raise UnknownError("conversation", conversation_id)
        return session

    def session(self, account: str, session_id: str) -> Session:
        """Return a session that was answered, or raise UnknownError."""
        session = self.by_session.get(session_id)
        if session is None or session.planned is None or session.account != account:
            raise UnknownError("session", session_id)
        return session

    def bot_of(self, session: Session) -> Voicebot:
        """Return the bot of a session, also after it was deleted."""
        return self.bots.by_id[session.bot_id]

    def version_of(self, session: Session) -> Version:
        """Return the version of the bot that answered."""
        return self.bot_versions.of(session.bot_id)[session.version - 1]

    def endpoint_of(self, session: Session, kind: str) -> WebhookEndpoint | None:
        """Return the endpoint of a webhook: the session's own, or else the bot's."""
        return session.overrides.get(kind) or self.bot_of(session).hooks.get(kind)

    def lines_of(self, session: Session) -> tuple[Line, ...]:
        """Return the lines that the call was placed with; none if they are to be made up."""
        script = self.scripts.by_id.get(session.id)
        return () if script is None else script.lines

    def replies_of(self, session: Session) -> Sequence[SpokenReply]:
        """Return what the bot says besides its dialogue, in the order it came up."""
        found = self.replies.by_id.get(session.id)
        return () if found is None else found.replies

    def add_reply(self, session: Session, reply: SpokenReply) -> None:
        """Have the bot of a session say something besides its dialogue."""
        found = self.replies.find(session.id) or SpokenReplies(id=session.id, replies=[])
        found.replies.append(reply)
        self.replies.add(found)

    def add_bot(self, bot: Voicebot, config: dict[str, Any]) -> None:
        """Add a bot with its first version."""
        self.bot_versions.create(bot.id, bot.created_at, config)
        bot.place = self.listed.append(bot.account, bot, ACTIVE)
        self.bots.add(bot)
        self.date(bot)

    def date(self, bot: Voicebot) -> None:
        """Sort a bot in by the date of its shown version, after that or its status has changed."""
        if (dated := self.dated.get(bot.account)) is None:
            dated = self.dated[bot.account] = self._new_dated()
        dated.put(bot.id)

    def _new_dated(self) -> SortedIndex[str]:
        latest, bots = self.bot_versions.latest, self.bots.by_id
        return SortedIndex(
            lambda bot_id: latest(bot_id).created_at, lambda bot_id: _tag(bots[bot_id])
        )

    def set_status(self, bot: Voicebot, status: BotStatus) -> None:
        """Activate or deactivate a bot."""
        bot.status = status
        self._list(bot)

    def delete_bot(self, bot: Voicebot) -> None:
        """Remove a bot from every list; its conversations stay."""
        bot.is_deleted = True
        self._list(bot)

    def _list(self, bot: Voicebot) -> None:
        self.listed.of(bot.account).retag(bot.place, _tag(bot))
        self.date(bot)
        self.bots.save(bot)

    def add_session(self, session: Session, lines: tuple[Line, ...]) -> None:
        """Add the session of a call that is being placed, and the lines it was placed with."""
        self.sessions.add(session)
        self.by_call[session.call_id] = session
        self.by_session[session.session_id] = session
        if lines:
            self.scripts.add(Script(id=session.id, lines=lines))

    def add_conversation(self, session: Session) -> None:
        """Add the conversation of a session whose call has ended."""
        session.place = self.conversations.append(session.account, session, 0)
        self.sessions.save(session)


def _tag(bot: Voicebot) -> int:
    if bot.is_deleted:
        return DELETED
    return ACTIVE if bot.status == "active" else INACTIVE


def new_state(world: World) -> VoicebotState:  # noqa: ARG001  # every world starts alike
    """Return the state of a new world, which has no bots."""
    return VoicebotState()


def state_of(world: World) -> VoicebotState:
    """Return what the Voicebot API remembers in this world."""
    return chapter_state(world, "exotel", VoicebotState)


def new_id(world: World, kind: str) -> str:
    """Return a new id as the page shows it: ``bot_`` and digits, or a UUID if enveloped."""
    if options_of(world).voicebot_shape == "plain":
        return f"{kind}_{world.ids.hex(f'exotel.{kind}', 16)}"
    return world.ids.uuid(f"exotel.{kind}")
