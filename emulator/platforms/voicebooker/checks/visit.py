"""What is known of a backend by now, and how to ask it for the next thing."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Final

from emulator.domain.callbacks import CallbackResponse
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.book.people import FIRST_NAME, LAST_NAME
from emulator.platforms.voicebooker.bot.conversations import Option, Question
from emulator.platforms.voicebooker.bot.personas import completed, told
from emulator.platforms.voicebooker.bot.reading import (
    UnusableError,
    options_in,
    read_answer,
    reference,
    start_of,
    start_text,
)
from emulator.platforms.voicebooker.checks.findings import Checks, NeedsError, WrongError
from emulator.platforms.voicebooker.schemas import Action

PERSONA: Final = {
    "firstname": "Vera",
    "lastname": "Testfall",
    "dateOfBirth": "1985-04-12",
    "phone": "+493515550111",
    "email": "vera.testfall@example.com",
    "street": "Hauptstraße 12",
    "zip": "01067",
    "city": "Dresden",
    "address": "Hauptstraße 12, 01067 Dresden",
}
"""Who books, unless somebody else is given."""

SECOND: Final = {
    "firstname": "Viktor",
    "lastname": "Zweitfall",
    "dateOfBirth": "1979-09-30",
    "phone": "+493515550112",
    "email": "viktor.zweitfall@example.com",
}
"""Who wants a slot that is taken."""

THIRD: Final = {
    "firstname": "Dora",
    "lastname": "Drittfall",
    "dateOfBirth": "1992-01-17",
    "phone": "+493515550113",
    "email": "dora.drittfall@example.com",
}
"""Who wants a slot at the same time as the second."""

NOBODY: Final = {"firstname": "Quirinalda", "lastname": "Xantippowski"}
NEVER: Final = datetime.max.replace(tzinfo=UTC)
UNKNOWN: Final = "no-such-id-0000"
MOST_USERS: Final = 25
"""Users of one name that are looked at."""


@dataclass(slots=True, kw_only=True)
class Backend:
    """What has been found out about a backend so far."""

    sip_id: str
    timezone: str
    persona: dict[str, str]
    days: int
    entity: str | None = None
    types: list[Option] = field(default_factory=list[Option])
    type: Option | None = None
    agents: list[Option] = field(default_factory=list[Option])
    product: Option | None = None
    day: str | None = None
    info: dict[str, list[str]] | None = None
    booked: Option | None = None
    """The slot that the first booking took."""
    users: list[Option] = field(default_factory=list[Option])
    """Who goes by the name of who has booked."""
    booking: Option | None = None
    user_id: str | None = None
    taken: Option | None = None
    """A slot that is booked and no longer offered; None where a slot may take several."""
    agreed: str | None = None
    """When the appointment starts that the bot has booked or moved, as the backend writes it."""
    hooks: set[str] = field(default_factory=set[str])
    """What the bot can rely on."""
    used: set[str] = field(default_factory=set[str])
    """The slots that were booked here, by id, and when they start."""
    starts: set[datetime] = field(default_factory=set[datetime])


class Visit:
    """One round of checks: what is known of the backend by now, and how to ask it for things."""

    def __init__(self, checks: Checks, backend: Backend) -> None:
        self.checks = checks
        self.probe = checks.probe
        self.it = backend
        self.zone = zone_of(backend.timezone)

    def entity(self) -> str:
        """The business, or NeedsError."""
        if self.it.entity is None:
            raise NeedsError(f"see {Action.GET_ENTITY}")
        return self.it.entity

    def type(self) -> str:
        """The type to book, or NeedsError."""
        self.entity()
        if self.it.type is None:
            raise NeedsError(f"see {Action.GET_TYPES}")
        return self.it.type.id

    def product(self) -> str:
        """The product to book, or NeedsError."""
        self.type()
        if self.it.product is None:
            raise NeedsError(f"see {Action.GET_PRODUCTS}")
        return self.it.product.id

    def day(self) -> str:
        """The first day that had free slots, or NeedsError."""
        self.product()
        if self.it.day is None:
            raise NeedsError(f"see {Action.GET_SLOTS}")
        return self.it.day

    def booked(self) -> Option:
        """The slot that was booked, or NeedsError."""
        if self.it.booked is None:
            raise NeedsError(f"see {Action.BOOK}")
        return self.it.booked

    def booking(self) -> Option:
        """The appointment in it, or NeedsError."""
        if self.it.booking is None:
            raise NeedsError(f"see {Action.FIND_BOOKING}")
        return self.it.booking

    def taken(self) -> Option:
        """A slot that is booked and no longer offered, or NeedsError."""
        self.booked()
        if self.it.taken is None:
            raise NeedsError(f"see {Action.GET_SLOTS}")
        return self.it.taken

    def now(self) -> datetime:
        """The world's time."""
        return self.checks.world.clock.now()

    def local(self, option: Option) -> datetime:
        """When a slot or an appointment starts, in the zone asked for; if unknown, in the end."""
        start = start_of(option)
        return NEVER if start is None else self.aware(start).astimezone(self.zone)

    async def holds(self, who: Mapping[str, str], slot: Option) -> bool:
        """Whether an appointment at this time is listed for somebody."""
        with suppress(UnusableError):
            for user in (await self.users(who))[:MOST_USERS]:
                listed = await self.bookings(user.id)
                if any(self.local(each) == self.local(slot) for each in listed):
                    return True
        return False

    def aware(self, start: datetime) -> datetime:
        """A time with its zone: the one asked for if it has none."""
        return start if start.tzinfo else start.replace(tzinfo=self.zone)

    async def ask_slots(self, day: str, agent: str | None, product: str) -> CallbackResponse:
        """Ask for the slots of a day."""
        return await self.probe.ask(
            Action.GET_SLOTS,
            appointmentTypeId=self.type(),
            agentId=agent,
            productId=product,
            dateTime=day,
            timezone=self.it.timezone,
        )

    async def slots(
        self, day: str, *, agent: str | None = None, asked: Question | None = None
    ) -> list[Option]:
        """The slots of a day."""
        answer = await self.ask_slots(day, agent, self.product())
        return self.options(answer, "slot", asked)

    def options(self, answer: CallbackResponse, kind: str, asked: Question | None) -> list[Option]:
        """Read a list; deviations are of no account where nobody asks for them."""
        if asked is None:
            asked = Question(action=Action.GET_ENTITY, callback_id="", asked_at=self.now())
        return options_in(read_answer(answer, asked), kind, asked)

    async def free(self) -> Option:
        """A slot that is free now, from the day on that had some."""
        day = date_of(self.day())
        for ahead in range(self.it.days):
            for slot in await self.slots((day + timedelta(days=ahead)).isoformat()):
                if start_of(slot) is not None and slot.id not in self.it.used:
                    return slot
        raise NeedsError("there are no more free slots")

    async def offered(self, held: Option) -> Option | None:
        """The free slot that a slot or an appointment was in; None if it is not offered."""
        agent = held.raw.get("agentId")
        for slot in await self.slots(self.local(held).date().isoformat()):
            theirs = slot.raw.get("agentId")
            if self.local(slot) == self.local(held) and (
                agent == theirs or agent is None or theirs is None
            ):
                return slot
        return None

    def booking_of(self, slot: Option, who: Mapping[str, str]) -> bytes:
        """The request that books a slot for somebody."""
        if self.it.info is None:
            raise NeedsError(f"see {Action.GET_REQUIRED_INFO}")
        given = completed(self.it.persona, who)
        people = {
            side: {name: said for name in names if (said := told(given, name)) is not None}
            for side, names in self.it.info.items()
        }
        self.it.used.add(slot.id)
        self.it.starts.add(self.local(slot))
        return self.probe.body(
            Action.BOOK,
            appointmentTypeId=self.type(),
            productId=self.product(),
            slotId=slot.id,
            start=start_text(slot),
            **people,
        )

    def lacking(self) -> list[str]:
        """What a booking wants to know and the caller cannot tell."""
        names = chain(*(self.it.info or {}).values())
        return [name for name in dict.fromkeys(names) if told(self.it.persona, name) is None]

    async def book(self, slot: Option, who: Mapping[str, str]) -> CallbackResponse:
        """Book a slot for somebody."""
        (answer,) = await self.probe.send(self.booking_of(slot, who), event=Action.BOOK)
        return answer

    async def modify(self, booking: Option, slot: Option) -> CallbackResponse:
        """Move an appointment to a slot."""
        self.it.used.add(slot.id)
        self.it.starts.add(self.local(slot))
        return await self.probe.ask(
            Action.MODIFY,
            bookingId=booking.id,
            slotIdOld=reference(booking, "slot"),
            slotIdNew=slot.id,
            start=start_text(slot),
        )

    async def cancel(self, booking: Option) -> CallbackResponse:
        """Cancel an appointment."""
        return await self.probe.ask(
            Action.CANCEL,
            bookingId=booking.id,
            slotId=reference(booking, "slot"),
            start=start_text(booking),
        )

    async def users(self, who: Mapping[str, str], asked: Question | None = None) -> list[Option]:
        """Who goes by this name."""
        names = {name: told(who, name) or "" for name in (FIRST_NAME, LAST_NAME)}
        answer = await self.probe.ask(Action.FIND_USER, participant=names)
        return self.options(answer, "user", asked)

    async def bookings(self, user_id: str, asked: Question | None = None) -> list[Option]:
        """The appointments of a user."""
        answer = await self.probe.ask(Action.FIND_BOOKING, id=user_id)
        return self.options(answer, "booking", asked)


def date_of(day: str) -> date:
    """Read a day."""
    return date.fromisoformat(day)


def listing(options: Sequence[Option]) -> str:
    """Name some of them."""
    return ", ".join(option.name for option in options[:5]) or "none"


def check_starts(options: Sequence[Option], asked: Question) -> None:
    """Each has a start that is a time, or WrongError."""
    for option in options:
        if start_text(option) is None or start_of(option) is None:
            raise WrongError(f"{option.id} has no start that is a time: {start_text(option)}")
        start_of(option, asked)
