"""Where a bot's webhooks go, as the bot's configuration or the answer to session_start says.

https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.fields import HttpUrl, SentHeaders

SESSION_START: Final = "session_start"
SESSION_END: Final = "session_end"
TRANSCRIPT: Final = "transcript_events"
INSIGHTS: Final = "insights_events"
TRANSFER: Final = "pre_agent_transfer"
KINDS: Final = (SESSION_START, SESSION_END, TRANSCRIPT, INSIGHTS, TRANSFER)
OVERRIDABLE: Final = KINDS[1:]
"""What the answer to session_start can set for its session."""


@dataclass(frozen=True, slots=True)
class Hook:
    """An address, what is sent along, and the seconds between timed events, if any."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    interval: int | float | None = None


class NewHook(BaseModel):
    """One webhook; integrators have a static bearer header sent along."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    url: HttpUrl
    headers: SentHeaders = {}

    def hook(self) -> Hook:
        """Take it as it was given."""
        return Hook(self.url, tuple(self.headers.items()))


class NewInsightsHook(NewHook):
    """Insights go out at the end, or on a timer while the call lasts too."""

    trigger_type: Literal["timer", "end"] = "end"
    trigger_interval_sec: Annotated[float, Field(ge=1, le=86_400)] = 30

    def hook(self) -> Hook:
        """Take it as it was given."""
        interval = self.trigger_interval_sec if self.trigger_type == "timer" else None
        return replace(super().hook(), interval=interval)


MODELS: Final[dict[str, type[NewHook]]] = {
    kind: NewInsightsHook if kind == INSIGHTS else NewHook for kind in KINDS
}


class NewHooks(BaseModel):
    """All webhooks of a bot; what is left out or null is not sent."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    session_start: NewHook | None = None
    session_end: NewHook | None = None
    transcript_events: NewHook | None = None
    insights_events: NewInsightsHook | None = None
    pre_agent_transfer: NewHook | None = None

    def hooks(self) -> dict[str, Hook]:
        """Those that were given, by kind."""
        given = {kind: getattr(self, kind) for kind in KINDS}
        return {kind: asked.hook() for kind, asked in given.items() if asked is not None}
