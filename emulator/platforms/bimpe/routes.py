"""Every operation of the console API, each behind the same checks."""

from typing import Final

from emulator.platforms.bimpe import (
    routes_agents,
    routes_calls,
    routes_conversations,
    routes_integrations,
    routes_workflows,
)
from emulator.platforms.bimpe.errors import add_headers
from emulator.platforms.bimpe.guard import guarded

__all__ = ["add_headers", "operations"]

operations: Final = tuple(
    guarded(
        (
            *routes_workflows.operations,
            *routes_agents.operations,
            *routes_integrations.operations,
            *routes_conversations.operations,
            *routes_calls.operations,
        )
    )
)
