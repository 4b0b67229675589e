"""A conversation under way: who says what and for how long, and what the bot asks next."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NoReturn

from emulator.domain.actions import Wake
from emulator.domain.callbacks import Callback
from emulator.domain.calls import COMPLETED, IN_PROGRESS, Call
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Speaker, span
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.voicebooker.auth import HEADER, own_credentials
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.bot.conversations import Conversation, Outcome, Question, Said
from emulator.platforms.voicebooker.options import options_of
from emulator.platforms.voicebooker.schemas import Action
from emulator.platforms.voicebooker.state import state_of

NEXT: Final = "next"
HANG_UP: Final = "hang_up"
ARE_YOU_THERE: Final = ("Are you still there?", "I am sorry, I cannot hear you.")
LISTED_WITH_ENTITY: Final = frozenset(
    {
        Action.GET_ENTITY,
        Action.GET_NAME,
        Action.GET_TYPES,
        Action.GET_TYPES_WITH_PRODUCTS,
        Action.GET_AGENTS,
        Action.GET_PRODUCTS,
    }
)
"""The actions for which the page settles whether ``entityId`` is sent."""


class OverError(Exception):
    """There is nothing more to say: somebody hangs up once all is said."""


class Talk:
    """Says things and asks for things in one conversation."""

    def __init__(self, world: World, conversation: Conversation, call: Call) -> None:
        self.world = world
        self.it = conversation
        self.call = call
        self.zone = zone_of(conversation.timezone)
        self._answered = ticks(call.answered_at or world.clock.now())
        # the bot speaks when the answer is there, and never before the last turn is over
        passed = ticks(world.clock.now()) - self._answered
        self.it.cursor = max(self.it.cursor, passed)

    @property
    def now(self) -> datetime:
        """The time it will be when all is said (UTC)."""
        return moment(self._answered + self.it.cursor).astimezone(UTC)

    def draw(self, purpose: str) -> int:
        """Draw a number; the same for this call and purpose."""
        return self.world.ids.draw(f"voicebooker.{purpose}", self.it.id)

    def bot(self, text: str) -> None:
        """Have the bot say this."""
        self._say(Speaker.BOT, text)

    def caller(self, text: str) -> None:
        """Have the caller say this; OverError if the caller hangs up instead, or never speaks."""
        self.it.replies += 1
        if self.it.is_silent:
            for prompt in ARE_YOU_THERE:
                self.bot(prompt)
            self._hang_up()
        if self.it.replies == self.it.hangs_up_at:
            self._hang_up()
        self._say(Speaker.PERSON, text)

    def _say(self, speaker: Speaker, text: str) -> None:
        stop = self.it.cursor + span(text)
        self.it.turns.append(Said(speaker=speaker, text=text, start=self.it.cursor, stop=stop))
        self.it.cursor = stop

    def ask(self, action: Action, **fields: Any) -> None:
        """Ask the webhook for something as soon as all is said."""
        if options_of(self.world).entity_id_everywhere and action not in LISTED_WITH_ENTITY:
            fields = {"entityId": self.it.entity_id} | fields
        self.it.next_action, self.it.next_fields = action, fields
        self._wait()

    def end(self, outcome: Outcome, text: str) -> NoReturn:
        """Part: the bot ends the call when all is said."""
        self.it.outcome = outcome
        self.bot(text)
        if not self.it.is_silent and self.it.replies:
            self._say(Speaker.PERSON, "Thank you. Goodbye.")
        self._hang_up()

    def _hang_up(self) -> NoReturn:
        self.it.next_action = None
        self._wait()
        raise OverError

    def _wait(self) -> None:
        due = max(self.now, self.world.clock.now())
        self.world.timeline.schedule(due, Wake("voicebooker", NEXT, self.it.id))

    def day_named(self, day: str) -> str:
        """Name a day as people do: ``Monday 5 January``."""
        named = date.fromisoformat(day)
        return f"{named:%A} {named.day} {named:%B}"

    def time_named(self, start: datetime | None, otherwise: str | None) -> str:
        """Name a time as people do, in the bot's time zone."""
        if start is None:
            return f"at {otherwise or 'a time I do not know'}"
        local = self.local(start)
        return f"on {self.day_named(local.date().isoformat())} at {local:%H:%M}"

    def local(self, start: datetime) -> datetime:
        """A time as the clock shows it in the bot's time zone; as it is without an offset."""
        return start if start.tzinfo is None else start.astimezone(self.zone)

    def is_ahead(self, start: datetime) -> bool:
        """Whether a time has not passed yet."""
        return self.aware(start) > self.now

    def aware(self, start: datetime) -> datetime:
        """A time with its zone: the bot's if it has none."""
        return start if start.tzinfo else start.replace(tzinfo=self.zone)

    def today(self) -> date:
        """The day it is in the bot's time zone."""
        return self.now.astimezone(self.zone).date()

    def day_after(self, day: str) -> str:
        """The next day."""
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def go_on(world: World, call_id: str) -> None:
    """All is said: send what the bot asks, or end the call."""
    conversation = state_of(world).conversations.get(call_id)
    call = world.calls.get(call_id)
    if call.status is not IN_PROGRESS:
        return
    if conversation.next_action is None:
        hang_up(world, call_id)
    else:
        world.courier.enqueue(question(world, conversation, conversation.next_action))


def question(world: World, conversation: Conversation, action: Action) -> Callback:
    """The request that is next, noted in the conversation; nothing repeats it."""
    url, headers = endpoint_of(world, conversation)
    callback = Callback(
        id=world.ids.uuid("voicebooker.callback"),
        platform="voicebooker",
        event=action,
        url=url,
        content=to_json({"action": action, **conversation.next_fields}),
        content_type="application/json",
        headers=headers,
        call_id=conversation.id,
        on_response=action,
    )
    conversation.questions.append(
        Question(action=action, callback_id=callback.id, asked_at=world.clock.now())
    )
    state_of(world).conversations.save(conversation)
    return callback


def endpoint_of(
    world: World, conversation: Conversation
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Where the requests of a conversation go, and the headers that go along."""
    if conversation.webhook_url is not None:
        return conversation.webhook_url, tuple(conversation.headers)
    token = own_credentials(world)["token"]
    return f"{world.server.base_url}/voicebooker/webhook", ((HEADER, token),)


def hang_up(world: World, call_id: str) -> None:
    """End the call, unless it has ended before: all is said, or the caller has had enough."""
    if world.calls.get(call_id).status is IN_PROGRESS:
        outcome = state_of(world).conversations.get(call_id).outcome or Outcome.HUNG_UP
        world.engine.move(call_id, COMPLETED, outcome=outcome)
