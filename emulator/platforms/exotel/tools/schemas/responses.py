"""Bodies of responses, within ``response.data`` and in the order of the page's samples.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.basis import observed
from emulator.platforms.exotel.tools.records.tables import ColumnType, TenantStatus
from emulator.platforms.exotel.tools.records.tools import ToolKind, ToolStatus
from emulator.platforms.exotel.voicebots.schemas.words import CLIENT

ASSUMED: Final = ConfigDict(json_schema_extra={"x-basis": "assumed"}, defer_build=True)
"""For bodies that no page shows."""
Id = Annotated[str, Field(pattern="^[0-9a-fA-F-]{1,64}$")]
"""Observed: the vendor's own client sends no other ids."""


class ToolsResource(BaseModel):
    """A record in a response."""

    model_config = ConfigDict(defer_build=True)


class VoicebotToolResource(ToolsResource):
    """A tool."""

    id: Id
    name: str
    description: str
    type: ToolKind
    tenant_id: str
    latest_version_id: Id
    latest_version_number: int
    current_version_id: Id | None
    current_version_number: int | None
    status: ToolStatus
    created_at: str
    updated_at: str


class ToolVersionResource(ToolsResource):
    """A version of a tool."""

    model_config = ASSUMED

    id: Id
    tool_id: Id
    version_number: int
    definition: dict[str, Any]
    changelog: str | None
    created_at: str


class ToolTestDetails(ToolsResource):
    """How a test went."""

    success: bool
    execution_time_ms: int
    error_message: str | None


class ToolTestResource(ToolsResource):
    """The result of a test."""

    test_id: Id
    test_result: dict[str, Any]
    test_args: dict[str, Any]
    details: ToolTestDetails


class CorpusResource(ToolsResource):
    """A knowledge corpus."""

    id: Id
    name: str
    description: str
    status: Annotated[
        Literal["pending", "processing", "ready", "failed"],
        observed(CLIENT, "the page says pending where the vendor's own client says processing"),
    ]
    created_at: str
    updated_at: str


class ColumnResource(ToolsResource):
    """A column of a table."""

    name: str
    type: ColumnType
    description: str


class TableResource(ToolsResource):
    """A table."""

    model_config = ASSUMED

    id: Id
    name: str
    description: str
    columns: list[ColumnResource]
    created_at: str
    updated_at: str


class RowResource(ToolsResource):
    """A row of a table."""

    model_config = ASSUMED

    id: Id
    data: dict[str, Any]


class TenantResource(ToolsResource):
    """A tenant."""

    model_config = ASSUMED

    tenant_id: str
    name: str
    status: TenantStatus
    created_at: str
