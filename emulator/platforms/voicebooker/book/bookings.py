"""The appointment book. Two appointments of an agent never overlap."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from emulator.domain.errors import ConflictError
from emulator.domain.ticks import ticks
from emulator.kit.records import Collection, SortedIndex
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import Business
from emulator.platforms.voicebooker.book.directory import Bookable, BusinessDirectory
from emulator.platforms.voicebooker.book.people import People, User
from emulator.platforms.voicebooker.book.slots import Slot


class BookingStatus(StrEnum):
    """Whether the appointment is to take place."""

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


TAGS: Final = {status: tag for tag, status in enumerate(BookingStatus)}
PLACES: Final = 1 << 40
"""More than there are bookings: a tick and a number are one cursor."""


class BookingOrder:
    """The ids of bookings by their last change: of all, and of each business."""

    def __init__(self, bookings: Collection[Booking]) -> None:
        self._bookings = bookings
        self._all = self._new_index()
        self._of_business: dict[str, SortedIndex[str]] = {}

    def _new_index(self) -> SortedIndex[str]:
        get: Callable[[str], Booking] = self._bookings.get
        return SortedIndex(lambda each: _changed(get(each)), lambda each: TAGS[get(each).status])

    def put(self, booking: Booking) -> None:
        """Add a booking of the collection, or move it to its present place."""
        self._all.put(booking.id)
        if booking.business_id not in self._of_business:
            self._of_business[booking.business_id] = self._new_index()
        self._of_business[booking.business_id].put(booking.id)

    def descending(
        self, cursor: int | None, business_id: str | None, status: BookingStatus | None
    ) -> Iterator[tuple[int, Booking]]:
        """Go through bookings, the latest change first, each with the cursor that follows it."""
        index = self._all if business_id is None else self._of_business.get(business_id)
        if index is None:
            return
        key = None if cursor is None else divmod(cursor, PLACES)
        tags = None if status is None else [TAGS[status]]
        for (tick, number), booking_id in index.descending(key, tags):
            yield tick * PLACES + number, self._bookings.get(booking_id)


def _changed(booking: Booking) -> int:
    return ticks(booking.changed_at or booking.created_at)


class Book:
    """Finds what the webhooks ask for at a cost that does not grow with the book.

    The collections hold the records; the book holds only indexes, computed from them.
    """

    def __init__(
        self,
        businesses: Collection[Business],
        users: Collection[User],
        bookings: Collection[Booking],
    ) -> None:
        self.businesses = businesses
        self.directory = BusinessDirectory(businesses)
        self.people = People(users)
        self.bookings = bookings
        self.reindex()

    def reindex(self) -> None:
        """Compute all indexes from the records."""
        self._busy: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
        self._by_day: dict[tuple[str, str], dict[str, None]] = {}
        self._by_user: dict[str, list[str]] = {}
        self._active: dict[str, list[tuple[int, int, str]]] = {}
        self.directory.reindex()
        self.people.reindex()
        self.order = BookingOrder(self.bookings)
        for booking in self.bookings:
            self._by_user.setdefault(booking.user_id, []).append(booking.id)
            self._index_booking(booking)

    def put(self, business: Business) -> None:
        """Add or replace a business; ConflictError for an id that another business has."""
        before = self.businesses.find(business.id)
        self.directory.put(business)
        if before is not None and before.timezone != business.timezone:
            self.reindex()  # its bookings may be on other days now

    def remove(self, business_id: str) -> None:
        """Remove a business; ConflictError while it has bookings."""
        business = self.businesses.get(business_id)
        if any(key[0] == business_id and found for key, found in self._by_day.items()):
            raise ConflictError(f"business {business.name} has bookings, so it cannot be deleted")
        self.directory.remove(business)

    def free(
        self,
        found: Bookable,
        agents: Sequence[str],
        since: datetime,
        until: datetime,
        now: datetime,
    ) -> Iterator[Slot]:
        """Yield the free slots that start from ``since`` up to ``until`` and after ``now``.

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

    def is_busy(self, business_id: str, agent_id: str) -> bool:
        """Check whether an agent has any appointment."""
        return bool(self._busy.get((business_id, agent_id)))

    def is_free(
        self,
        business_id: str,
        agent_id: str,
        start: datetime,
        stop: datetime,
        besides: str | None = None,
    ) -> bool:
        """Check whether an agent is free, apart from the booking with the id ``besides``."""
        busy = self._busy.get((business_id, agent_id), [])
        since, until = ticks(start), ticks(stop)
        # appointments do not overlap, so only the last one before and those within can conflict
        first = max(0, bisect_right(busy, since, key=lambda each: each[0]) - 1)
        last = bisect_left(busy, until, key=lambda each: each[0])
        return all(ended <= since or each == besides for _, ended, each in busy[first:last])

    def check(self, slot: Slot, now: datetime, besides: str | None = None) -> Bookable:
        """Return what a slot books; ConflictError with the reason if it cannot be booked."""
        found = self.directory.bookable(slot.appointment_type_id, slot.product_id)
        business = found.business
        if slot.agent_id not in found.type.agents or slot.minutes != found.product.minutes:
            raise ConflictError("the slot is no longer offered")
        if slot.start <= now:
            raise ConflictError("the slot is in the past")
        if not any(
            opens <= slot.start and slot.stop <= closes
            for opens, closes in _openings(business, slot.start, slot.stop)
        ):
            raise ConflictError(f"{business.name} is closed at that time")
        if not self.is_free(business.id, slot.agent_id, slot.start, slot.stop, besides):
            raise ConflictError("the slot is taken")
        return found

    def add(self, booking: Booking) -> Booking:
        """Add a booking, whose slot has been checked."""
        self.bookings.add(booking)
        self._by_user.setdefault(booking.user_id, []).append(booking.id)
        self._index_booking(booking)
        return booking

    def move(self, booking: Booking, world: World, slot: Slot) -> None:
        """Move a booking to another slot, which has been checked."""
        self._unindex_booking(booking)
        booking.slot_id = slot.id_in(world)
        booking.agent_id, booking.start, booking.stop = slot.agent_id, slot.start, slot.stop
        booking.changed_at = world.clock.now()
        self._index_booking(booking)
        self.bookings.save(booking)

    def cancel(self, booking: Booking, now: datetime) -> None:
        """Cancel a booking, which frees its slot. ConflictError the second time."""
        if booking.status is BookingStatus.CANCELLED:
            raise ConflictError("the booking is already cancelled")
        self._unindex_booking(booking)
        booking.status = BookingStatus.CANCELLED
        booking.changed_at = now
        self._index_booking(booking)
        self.bookings.save(booking)

    def _index_booking(self, booking: Booking) -> None:
        self.order.put(booking)
        day = self.businesses.get(booking.business_id).day_of(booking.start)
        self._by_day.setdefault((booking.business_id, day), {})[booking.id] = None
        if booking.status is BookingStatus.BOOKED:
            busy = self._busy.setdefault((booking.business_id, booking.agent_id), [])
            insort(busy, _span(booking))
            insort(self._active.setdefault(booking.user_id, []), _span(booking))

    def _unindex_booking(self, booking: Booking) -> None:
        day = self.businesses.get(booking.business_id).day_of(booking.start)
        del self._by_day[booking.business_id, day][booking.id]
        if booking.status is BookingStatus.BOOKED:
            busy = self._busy[booking.business_id, booking.agent_id]
            for spans in (busy, self._active[booking.user_id]):
                del spans[bisect_left(spans, _span(booking))]

    def of_user(self, user_id: str) -> list[Booking]:
        """Return a user's bookings, in the order of their creation."""
        return [self.bookings.get(each) for each in self._by_user.get(user_id, ())]

    def ahead(self, user_id: str, now: datetime) -> list[Booking]:
        """Return a user's future bookings, the soonest first, without cancelled ones."""
        active = self._active.get(user_id, [])
        first = bisect_right(active, ticks(now), key=lambda each: each[0])
        return [self.bookings.get(each) for _, _, each in active[first:]]

    def of_day(self, business_id: str, day: str) -> list[Booking]:
        """Return a day's bookings (YYYY-MM-DD in the business's time zone), sorted by start."""
        found = [self.bookings.get(each) for each in self._by_day.get((business_id, day), ())]
        return sorted(found, key=_span)


def _openings(
    business: Business, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the opening hours of every day that a time span touches."""
    day = date.fromisoformat(business.day_of(since))
    last = date.fromisoformat(business.day_of(until))
    while day <= last:
        yield from business.openings(day)
        day += timedelta(days=1)


def _span(booking: Booking) -> tuple[int, int, str]:
    return ticks(booking.start), ticks(booking.stop), booking.id
