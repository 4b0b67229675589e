"""What follows when a call changes. Bimpe publishes no webhook, so no callback is ever due."""

from typing import Final

from emulator.domain.events import CallTransition
from emulator.platforms.bimpe.calls import DIAL, dial, on_call_transition, why_none
from emulator.platforms.bimpe.conversations import REPLY, reply

__all__ = ["event_handlers", "steps", "why_none"]

event_handlers: Final = {CallTransition: on_call_transition}
steps: Final = {REPLY: reply, DIAL: dial}
