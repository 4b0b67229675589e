"""Requests and responses about the actions of an agent.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Annotated

from pydantic import BaseModel, Field

from emulator.platforms.bimpe.schemas.fields import REQUEST_CONFIG, BimpeResource


class SelectActions(BaseModel):
    """The body of ``POST /agents/{agentId}/actions/enable`` and ``/disable``."""

    model_config = REQUEST_CONFIG

    action_ids: Annotated[list[str], Field(min_length=1, max_length=1000)]


class ActionResource(BimpeResource):
    """An action of an agent."""

    id: str
    integration_id: str
    integration_type: str
    integration_name: str
    name: str
    action_name: str
    description: str | None
    is_enabled: bool


class UpdatedActionsResponse(BimpeResource):
    """The number of actions that changed."""

    updated_count: int
