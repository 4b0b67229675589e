"""Tools during calls: what is planned for a call, and what came of each use."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Trigger = Literal["request", "scenario", "speech"]
"""What made the bot use a tool: the request that placed the call, the scenario, or the person."""


@dataclass(slots=True, kw_only=True)
class PlannedUse:
    """A use of a tool that the request of a call, or its scenario, asked for."""

    name: str
    inputs: dict[str, Any]
    after: float
    """Seconds from the answer of the call."""
    trigger: Trigger = "request"


@dataclass(slots=True, kw_only=True)
class PlannedTools:
    """The tools of a call; its id is the call's."""

    id: str
    planned: list[PlannedUse]
    heard: int = 0
    """How many turns of the person the bot has listened to."""
    notes: list[str] = field(default_factory=list)
    """What was wrong with the tools that the assistant names."""


@dataclass(slots=True, kw_only=True)
class ToolUse:
    """A tool that a bot has used, or is waiting for."""

    id: str
    call_id: str
    tool_id: str
    trigger: Trigger
    inputs: dict[str, Any]
    started_at: datetime
    callback_id: str | None = None
    """The request to the user's endpoint, if one was made."""
    ended_at: datetime | None = None
    result: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    said: str | None = None
    """What the bot said then; None if the call was over."""
