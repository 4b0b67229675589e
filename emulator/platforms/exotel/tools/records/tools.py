"""Tools and their versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

ToolKind = Literal["python", "openapi", "knowledge_base"]
ToolStatus = Literal["active", "inactive"]


@dataclass(slots=True, kw_only=True)
class VoicebotTool:
    """A tool of a tenant; its versions are records of their own."""

    id: str
    account: str = ""
    name: str
    description: str
    kind: ToolKind
    created_at: datetime
    updated_at: datetime
    status: ToolStatus = "inactive"
    current_id: str | None = None
    """The id of the version that is used; None until one was activated."""
    script: Any = None
    """What the control API has set as the result."""


@dataclass(slots=True, kw_only=True)
class ToolVersion:
    """A version of a tool; it never changes."""

    id: str
    tool_id: str
    number: int
    definition: dict[str, Any]
    changelog: str | None
    created_at: datetime
