"""Slots: worked out from opening hours and bookings whenever somebody asks, never stored.

A slot's id says which slot it is, and proves that this world has offered it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from emulator.domain.errors import UnknownError
from emulator.domain.ticks import SECOND, moment, ticks
from emulator.kit.world import World

PROOF: Final = 10
"""Digits of the proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time at which an agent takes an appointment."""

    appointment_type_id: str
    product_id: str
    agent_id: str
    start: datetime
    """UTC."""
    minutes: int

    @property
    def stop(self) -> datetime:
        """When the agent is free again."""
        return self.start + timedelta(minutes=self.minutes)

    @property
    def _text(self) -> str:
        seconds = ticks(self.start) // SECOND
        parts = (self.appointment_type_id, self.product_id, self.agent_id, seconds, self.minutes)
        return "|".join(map(str, parts))

    def id_in(self, world: World) -> str:
        """Name it; the same in this world whenever it is offered."""
        coded = urlsafe_b64encode(self._text.encode()).decode().rstrip("=")
        return f"{coded}.{_proof(world, self._text)}"


def read_slot(world: World, slot_id: str) -> Slot:
    """The slot of this id, or UnknownError when this world never offered it."""
    coded, _, proof = slot_id.partition(".")
    try:
        text = urlsafe_b64decode(coded.encode() + b"=" * (-len(coded) % 4)).decode()
    except (Error, ValueError):
        raise UnknownError("slot", slot_id) from None
    if proof != _proof(world, text):
        raise UnknownError("slot", slot_id)
    type_id, product_id, agent_id, seconds, minutes = text.split("|")
    slot = Slot(
        appointment_type_id=type_id,
        product_id=product_id,
        agent_id=agent_id,
        start=moment(int(seconds) * SECOND).astimezone(UTC),
        minutes=int(minutes),
    )
    if slot.id_in(world) != slot_id:  # another spelling of the same code
        raise UnknownError("slot", slot_id)
    return slot


def _proof(world: World, text: str) -> str:
    return f"{world.ids.draw('voicebooker.slot', text):032x}"[:PROOF]
