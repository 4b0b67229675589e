"""The emulator for tests written in Python, with pytest or without.

``in_process`` gives an app for ``httpx.ASGITransport`` and worlds in it, with no socket at all;
``served`` the same on a free port of this machine; ``reached`` one that runs already. All three
are used the same way.
"""

from emulator.testing.async_world import AsyncInbox, AsyncWorld
from emulator.testing.emulated import Emulated, in_process, reached, served
from emulator.testing.records import (
    Advanced,
    Call,
    Callback,
    EmulatorError,
    Message,
    NothingArrivedError,
)
from emulator.testing.worlds import Inbox, World

__all__ = [
    "Advanced",
    "AsyncInbox",
    "AsyncWorld",
    "Call",
    "Callback",
    "Emulated",
    "EmulatorError",
    "Inbox",
    "Message",
    "NothingArrivedError",
    "World",
    "in_process",
    "reached",
    "served",
]
