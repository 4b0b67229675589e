"""Businesses: their opening hours, agents, products and appointment types."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from emulator.domain.errors import UnknownError
from emulator.platforms.voicebooker.schemas.words import Language

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_ZONE_CHARACTERS: Final = 64
MIDNIGHT: Final = "24:00"


@dataclass(slots=True, kw_only=True)
class BusinessAgent:
    """A person who takes appointments."""

    id: str
    name: str


@dataclass(slots=True, kw_only=True)
class Product:
    """A product: how long it takes, and which fields must be known to book it."""

    id: str
    name: str
    minutes: int
    price: str | None = None
    booker_info: list[str] = field(default_factory=list[str])
    participant_info: list[str] = field(default_factory=list[str])


@dataclass(slots=True, kw_only=True)
class AppointmentType:
    """An appointment type, with the ids of its agents and products."""

    id: str
    name: str
    agents: list[str]
    products: list[str]
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Business:
    """A business, which callers reach by the numbers with these ids."""

    id: str
    name: str
    timezone: str
    sip_ids: list[str]
    hours: dict[str, list[tuple[str, str]]]
    """Opening and closing times by weekday, in its time zone."""
    agents: list[BusinessAgent]
    products: list[Product]
    appointment_types: list[AppointmentType]
    closed: list[str] = field(default_factory=list[str])
    """The days (YYYY-MM-DD) on which it is closed."""
    grid: int = 30
    """Minutes from the start of one slot to the next."""
    language: Language = Language.ENGLISH
    """What its bot and its callers speak."""

    def type_of(self, type_id: str) -> AppointmentType:
        """Return an appointment type, or raise UnknownError."""
        for each in self.appointment_types:
            if each.id == type_id:
                return each
        raise UnknownError("appointment type", type_id)

    def product(self, product_id: str) -> Product:
        """Return a product, or raise UnknownError."""
        for each in self.products:
            if each.id == product_id:
                return each
        raise UnknownError("product", product_id)

    def agent(self, agent_id: str) -> BusinessAgent:
        """Return an agent, or raise UnknownError."""
        for each in self.agents:
            if each.id == agent_id:
                return each
        raise UnknownError("agent", agent_id)

    def openings(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the opening and closing times of a day (UTC), across changes of the clocks.

        A local time that is skipped counts as if it had existed; one that occurs twice means the
        first.
        """
        if day.isoformat() in self.closed:
            return
        zone = zone_of(self.timezone)
        for opens, closes in self.hours.get(WEEKDAYS[day.weekday()], ()):
            yield _utc(day, opens, zone), _utc(day, closes, zone)

    def day_of(self, moment: datetime) -> str:
        """Return the date (YYYY-MM-DD) of a moment in its time zone."""
        return moment.astimezone(zone_of(self.timezone)).date().isoformat()


def _utc(day: date, wall: str, zone: ZoneInfo) -> datetime:
    if wall == MIDNIGHT:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(day, time.fromisoformat(wall), zone).astimezone(UTC)


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """Return the time zone with an IANA name; ValueError if there is none."""
    try:
        return ZoneInfo(name[:MAX_ZONE_CHARACTERS])
    except (KeyError, OSError, ValueError):  # what an unknown name can raise
        raise ValueError("must be a time zone such as Europe/Berlin") from None
