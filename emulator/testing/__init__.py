"""The emulator for tests written in Python, with pytest or without.

``in_process`` runs the emulator as an app for ``httpx.ASGITransport``, without sockets;
``served`` serves it on a free port of this machine; ``reached`` uses one that runs already. All
three are used the same way.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # every run of pytest imports this package for its plugin, and nothing more
    from emulator.testing.async_world import AsyncInbox, AsyncWorld
    from emulator.testing.emulator import Emulated, in_process, reached, served
    from emulator.testing.faults import AsyncFault, FaultRule, WorldFault as Fault
    from emulator.testing.records import (
        Advanced,
        CallbackRecord as Callback,
        CallRecord as Call,
        EmulatorError,
        ExplanationRecord as Explanation,
        Message,
        NothingArrivedError,
        Snapshot,
    )
    from emulator.testing.worlds import EmulatedInbox as Inbox, EmulatedWorld as World

__all__ = [
    "Advanced",
    "AsyncFault",
    "AsyncInbox",
    "AsyncWorld",
    "Call",
    "Callback",
    "Emulated",
    "EmulatorError",
    "Explanation",
    "Fault",
    "FaultRule",
    "Inbox",
    "Message",
    "NothingArrivedError",
    "Snapshot",
    "World",
    "in_process",
    "reached",
    "served",
]
HOMES: Final = {
    "async_world": ("AsyncInbox", "AsyncWorld"),
    "emulator": ("Emulated", "in_process", "reached", "served"),
    "faults": ("AsyncFault", "Fault", "FaultRule"),
    "records": (
        *("Advanced", "Call", "Callback", "EmulatorError", "Explanation", "Message"),
        *("NothingArrivedError", "Snapshot"),
    ),
    "worlds": ("Inbox", "World"),
}
"""The names by the modules that define them."""
ALIASES: Final = {
    "Call": "CallRecord",
    "Callback": "CallbackRecord",
    "Explanation": "ExplanationRecord",
    "Fault": "WorldFault",
    "Inbox": "EmulatedInbox",
    "World": "EmulatedWorld",
}
"""Short names for tests; the modules have the names that only these classes have."""


def __getattr__(name: str) -> Any:
    """Import a name on first use."""
    for module, names in HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), ALIASES.get(name, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
