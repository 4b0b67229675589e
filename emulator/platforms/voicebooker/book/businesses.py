"""Businesses: when they are open, what can be booked there, and with whom."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from emulator.domain.errors import UnknownError

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_ZONE: Final = 64
MIDNIGHT: Final = "24:00"


@dataclass(slots=True, kw_only=True)
class Agent:
    """Somebody an appointment is with."""

    id: str
    name: str


@dataclass(slots=True, kw_only=True)
class Product:
    """What is sold with an appointment: how long it takes, and what has to be known for it."""

    id: str
    name: str
    minutes: int
    price: str | None = None
    booker_info: list[str] = field(default_factory=list[str])
    participant_info: list[str] = field(default_factory=list[str])


@dataclass(slots=True, kw_only=True)
class AppointmentType:
    """A kind of appointment: who takes it and which products there are for it, by id."""

    id: str
    name: str
    agents: list[str]
    products: list[str]
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Business:
    """Whom callers reach by the numbers with these ids."""

    id: str
    name: str
    timezone: str
    sip_ids: list[str]
    hours: dict[str, list[tuple[str, str]]]
    """From and until, by weekday, on the wall clock of its time zone."""
    agents: list[Agent]
    products: list[Product]
    appointment_types: list[AppointmentType]
    closed: list[str] = field(default_factory=list[str])
    """Days (YYYY-MM-DD) it does not open."""
    grid: int = 30
    """Minutes from the start of one slot to the next."""

    def type_of(self, type_id: str) -> AppointmentType:
        """Find an appointment type, or raise UnknownError."""
        for each in self.appointment_types:
            if each.id == type_id:
                return each
        raise UnknownError("appointment type", type_id)

    def product(self, product_id: str) -> Product:
        """Find a product, or raise UnknownError."""
        for each in self.products:
            if each.id == product_id:
                return each
        raise UnknownError("product", product_id)

    def agent(self, agent_id: str) -> Agent:
        """Find an agent, or raise UnknownError."""
        for each in self.agents:
            if each.id == agent_id:
                return each
        raise UnknownError("agent", agent_id)

    def openings(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """From and until when it is open that day (UTC): an hour more or less where clocks change.

        A time that the wall clock skips is the moment it would have been; one that it shows
        twice is the first.
        """
        if day.isoformat() in self.closed:
            return
        zone = zone_of(self.timezone)
        for opens, closes in self.hours.get(WEEKDAYS[day.weekday()], ()):
            yield _moment(day, opens, zone), _moment(day, closes, zone)

    def day_of(self, moment: datetime) -> str:
        """The day (YYYY-MM-DD) it is there at that moment."""
        return moment.astimezone(zone_of(self.timezone)).date().isoformat()


def _moment(day: date, wall: str, zone: ZoneInfo) -> datetime:
    if wall == MIDNIGHT:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(day, time.fromisoformat(wall), zone).astimezone(UTC)


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name; ValueError when there is none."""
    try:
        return ZoneInfo(name[:LONGEST_ZONE])
    except (KeyError, OSError, ValueError):  # what a name that is no zone's can come to
        raise ValueError("must be a time zone such as Europe/Berlin") from None
