"""The credentials by which an integration authenticates to a server of the user's."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from emulator.kit.basis import documented
from emulator.platforms.bimpe.schemas.fields import REQUEST_CONFIG

AuthType = Literal["none", "bearer", "basic", "api_key", "custom"]

REQUIRED_AUTH_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "bearer": ("token",),
    "api_key": ("api_key",),
    "basic": ("username", "password"),
}
"""The fields that each ``auth_type`` needs. assumed: the page lists the fields without a rule."""


def _auth_schema(kind: str, names: tuple[str, ...]) -> dict[str, Any]:
    filled = {name: {"type": "string", "minLength": 1} for name in names}
    config = {"type": "object", "properties": filled, "required": [*names]}
    return {
        "properties": {"auth_type": {"const": kind}, "auth_config": config},
        "required": ["auth_type", "auth_config"],
    }


AUTH_SCHEMAS: Final[list[Any]] = [
    {"properties": {"auth_type": {"enum": ["none", "custom"]}}},
    *(_auth_schema(kind, names) for kind, names in REQUIRED_AUTH_FIELDS.items()),
]
"""The same rule in JSON Schema."""


class AuthConfig(BaseModel):
    """The credentials of an integration."""

    model_config = REQUEST_CONFIG

    token: str | None = None
    api_key: str | None = None
    header_name: str | None = None
    username: str | None = None
    password: str | None = None


class AuthenticatedIntegration(BaseModel):
    """An integration with a server that may ask for credentials."""

    model_config = REQUEST_CONFIG | ConfigDict(json_schema_extra={"anyOf": AUTH_SCHEMAS})

    auth_type: AuthType = "none"
    auth_config: Annotated[
        AuthConfig | None,
        Field(validate_default=True),
        documented("which fields an auth_type needs is assumed"),
    ] = None

    @field_validator("auth_config")
    @classmethod
    def _needed(cls, value: AuthConfig | None, info: ValidationInfo) -> AuthConfig | None:
        kind = info.data.get("auth_type", "none")
        needed = REQUIRED_AUTH_FIELDS.get(kind, ())
        missing = [each for each in needed if not getattr(value, each, None)]
        if missing:
            raise ValueError(f"must have {' and '.join(missing)} for auth_type {kind}")
        return value
