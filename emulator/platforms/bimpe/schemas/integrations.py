"""Requests and responses about integrations, and about Bimpe's own.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from emulator.kit.constraints import any_of
from emulator.platforms.bimpe.schemas.fields import (
    REQUEST_CONFIG,
    STATUS_BASIS,
    BimpeResource,
    NonBlank,
)

BimpeType = Literal["bumpa", "google_calendar", "google_sheets", "paystack", "stripe"]
STRING_SCHEMA: Final = {"type": "string"}

REQUIRED_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "bumpa": ("token",),
    "paystack": ("public_key", "secret_key"),
    "stripe": ("public_key", "secret_key"),
    "google_calendar": (),
    "google_sheets": (),
}
"""The keys that connect a type; the dashboard connects the types without keys."""


class ConfigureBimpeIntegration(BaseModel):
    """The body of ``POST /agents/{agentId}/integrations/bimpeai/configure``."""

    model_config = REQUEST_CONFIG | any_of(
        *(
            {"type": {"const": kind}} | dict.fromkeys(keys, STRING_SCHEMA)
            for kind, keys in REQUIRED_KEYS.items()
        )
    )

    type: BimpeType
    token: Annotated[NonBlank | None, Field(validate_default=True)] = None
    public_key: Annotated[NonBlank | None, Field(validate_default=True)] = None
    secret_key: Annotated[NonBlank | None, Field(validate_default=True)] = None
    currency: Annotated[str, Field(min_length=1, max_length=10)] | None = None

    @field_validator("token", "public_key", "secret_key")
    @classmethod
    def _needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("type", "")
        if value is None and info.field_name in REQUIRED_KEYS.get(kind, ()):
            raise ValueError(f"is required for {kind}")
        return value


class IntegrationSummary(BimpeResource):
    """An integration within the details of its agent."""

    id: str
    type: str
    name: str
    status: Annotated[Literal["enabled", "disabled"], STATUS_BASIS]
    is_connected: bool


class ConfigField(BimpeResource):
    """A field of an integration's configuration."""

    key: str
    label: str
    type: str
    required: bool


class IntegrationAction(BimpeResource):
    """An action of an integration."""

    action_name: str
    name: str
    description: str | None
    category: str
    is_enabled: bool
    require_human_approval: bool


class IntegrationResource(IntegrationSummary):
    """An integration in the list of every kind."""

    config_fields: list[ConfigField]
    actions: list[IntegrationAction]


class BimpeIntegrationResource(BimpeResource):
    """One of Bimpe's own integrations; it has no id until it is configured."""

    id: str | None
    type: BimpeType
    name: str
    status: Annotated[Literal["enabled", "disabled"], STATUS_BASIS]
    is_connected: bool


class ConfiguredResponse(BimpeResource):
    """An integration that was connected with its keys."""

    success: Literal[True]
    channel_id: str


class OnboardingResponse(BimpeResource):
    """The dashboard page where the user connects an integration."""

    onboarding_url: str
