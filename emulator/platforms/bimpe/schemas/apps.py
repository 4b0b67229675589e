"""Requests and responses about Pipedream apps.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, Field

from emulator.kit.constraints import constraint
from emulator.platforms.bimpe.schemas.fields import REQUEST_CONFIG, BimpeResource, Name, not_blank

_SLUG: Final = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(not_blank(value)):
        raise ValueError("must be up to 100 letters, digits, _ and -, a letter or digit first")
    return value


class ConfigurePipedreamApp(BaseModel):
    """The body of ``POST /agents/{agentId}/integrations/pipedream/configure``."""

    model_config = REQUEST_CONFIG

    app_slug: Annotated[str, AfterValidator(_slug), constraint(pattern=f"^{_SLUG.pattern}$")]
    app_name: Name | None = None
    app_icon: Annotated[str, Field(max_length=2048)] | None = None


class PipedreamAppConfig(BimpeResource):
    """The configuration of a Pipedream app."""

    app_slug: str
    app_name: str | None
    app_icon: str | None
    server_url: str


class PipedreamAppResource(BimpeResource):
    """A Pipedream app."""

    id: str
    channel_type: str
    config: PipedreamAppConfig
