"""A checked backend: what is known of it by now, and the requests to it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Final

from emulator.domain.callbacks import CallbackResponse
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.book.people import FIRST_NAME, LAST_NAME
from emulator.platforms.voicebooker.bot.conversations import Option, Question
from emulator.platforms.voicebooker.bot.entries import (
    options_in,
    referenced_id,
    start_of,
    start_text,
)
from emulator.platforms.voicebooker.bot.personas import completed_persona, persona_answer
from emulator.platforms.voicebooker.bot.responses import UnusableResponseError, read_json_response
from emulator.platforms.voicebooker.checks.facts import BackendFacts
from emulator.platforms.voicebooker.checks.findings import (
    CheckFailedError,
    CheckRunner,
    CheckSkippedError,
)
from emulator.platforms.voicebooker.schemas.words import Action

UNKNOWN_START: Final = datetime.max.replace(tzinfo=UTC)
UNKNOWN_ID: Final = "no-such-id-0000"
MAX_CHECKED_USERS: Final = 25
"""How many users with the same name are looked at."""


class CheckedBackend:
    """The backend, as the checks know it by now, with the requests that they make."""

    def __init__(self, runner: CheckRunner, facts: BackendFacts) -> None:
        self.runner = runner
        self.probe = runner.probe
        self.facts = facts
        self.zone = zone_of(facts.timezone)

    def entity(self) -> str:
        """Return the id of the business, or raise CheckSkippedError."""
        if self.facts.entity is None:
            raise CheckSkippedError(f"depends on {Action.GET_ENTITY}")
        return self.facts.entity

    def type(self) -> str:
        """Return the id of the appointment type to book, or raise CheckSkippedError."""
        self.entity()
        if self.facts.type is None:
            raise CheckSkippedError(f"depends on {Action.GET_TYPES}")
        return self.facts.type.id

    def product(self) -> str:
        """Return the id of the product to book, or raise CheckSkippedError."""
        self.type()
        if self.facts.product is None:
            raise CheckSkippedError(f"depends on {Action.GET_PRODUCTS}")
        return self.facts.product.id

    def day(self) -> str:
        """Return the first day with free slots, or raise CheckSkippedError."""
        self.product()
        if self.facts.day is None:
            raise CheckSkippedError(f"depends on {Action.GET_SLOTS}")
        return self.facts.day

    def booked(self) -> Option:
        """Return the slot that was booked, or raise CheckSkippedError."""
        if self.facts.booked is None:
            raise CheckSkippedError(f"depends on {Action.BOOK}")
        return self.facts.booked

    def booking(self) -> Option:
        """Return the appointment in that slot, or raise CheckSkippedError."""
        if self.facts.booking is None:
            raise CheckSkippedError(f"depends on {Action.FIND_BOOKING}")
        return self.facts.booking

    def taken(self) -> Option:
        """Return a slot that is not offered any more, or raise CheckSkippedError."""
        self.booked()
        if self.facts.taken is None:
            raise CheckSkippedError(f"depends on {Action.GET_SLOTS}")
        return self.facts.taken

    def now(self) -> datetime:
        """Return the world's time."""
        return self.runner.world.clock.now()

    def local(self, option: Option) -> datetime:
        """Return the start of an option in the zone asked for; the last moment if unknown."""
        start = start_of(option)
        return UNKNOWN_START if start is None else self.aware(start).astimezone(self.zone)

    async def holds(self, who: Mapping[str, str], slot: Option) -> bool:
        """Check whether an appointment at the time of a slot is listed for a person."""
        with suppress(UnusableResponseError):
            for user in (await self.users(who))[:MAX_CHECKED_USERS]:
                listed = await self.bookings(user.id)
                if any(self.local(each) == self.local(slot) for each in listed):
                    return True
        return False

    def aware(self, start: datetime) -> datetime:
        """Return a time with a zone: the one asked for if it has none."""
        return start if start.tzinfo else start.replace(tzinfo=self.zone)

    async def ask_slots(self, day: str, agent: str | None, product: str) -> CallbackResponse:
        """Ask for the slots of a day and return the response."""
        return await self.probe.ask(
            Action.GET_SLOTS,
            appointmentTypeId=self.type(),
            agentId=agent,
            productId=product,
            dateTime=day,
            timezone=self.facts.timezone,
        )

    async def slots(
        self, day: str, *, agent: str | None = None, asked: Question | None = None
    ) -> list[Option]:
        """Return the slots of a day."""
        response = await self.ask_slots(day, agent, self.product())
        return self.options(response, "slot", asked)

    def options(
        self, response: CallbackResponse, kind: str, asked: Question | None
    ) -> list[Option]:
        """Read a list; without ``asked`` its deviations are ignored."""
        if asked is None:
            asked = Question(action=Action.GET_ENTITY, callback_id="", asked_at=self.now())
        return options_in(read_json_response(response, asked), kind, asked)

    async def free(self) -> Option:
        """Return a free slot, from the first day with free slots on."""
        day = date_of(self.day())
        for ahead in range(self.facts.days):
            for slot in await self.slots((day + timedelta(days=ahead)).isoformat()):
                if start_of(slot) is not None and slot.id not in self.facts.used:
                    return slot
        raise CheckSkippedError("there are no more free slots")

    async def offered(self, held: Option) -> Option | None:
        """Return the free slot at the time of a slot or appointment; None if it is not offered."""
        agent = held.raw.get("agentId")
        for slot in await self.slots(self.local(held).date().isoformat()):
            theirs = slot.raw.get("agentId")
            if self.local(slot) == self.local(held) and (
                agent == theirs or agent is None or theirs is None
            ):
                return slot
        return None

    def booking_of(self, slot: Option, who: Mapping[str, str]) -> bytes:
        """Return the body that books a slot for a person."""
        if self.facts.info is None:
            raise CheckSkippedError(f"depends on {Action.GET_REQUIRED_INFO}")
        given = completed_persona(self.facts.persona, who)
        people = {
            side: {
                name: known for name in names if (known := persona_answer(given, name)) is not None
            }
            for side, names in self.facts.info.items()
        }
        self.facts.used.add(slot.id)
        self.facts.starts.add(self.local(slot))
        return self.probe.body(
            Action.BOOK,
            appointmentTypeId=self.type(),
            productId=self.product(),
            slotId=slot.id,
            start=start_text(slot),
            **people,
        )

    def lacking(self) -> list[str]:
        """Return the fields that a booking requires and the caller does not know."""
        names = chain(*(self.facts.info or {}).values())
        return [
            name
            for name in dict.fromkeys(names)
            if persona_answer(self.facts.persona, name) is None
        ]

    async def book(self, slot: Option, who: Mapping[str, str]) -> CallbackResponse:
        """Book a slot for a person."""
        (response,) = await self.probe.send(self.booking_of(slot, who), event=Action.BOOK)
        return response

    async def modify(self, booking: Option, slot: Option) -> CallbackResponse:
        """Move an appointment to a slot."""
        self.facts.used.add(slot.id)
        self.facts.starts.add(self.local(slot))
        return await self.probe.ask(
            Action.MODIFY,
            bookingId=booking.id,
            slotIdOld=referenced_id(booking, "slot"),
            slotIdNew=slot.id,
            start=start_text(slot),
        )

    async def cancel(self, booking: Option) -> CallbackResponse:
        """Cancel an appointment."""
        return await self.probe.ask(
            Action.CANCEL,
            bookingId=booking.id,
            slotId=referenced_id(booking, "slot"),
            start=start_text(booking),
        )

    async def users(self, who: Mapping[str, str], asked: Question | None = None) -> list[Option]:
        """Return the users with a person's name."""
        names = {name: persona_answer(who, name) or "" for name in (FIRST_NAME, LAST_NAME)}
        response = await self.probe.ask(Action.FIND_USER, participant=names)
        return self.options(response, "user", asked)

    async def bookings(self, user_id: str, asked: Question | None = None) -> list[Option]:
        """Return the appointments of a user."""
        response = await self.probe.ask(Action.FIND_BOOKING, id=user_id)
        return self.options(response, "booking", asked)


def date_of(day: str) -> date:
    """Parse a day."""
    return date.fromisoformat(day)


def short_list(options: Sequence[Option]) -> str:
    """Return the names of the first five."""
    return ", ".join(option.name for option in options[:5]) or "none"


def check_starts(options: Sequence[Option], asked: Question) -> None:
    """Raise CheckFailedError unless each has a start that is a time."""
    for option in options:
        if start_text(option) is None or start_of(option) is None:
            raise CheckFailedError(f"{option.id} has no start that is a time: {start_text(option)}")
        start_of(option, asked)
