"""What follows when a call changes. Bimpe publishes no webhook, so no callback is ever due."""

from typing import Final

from emulator.domain.events import CallMoved
from emulator.platforms.bimpe.calls import DIAL, call_moved, dial, why_none
from emulator.platforms.bimpe.conversations import REPLY, reply

__all__ = ["event_handlers", "steps", "why_none"]

event_handlers: Final = {CallMoved: call_moved}
steps: Final = {REPLY: reply, DIAL: dial}
