"""Bots, and the jobs that make them from a text."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from emulator.platforms.exotel.voicebots.drafting import Draft
from emulator.platforms.exotel.voicebots.hooks import Hook

JobStatus = Literal["pending", "in_progress", "completed", "failed"]
BotStatus = Literal["active", "inactive"]


@dataclass(slots=True, kw_only=True)
class Job:
    """A bot being made from a text."""

    id: str
    text: str
    status: JobStatus = "pending"
    reason: str | None = None
    bot_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Bot:
    """A voicebot and what was made from its text; its versions are kept by themselves."""

    id: str
    created_at: datetime
    draft: Draft
    assistant_id: str
    status: BotStatus = "active"
    is_deleted: bool = False
    """Kept for the conversations it had."""
    place: int = 0
    """Its place among all bots."""
    hooks: dict[str, Hook] = field(default_factory=dict[str, Hook])
