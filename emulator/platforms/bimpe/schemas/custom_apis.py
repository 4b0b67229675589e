"""Requests and responses about APIs of the user's and their tools.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator

from emulator.kit.basis import observed
from emulator.kit.constraints import constraint
from emulator.kit.fields import NOT_BLANK, URL_PATTERN, HttpUrl, Integer
from emulator.kit.patterns import UNPRINTABLE, http_url
from emulator.platforms.bimpe.schemas.credentials import AuthenticatedIntegration, AuthType
from emulator.platforms.bimpe.schemas.fields import (
    INTEGRATOR_URL,
    REQUEST_CONFIG,
    BimpeResource,
    Name,
    NonBlank,
    Text2000,
    not_blank,
)

UrlTemplate = Annotated[str, Field(max_length=2048), AfterValidator(not_blank), NOT_BLANK]
TIMEOUT_BASIS: Final = observed(
    INTEGRATOR_URL, "the page gives neither the unit (milliseconds) nor the minimum (1000)"
)
ToolCategory = Annotated[str, Field(max_length=100), AfterValidator(not_blank), NOT_BLANK]


def _endpoint(value: str) -> str:
    """assumed: a URL, or a path below ``base_url``; the page does not say."""
    if value.startswith("/") and not UNPRINTABLE.search(value):
        return value
    try:
        return http_url(value)
    except ValueError as error:
        raise ValueError(f"{error}, or a path that begins with /") from None


class ConfigureCustomApi(AuthenticatedIntegration):
    """The body of ``POST /agents/{agentId}/integrations/custom_api/configure``."""

    name: Name
    description: Text2000 | None = None
    base_url: HttpUrl | None = None
    test_endpoint: (
        Annotated[
            str,
            Field(max_length=2048),
            AfterValidator(_endpoint),
            constraint(
                pattern=URL_PATTERN,
                description="A URL, or a path below ``base_url`` if that is set.",
            ),
        ]
        | None
    ) = None

    @field_validator("test_endpoint")
    @classmethod
    def _rooted(cls, value: str | None, info: ValidationInfo) -> str | None:
        is_path = value is not None and value.startswith("/")
        if is_path and info.data.get("base_url", "") is None:
            raise ValueError("needs a base_url, as it is only a path")
        return value


class ToolParameter(BaseModel):
    """One of a tool's ``url_params`` or ``body_params``."""

    model_config = REQUEST_CONFIG

    name: NonBlank
    type: Literal["string", "number", "integer", "boolean", "array", "object"]
    description: str
    required: bool = False
    items: "ToolParameter | None" = None
    properties: dict[str, Any] | None = None


class ToolResponseMapping(BaseModel):
    """The fields that a tool reads from the API's response, and what the agent then says."""

    model_config = REQUEST_CONFIG

    path: str | None = None
    success_message: str | None = None
    error_message: str | None = None


class AddTool(BaseModel):
    """The body of ``POST /agents/{agentId}/integrations/custom_api/{integrationId}/tools``."""

    model_config = REQUEST_CONFIG

    name: Name
    http_method: Literal["GET", "POST", "PUT", "DELETE", "PATCH"]
    url_template: UrlTemplate
    description: Text2000 | None = None
    url_params: list[ToolParameter] = []
    body_params: list[ToolParameter] = []
    headers_template: dict[str, Any] | None = None
    body_template: dict[str, Any] | None = None
    auth_type: AuthType | None = None
    auth_config: dict[str, Any] | None = None
    response_mapping: ToolResponseMapping | None = None
    category: ToolCategory = "custom"
    require_human_approval: bool = False
    timeout: Annotated[Integer, Field(ge=1000, le=86_400_000), TIMEOUT_BASIS] | None = None
    """In milliseconds."""


class CustomApiConfig(BimpeResource):
    """The configuration of a custom API."""

    name: str
    base_url: str | None
    auth_type: AuthType


class CustomApiResource(BimpeResource):
    """A custom API, defined by the team."""

    id: str
    config: CustomApiConfig


class ToolResource(BimpeResource):
    """A tool of an integration."""

    id: str
    action_name: str
    name: str
    description: str | None
    category: str
    is_enabled: bool
