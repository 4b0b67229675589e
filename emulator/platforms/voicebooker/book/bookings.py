"""The appointment book: who comes when to whom. Two appointments of an agent never overlap."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from emulator.domain.errors import ConflictError, UnknownError
from emulator.domain.ticks import ticks
from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import AppointmentType, Business, Product
from emulator.platforms.voicebooker.book.people import People, User
from emulator.platforms.voicebooker.book.slots import Slot


class BookingStatus(StrEnum):
    """Whether the appointment is going to take place."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


@dataclass(slots=True, kw_only=True)
class Booking:
    """An appointment."""

    id: str
    business_id: str
    appointment_type_id: str
    product_id: str
    agent_id: str
    slot_id: str
    start: datetime
    stop: datetime
    user_id: str
    """The participant."""
    booker: dict[str, Any] = field(default_factory=dict[str, Any])
    status: BookingStatus = BookingStatus.BOOKED
    created_at: datetime
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What an id leads to within its business."""

    business: Business
    type: AppointmentType
    product: Product


class Book:
    """Finds what the webhooks ask for at a cost that does not grow with the book.

    The records are kept in the collections it is given; all it keeps itself can be worked out
    from them.
    """

    def __init__(
        self,
        businesses: Collection[Business],
        users: Collection[User],
        bookings: Collection[Booking],
    ) -> None:
        self.businesses = businesses
        self.people = People(users)
        self.bookings = bookings
        self.reindex()

    def reindex(self) -> None:
        """Work out all that follows from the records."""
        self._by_sip: dict[str, str] = {}
        self._by_type: dict[str, str] = {}
        self._by_product: dict[str, str] = {}
        self._busy: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
        self._by_day: dict[tuple[str, str], dict[str, None]] = {}
        self._by_user: dict[str, list[str]] = {}
        self._standing: dict[str, list[tuple[int, int, str]]] = {}
        for business in self.businesses:
            self._index_business(business)
        self.people.reindex()
        for booking in self.bookings:
            self._by_user.setdefault(booking.user_id, []).append(booking.id)
            self._index_booking(booking)

    def put(self, business: Business) -> None:
        """Keep a business, in place of the one with its id; ConflictError for an id in use."""
        before = self.businesses.find(business.id)
        for noun, index, ids in self._claims(business):
            for each in ids:
                if index.get(each, business.id) != business.id:
                    raise ConflictError(f"the {noun} {each} belongs to another business")
        if before is not None:
            self._forget_business(before)
        self.businesses.add(business)
        self._index_business(business)
        if before is not None and before.timezone != business.timezone:
            self.reindex()  # every day of its bookings may be another now

    def remove(self, business_id: str) -> None:
        """Take a business out; ConflictError while it has bookings."""
        business = self.businesses.get(business_id)
        if any(key[0] == business_id and found for key, found in self._by_day.items()):
            raise ConflictError(f"{business.name} has bookings")
        self._forget_business(business)
        self.businesses.remove(business_id)

    def _claims(self, business: Business) -> tuple[tuple[str, dict[str, str], list[str]], ...]:
        return (
            ("sipId", self._by_sip, business.sip_ids),
            ("appointment type", self._by_type, [each.id for each in business.appointment_types]),
            ("product", self._by_product, [each.id for each in business.products]),
        )

    def _index_business(self, business: Business) -> None:
        for _, index, ids in self._claims(business):
            index.update(dict.fromkeys(ids, business.id))

    def _forget_business(self, business: Business) -> None:
        for _, index, ids in self._claims(business):
            for each in ids:
                del index[each]

    def has_sip(self, sip_id: str) -> bool:
        """Whether a business names this number among its own."""
        return sip_id in self._by_sip

    def business_of_sip(self, sip_id: str) -> Business:
        """Whose number it is, or UnknownError."""
        return self.businesses.get(self._owner(self._by_sip, "sipId", sip_id))

    def business_of_type(self, type_id: str) -> Business:
        """Whose appointment type it is, or UnknownError."""
        return self.businesses.get(self._owner(self._by_type, "appointment type", type_id))

    def business_of_product(self, product_id: str) -> Business:
        """Whose product it is, or UnknownError."""
        return self.businesses.get(self._owner(self._by_product, "product", product_id))

    @staticmethod
    def _owner(index: dict[str, str], noun: str, key: str) -> str:
        if key not in index:
            raise UnknownError(noun, key)
        return index[key]

    def find(self, type_id: str, product_id: str) -> Found:
        """What can be booked by these ids; UnknownError, also when they do not go together."""
        business = self.business_of_type(type_id)
        found = business.type_of(type_id)
        if product_id not in found.products:
            self.business_of_product(product_id)
            raise UnknownError(f"product of {found.name}", product_id)
        return Found(business, found, business.product(product_id))

    def free(
        self,
        found: Found,
        agents: Sequence[str],
        since: datetime,
        until: datetime,
        now: datetime,
    ) -> Iterator[Slot]:
        """The free slots that start from ``since`` up to ``until`` and lie ahead, in order.

        Of the agents who are free at the same time, the first is offered.
        """
        business = found.business
        grid = timedelta(minutes=business.grid)
        length = timedelta(minutes=found.product.minutes)
        for opens, closes in _openings(business, since, until):
            start = opens
            while start + length <= closes:
                if since <= start < until and start > now:
                    for agent in agents:
                        if self.is_free(business.id, agent, start, start + length):
                            yield Slot(
                                appointment_type_id=found.type.id,
                                product_id=found.product.id,
                                agent_id=agent,
                                start=start,
                                minutes=found.product.minutes,
                            )
                            break
                start += grid

    def is_free(
        self,
        business_id: str,
        agent_id: str,
        start: datetime,
        stop: datetime,
        besides: str | None = None,
    ) -> bool:
        """Whether an agent has nothing else from then till then (``besides``: a booking's id)."""
        busy = self._busy.get((business_id, agent_id), [])
        since, until = ticks(start), ticks(stop)
        # appointments do not overlap, so only the last before and those within can be in the way
        first = max(0, bisect_right(busy, since, key=lambda each: each[0]) - 1)
        last = bisect_left(busy, until, key=lambda each: each[0])
        return all(ended <= since or each == besides for _, ended, each in busy[first:last])

    def check(self, slot: Slot, now: datetime, besides: str | None = None) -> Found:
        """Whether a slot can be booked now; ConflictError with the reason why not."""
        found = self.find(slot.appointment_type_id, slot.product_id)
        business = found.business
        if slot.agent_id not in found.type.agents or slot.minutes != found.product.minutes:
            raise ConflictError("the slot is not offered any more")
        if slot.start <= now:
            raise ConflictError("the slot has passed")
        if not any(
            opens <= slot.start and slot.stop <= closes
            for opens, closes in _openings(business, slot.start, slot.stop)
        ):
            raise ConflictError(f"{business.name} is closed at that time")
        if not self.is_free(business.id, slot.agent_id, slot.start, slot.stop, besides):
            raise ConflictError("the slot is taken")
        return found

    def add(self, booking: Booking) -> Booking:
        """Keep a new booking, whose slot has been checked."""
        self.bookings.add(booking)
        self._by_user.setdefault(booking.user_id, []).append(booking.id)
        self._index_booking(booking)
        return booking

    def move(self, booking: Booking, world: World, slot: Slot) -> None:
        """Have a booking take place in another slot, which has been checked."""
        self._forget_booking(booking)
        booking.slot_id = slot.id_in(world)
        booking.agent_id, booking.start, booking.stop = slot.agent_id, slot.start, slot.stop
        booking.changed_at = world.clock.now()
        self._index_booking(booking)
        self.bookings.save(booking)

    def cancel(self, booking: Booking, now: datetime) -> None:
        """Have a booking not take place; its slot is free again. ConflictError the second time."""
        if booking.status is BookingStatus.CANCELLED:
            raise ConflictError("the booking is cancelled already")
        self._forget_booking(booking)
        booking.status = BookingStatus.CANCELLED
        booking.changed_at = now
        self._index_booking(booking)
        self.bookings.save(booking)

    def _index_booking(self, booking: Booking) -> None:
        day = self.businesses.get(booking.business_id).day_of(booking.start)
        self._by_day.setdefault((booking.business_id, day), {})[booking.id] = None
        if booking.status is BookingStatus.BOOKED:
            busy = self._busy.setdefault((booking.business_id, booking.agent_id), [])
            insort(busy, _span(booking))
            insort(self._standing.setdefault(booking.user_id, []), _span(booking))

    def _forget_booking(self, booking: Booking) -> None:
        day = self.businesses.get(booking.business_id).day_of(booking.start)
        del self._by_day[booking.business_id, day][booking.id]
        if booking.status is BookingStatus.BOOKED:
            busy = self._busy[booking.business_id, booking.agent_id]
            for spans in (busy, self._standing[booking.user_id]):
                del spans[bisect_left(spans, _span(booking))]

    def of_user(self, user_id: str) -> list[Booking]:
        """A user's bookings, in the order they were made."""
        return [self.bookings.get(each) for each in self._by_user.get(user_id, ())]

    def ahead(self, user_id: str, now: datetime) -> list[Booking]:
        """A user's bookings that stand and have not begun, the soonest first."""
        standing = self._standing.get(user_id, [])
        first = bisect_right(standing, ticks(now), key=lambda each: each[0])
        return [self.bookings.get(each) for _, _, each in standing[first:]]

    def of_day(self, business_id: str, day: str) -> list[Booking]:
        """The bookings of a day (YYYY-MM-DD, as the business's clock has it), by their start."""
        found = [self.bookings.get(each) for each in self._by_day.get((business_id, day), ())]
        return sorted(found, key=_span)


def _openings(
    business: Business, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The opening hours of the days this span touches, wherever it was written down."""
    day = date.fromisoformat(business.day_of(since))
    last = date.fromisoformat(business.day_of(until))
    while day <= last:
        yield from business.openings(day)
        day += timedelta(days=1)


def _span(booking: Booking) -> tuple[int, int, str]:
    return ticks(booking.start), ticks(booking.stop), booking.id
