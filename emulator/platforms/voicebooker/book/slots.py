"""Slots: computed from opening hours and bookings for every request, never stored.

The id of a slot names the slot, and is signed by the world that has offered it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from emulator.domain.errors import UnknownError
from emulator.domain.ticks import SECOND, moment, ticks
from emulator.kit.world import World

SIGNATURE_DIGITS: Final = 10
"""Digits of a slot id's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time at which an agent can take an appointment."""

    appointment_type_id: str
    product_id: str
    agent_id: str
    start: datetime
    """UTC."""
    minutes: int

    @property
    def stop(self) -> datetime:
        """Return the end of the slot."""
        return self.start + timedelta(minutes=self.minutes)

    @property
    def _text(self) -> str:
        seconds = ticks(self.start) // SECOND
        parts = (self.appointment_type_id, self.product_id, self.agent_id, seconds, self.minutes)
        return "|".join(map(str, parts))

    def id_in(self, world: World) -> str:
        """Return the id of the slot, always the same in this world."""
        coded = urlsafe_b64encode(self._text.encode()).decode().rstrip("=")
        return f"{coded}.{_signature(world, self._text)}"


def read_slot(world: World, slot_id: str) -> Slot:
    """Return the slot with this id; UnknownError if this world has not offered it."""
    coded, _, signature = slot_id.partition(".")
    try:
        text = urlsafe_b64decode(coded.encode() + b"=" * (-len(coded) % 4)).decode()
    except (Error, ValueError):
        raise UnknownError("slot", slot_id) from None
    if signature != _signature(world, text):
        raise UnknownError("slot", slot_id)
    type_id, product_id, agent_id, seconds, minutes = text.split("|")
    slot = Slot(
        appointment_type_id=type_id,
        product_id=product_id,
        agent_id=agent_id,
        start=moment(int(seconds) * SECOND).astimezone(UTC),
        minutes=int(minutes),
    )
    if slot.id_in(world) != slot_id:  # the same slot in another encoding
        raise UnknownError("slot", slot_id)
    return slot


def _signature(world: World, text: str) -> str:
    return f"{world.ids.draw('voicebooker.slot', text):032x}"[:SIGNATURE_DIGITS]
