"""What is known of a backend by now, and how to ask it for the next thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from emulator.domain.callbacks import Answer
from emulator.kit.json import to_json
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.bot.callers import told
from emulator.platforms.voicebooker.bot.conversations import Option, Question
from emulator.platforms.voicebooker.bot.reading import (
    UnusableError,
    options_in,
    read_answer,
    reference,
    start_of,
    start_text,
)
from emulator.platforms.voicebooker.checks.findings import (
    Checks,
    NeedsError,
    WrongError,
)
from emulator.platforms.voicebooker.checks.report import Verdict
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
UNKNOWN: Final = "no-such-id-0000"
MOST_USERS: Final = 5


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
    booking: Option | None = None
    user_id: str | None = None
    takes_one: bool = False
    """A slot is no longer offered once it is booked."""
    starts: set[datetime] = field(default_factory=set[datetime])
    """When the appointments start that were made here."""


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

    def taken(self, *, even_if_doubled: bool = False) -> Option:
        """The booked slot, if a slot is for one alone."""
        slot = self.booked()
        if not self.it.takes_one:
            raise NeedsError("a slot may take several here")
        if even_if_doubled and self.last_failed("a booked slot is not booked again"):
            raise NeedsError("somebody else has the slot too")
        return slot

    def last_failed(self, check: str) -> bool:
        """Whether the check of this name has failed."""
        return any(
            each.check == check and each.verdict is Verdict.FAIL
            for each in self.checks.report.findings
        )

    def now(self) -> datetime:
        """The world's time."""
        return self.checks.world.clock.now()

    def local(self, option: Option) -> datetime:
        """When a slot or an appointment starts; the end of time if nobody can tell."""
        start = start_of(option)
        return self.aware(start) if start is not None else datetime.max.replace(tzinfo=UTC)

    def aware(self, start: datetime) -> datetime:
        """A time with its zone: the one asked for if it has none."""
        return start if start.tzinfo else start.replace(tzinfo=self.zone)

    async def ask_slots(self, day: str, agent: str | None, product: str) -> Answer:
        """Ask for the slots of a day."""
        return await self.probe.ask(
            Action.GET_SLOTS,
            **self.probe.with_entity(self.it.entity),
            appointmentTypeId=self.type(),
            agentId=agent,
            productId=product,
            dateTime=day,
            timezone=self.it.timezone,
        )

    async def slots(self, asked: Question, day: str, *, agent: str | None = None) -> list[Option]:
        """The slots of a day."""
        answer = await self.ask_slots(day, agent, self.product())
        return options_in(read_answer(answer, asked), "slot", asked)

    async def free(self, asked: Question, count: int) -> list[Option]:
        """So many slots that are free now, from the day on that had some."""
        day = date_of(self.day())
        for ahead in range(self.it.days):
            found = await self.slots(asked, (day + timedelta(days=ahead)).isoformat())
            usable = [slot for slot in found if start_of(slot) is not None]
            if len(usable) >= count:
                return usable[:count]
        raise NeedsError("there are no more free slots")

    async def is_offered(self, asked: Question, slot: Option) -> bool:
        """Whether a slot is among those of its day."""
        found = await self.slots(asked, self.local(slot).date().isoformat())
        return any(
            each.id == slot.id
            or (self.local(each) == self.local(slot) and _agent(each) == _agent(slot))
            for each in found
        )

    def booking_of(self, slot: Option, who: Mapping[str, str]) -> dict[str, Any]:
        """The request that books a slot for somebody."""
        if self.it.info is None:
            raise NeedsError(f"see {Action.GET_REQUIRED_INFO}")
        given = {**PERSONA, **self.it.persona, **who}
        people = {
            side: {name: said for name in names if (said := told(given, name)) is not None}
            for side, names in self.it.info.items()
        }
        return {
            "action": Action.BOOK,
            **self.probe.with_entity(self.it.entity),
            "appointmentTypeId": self.type(),
            "productId": self.product(),
            "slotId": slot.id,
            "start": start_text(slot),
            **people,
        }

    async def book(self, slot: Option, who: Mapping[str, str]) -> Answer:
        """Book a slot for somebody."""
        body = to_json(self.booking_of(slot, who))
        (answer,) = await self.probe.send(body, event=Action.BOOK)
        return answer

    async def modify(self, booking: Option, slot: Option, asked: Question) -> Answer:
        """Move an appointment to a slot."""
        return await self.probe.ask(
            Action.MODIFY,
            **self.probe.with_entity(self.it.entity),
            bookingId=booking.id,
            slotIdOld=reference(booking, "slot", asked),
            slotIdNew=slot.id,
            start=start_text(slot),
        )

    async def cancel(self, booking: Option, asked: Question) -> Answer:
        """Cancel an appointment."""
        return await self.probe.ask(
            Action.CANCEL,
            **self.probe.with_entity(self.it.entity),
            bookingId=booking.id,
            slotId=reference(booking, "slot", asked),
            start=start_text(booking),
        )

    async def users(
        self, asked: Question, who: Mapping[str, str], *, quiet: bool = False
    ) -> list[Option]:
        """Who goes by this name; with ``quiet``, nobody if that cannot be told."""
        answer = await self.probe.ask(
            Action.FIND_USER,
            **self.probe.with_entity(self.it.entity),
            participant={name: who[name] for name in ("firstname", "lastname")},
        )
        try:
            found = options_in(read_answer(answer, asked), "user", asked)
        except UnusableError:
            if quiet:
                return []
            raise
        if quiet:
            asked.deviations.clear()
        return found

    async def bookings(self, asked: Question, user_id: str) -> list[Option]:
        """The appointments of a user."""
        answer = await self.probe.ask(
            Action.FIND_BOOKING, **self.probe.with_entity(self.it.entity), id=user_id
        )
        return options_in(read_answer(answer, asked), "booking", asked)


def _agent(slot: Option) -> Any:
    return slot.raw.get("agentId")


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
