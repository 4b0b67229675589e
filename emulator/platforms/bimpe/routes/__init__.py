"""The operations of the console API, in the order of its reference, each with the same checks.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

from typing import Final

from emulator.platforms.bimpe.errors import add_headers
from emulator.platforms.bimpe.middleware.checks import with_checks
from emulator.platforms.bimpe.routes import (
    actions,
    agents,
    apps,
    calls,
    conversations,
    custom_apis,
    integrations,
    knowledge_bases,
    mcp_servers,
    numbers,
    workflows,
)

__all__ = ["add_headers", "operations"]

operations: Final = tuple(
    with_checks(
        (
            *workflows.operations,
            *agents.operations,
            *actions.operations,
            *knowledge_bases.operations,
            *integrations.operations,
            *custom_apis.operations,
            *mcp_servers.operations,
            *apps.operations,
            *conversations.operations,
            *calls.operations,
            *numbers.operations,
        )
    )
)
