"""A conversation in progress: who says what, for how long, and what the bot asks next."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NoReturn

from emulator.domain.actions import Wake
from emulator.domain.calls import Call
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Speaker, span
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.bot.conversations import (
    Conversation,
    ConversationOutcome,
    Option,
    SpokenTurn,
)
from emulator.platforms.voicebooker.bot.phrasebooks import PHRASEBOOKS
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.bot.steps import NEXT_STEP
from emulator.platforms.voicebooker.options import options_of
from emulator.platforms.voicebooker.schemas.words import Action

ENTITY_ACTIONS: Final = frozenset(
    {
        Action.GET_ENTITY,
        Action.GET_NAME,
        Action.GET_TYPES,
        Action.GET_TYPES_WITH_PRODUCTS,
        Action.GET_AGENTS,
        Action.GET_PRODUCTS,
    }
)
"""The actions for which the page says whether ``entityId`` is sent."""


class ConversationOverError(Exception):
    """The conversation is over; the call ends after the last turn."""


class Talk:
    """A conversation in progress: turns are added to it and questions asked."""

    def __init__(self, world: World, conversation: Conversation, call: Call) -> None:
        self.world = world
        self.conversation = conversation
        self.zone = zone_of(conversation.timezone)
        self.phrases = PHRASEBOOKS[conversation.language]
        self._answered = ticks(call.answered_at or world.clock.now())
        # the bot speaks when the response has arrived and the last turn is over
        passed = ticks(world.clock.now()) - self._answered
        self.conversation.cursor = max(self.conversation.cursor, passed)

    @property
    def now(self) -> datetime:
        """Return the time at the end of the last turn (UTC)."""
        return moment(self._answered + self.conversation.cursor).astimezone(UTC)

    def draw(self, purpose: str) -> int:
        """Draw a number, always the same for this call and purpose."""
        return self.world.ids.draw(f"voicebooker.{purpose}", self.conversation.id)

    def bot(self, phrase: Phrase, **values: str) -> None:
        """Add a turn of the bot."""
        self._say(Speaker.BOT, self.phrases.say(phrase, **values))

    def caller(self, phrase: Phrase, **values: str) -> None:
        """Add a turn of the caller; ConversationOverError if the caller hangs up or is silent."""
        self.conversation.replies += 1
        if self.conversation.is_silent:
            self.bot(Phrase.STILL_THERE)
            self.bot(Phrase.CANNOT_HEAR)
            self._hang_up()
        if self.conversation.replies == self.conversation.hangs_up_at:
            self._hang_up()
        self._say(Speaker.PERSON, self.phrases.say(phrase, **values))

    def _say(self, speaker: Speaker, text: str) -> None:
        stop = self.conversation.cursor + span(text)
        self.conversation.turns.append(
            SpokenTurn(speaker=speaker, text=text, start=self.conversation.cursor, stop=stop)
        )
        self.conversation.cursor = stop

    def ask(self, action: Action, **fields: Any) -> None:
        """Ask the webhook after the last turn."""
        if options_of(self.world).entity_id_everywhere and action not in ENTITY_ACTIONS:
            fields = {"entityId": self.conversation.entity_id} | fields
        self.conversation.next_action, self.conversation.next_fields = action, fields
        self._schedule_next()

    def call_function(self, function: dict[str, Any]) -> None:
        """Call a function of the bot after the last turn, as it is set up now."""
        self.conversation.calls_function = True
        self.conversation.next_fields = function
        self._schedule_next()

    def end(self, outcome: ConversationOutcome, phrase: Phrase, **values: str) -> NoReturn:
        """End the call after this turn of the bot."""
        self.conversation.outcome = outcome
        self.bot(phrase, **values)
        if not self.conversation.is_silent and self.conversation.replies:
            self._say(Speaker.PERSON, self.phrases.say(Phrase.THANKS))
        self._hang_up()

    def _hang_up(self) -> NoReturn:
        self.conversation.next_action = None
        self._schedule_next()
        raise ConversationOverError

    def _schedule_next(self) -> None:
        due = max(self.now, self.world.clock.now())
        self.world.timeline.schedule(due, Wake("voicebooker", NEXT_STEP, self.conversation.id))

    def day_named(self, day: str) -> str:
        """Return a day in words: ``Monday 5 January``."""
        return self.phrases.name_day(date.fromisoformat(day))

    def names_listed(self, options: Sequence[Option]) -> str:
        """Return the names of options as a spoken list: ``a, b or c``."""
        return self.phrases.name_list([option.name for option in options])

    def time_named(self, start: datetime | None, otherwise: str | None) -> str:
        """Return a time in words, in the bot's time zone."""
        if start is None:
            if otherwise:
                return self.phrases.say(Phrase.AT_TEXT, text=otherwise)
            return self.phrases.say(Phrase.AT_UNKNOWN)
        local = self.local(start)
        day = self.day_named(local.date().isoformat())
        return self.phrases.say(Phrase.AT_TIME, day=day, time=f"{local:%H:%M}")

    def local(self, start: datetime) -> datetime:
        """Return a time in the bot's time zone; a time without an offset stays as it is."""
        return start if start.tzinfo is None else start.astimezone(self.zone)

    def is_ahead(self, start: datetime) -> bool:
        """Check whether a time is in the future."""
        return self.aware(start) > self.now

    def aware(self, start: datetime) -> datetime:
        """Return a time with a zone: the bot's if it has none."""
        return start if start.tzinfo else start.replace(tzinfo=self.zone)

    def today(self) -> date:
        """Return today's date in the bot's time zone."""
        return self.now.astimezone(self.zone).date()

    def day_after(self, day: str) -> str:
        """Return the next day."""
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
