"""Bots, and the jobs that generate them from a text."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from emulator.platforms.exotel.voicebots.drafts import BotDraft
from emulator.platforms.exotel.voicebots.records.endpoints import WebhookEndpoint

JobStatus = Literal["pending", "in_progress", "completed", "failed"]
BotStatus = Literal["active", "inactive"]


@dataclass(slots=True, kw_only=True)
class GenerationJob:
    """A bot that is being generated from a text."""

    id: str
    text: str
    account: str = ""
    """The account it belongs to; empty for the world's own, as in all records."""
    status: JobStatus = "pending"
    reason: str | None = None
    bot_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Voicebot:
    """A voicebot and the draft of it; its versions are records of their own."""

    id: str
    created_at: datetime
    draft: BotDraft
    assistant_id: str
    account: str = ""
    status: BotStatus = "active"
    is_deleted: bool = False
    """Kept for the conversations it had."""
    place: int = 0
    """Its place among the bots of its account."""
    hooks: dict[str, WebhookEndpoint] = field(default_factory=dict)
    """The endpoints of its webhooks, by kind."""
