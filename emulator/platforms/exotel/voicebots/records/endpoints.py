"""Where a bot's webhooks go, as its configuration or the response to session_start says.

https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from dataclasses import dataclass
from typing import Final

SESSION_START: Final = "session_start"
SESSION_END: Final = "session_end"
TRANSCRIPT: Final = "transcript_events"
INSIGHTS: Final = "insights_events"
TRANSFER: Final = "pre_agent_transfer"
WEBHOOK_KINDS: Final = (SESSION_START, SESSION_END, TRANSCRIPT, INSIGHTS, TRANSFER)
OVERRIDABLE_KINDS: Final = WEBHOOK_KINDS[1:]
"""The kinds whose endpoints the response to session_start can set for its session."""


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """A URL, the headers it is sent, and the seconds between timed events, if there are any."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    interval: int | float | None = None
