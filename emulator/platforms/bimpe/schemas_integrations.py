"""What is sent to the console API about the four families of integrations.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from emulator.kit.basis import documented
from emulator.kit.constraints import either, written
from emulator.kit.fields import NOT_BLANK, UNPRINTABLE, URL_FORM, HttpUrl, Integer, http_url
from emulator.platforms.bimpe.schemas import STRICT, Long, Name, Text, not_blank

BimpeType = Literal["bumpa", "google_calendar", "google_sheets", "paystack", "stripe"]
AuthType = Literal["none", "bearer", "basic", "api_key", "custom"]
Template = Annotated[str, Field(max_length=2048), AfterValidator(not_blank), NOT_BLANK]
Category = Annotated[str, Field(max_length=100), AfterValidator(not_blank), NOT_BLANK]
Transport = Literal["http_sse", "streamable_http"]
_SLUG: Final = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(not_blank(value)):
        raise ValueError("must be up to 100 letters, digits, _ and -, a letter or digit first")
    return value


def _endpoint(value: str) -> str:
    """assumed: a whole address, or a path below ``base_url``; the page says nothing of it."""
    if value.startswith("/") and not UNPRINTABLE.search(value):
        return value
    try:
        return http_url(value)
    except ValueError as error:
        raise ValueError(f"{error}, or a path that begins with /") from None


GIVEN: Final = {"type": "string"}

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "bumpa": ("token",),
    "paystack": ("public_key", "secret_key"),
    "stripe": ("public_key", "secret_key"),
    "google_calendar": (),
    "google_sheets": (),
}
"""The keys a type is connected with; those without any are connected in the dashboard."""

PROOFS: Final[dict[str, tuple[str, ...]]] = {
    "bearer": ("token",),
    "api_key": ("api_key",),
    "basic": ("username", "password"),
}
"""What each ``auth_type`` needs. assumed: the page lists the fields and no rule."""


def _proof_with(kind: str, names: tuple[str, ...]) -> dict[str, Any]:
    filled = {name: {"type": "string", "minLength": 1} for name in names}
    config = {"type": "object", "properties": filled, "required": [*names]}
    return {
        "properties": {"auth_type": {"const": kind}, "auth_config": config},
        "required": ["auth_type", "auth_config"],
    }


PROVEN: Final[list[Any]] = [
    {"properties": {"auth_type": {"enum": ["none", "custom"]}}},
    *(_proof_with(kind, names) for kind, names in PROOFS.items()),
]
"""The same in JSON Schema."""


class ConfigureBimpe(BaseModel):
    """``POST /agents/{agentId}/integrations/bimpeai/configure``."""

    model_config = STRICT | either(
        *({"type": {"const": kind}} | dict.fromkeys(keys, GIVEN) for kind, keys in KEYS.items())
    )

    type: BimpeType
    token: Annotated[Text | None, Field(validate_default=True)] = None
    public_key: Annotated[Text | None, Field(validate_default=True)] = None
    secret_key: Annotated[Text | None, Field(validate_default=True)] = None
    currency: Annotated[str, Field(min_length=1, max_length=10)] | None = None

    @field_validator("token", "public_key", "secret_key")
    @classmethod
    def _needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("type", "")
        if value is None and info.field_name in KEYS.get(kind, ()):
            raise ValueError(f"is required for {kind}")
        return value


class AuthConfig(BaseModel):
    """How an integration proves who it is."""

    model_config = STRICT

    token: str | None = None
    api_key: str | None = None
    header_name: str | None = None
    username: str | None = None
    password: str | None = None


class Authorized(BaseModel):
    """Something that may be asked for a proof."""

    model_config = STRICT | ConfigDict(json_schema_extra={"anyOf": PROVEN})

    auth_type: AuthType = "none"
    auth_config: Annotated[
        AuthConfig | None,
        Field(validate_default=True),
        documented("but not which of its fields an auth_type needs"),
    ] = None

    @field_validator("auth_config")
    @classmethod
    def _needed(cls, value: AuthConfig | None, info: ValidationInfo) -> AuthConfig | None:
        kind = info.data.get("auth_type", "none")
        needed = PROOFS.get(kind, ())
        missing = [each for each in needed if not getattr(value, each, None)]
        if missing:
            raise ValueError(f"must have {' and '.join(missing)} for auth_type {kind}")
        return value


class ConfigureApi(Authorized):
    """``POST /agents/{agentId}/integrations/custom_api/configure``."""

    name: Name
    description: Long | None = None
    base_url: HttpUrl | None = None
    test_endpoint: (
        Annotated[
            str,
            Field(max_length=2048),
            AfterValidator(_endpoint),
            written(pattern=URL_FORM, description="Or a path below ``base_url``, if there is one."),
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


class Parameter(BaseModel):
    """One of a tool's ``url_params`` or ``body_params``."""

    model_config = STRICT

    name: Text
    type: Literal["string", "number", "integer", "boolean", "array", "object"]
    description: str
    required: bool = False
    items: "Parameter | None" = None
    properties: dict[str, Any] | None = None


class ResponseMapping(BaseModel):
    """What of a tool's answer is read, and said."""

    model_config = STRICT

    path: str | None = None
    success_message: str | None = None
    error_message: str | None = None


class NewTool(BaseModel):
    """``POST /agents/{agentId}/integrations/custom_api/{integrationId}/tools``."""

    model_config = STRICT

    name: Name
    http_method: Literal["GET", "POST", "PUT", "DELETE", "PATCH"]
    url_template: Template
    description: Long | None = None
    url_params: list[Parameter] = []
    body_params: list[Parameter] = []
    headers_template: dict[str, Any] | None = None
    body_template: dict[str, Any] | None = None
    auth_type: AuthType | None = None
    auth_config: dict[str, Any] | None = None
    response_mapping: ResponseMapping | None = None
    category: Category = "custom"
    require_human_approval: bool = False
    timeout: Annotated[Integer, Field(ge=1, le=86_400_000)] | None = None


class ConfigureServer(Authorized):
    """``POST /agents/{agentId}/integrations/mcp_server/configure``."""

    name: Name
    server_url: HttpUrl
    transport: Transport = "streamable_http"


class ConfigureApp(BaseModel):
    """``POST /agents/{agentId}/integrations/pipedream/configure``."""

    model_config = STRICT

    app_slug: Annotated[str, AfterValidator(_slug), written(pattern=f"^{_SLUG.pattern}$")]
    app_name: Name | None = None
    app_icon: Annotated[str, Field(max_length=2048)] | None = None
