"""Where webhooks go, as the control API and responses to webhooks set it."""

from dataclasses import replace
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.fields import HttpUrl, SentHeaders
from emulator.platforms.exotel.voicebots.records.endpoints import (
    INSIGHTS,
    WEBHOOK_KINDS,
    WebhookEndpoint,
)


class WebhookConfig(BaseModel):
    """The endpoint of one webhook; ``headers`` can carry a bearer token, as integrators do."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    url: HttpUrl
    headers: SentHeaders = {}

    def endpoint(self) -> WebhookEndpoint:
        """Return the endpoint that was given."""
        return WebhookEndpoint(self.url, tuple(self.headers.items()))


class InsightsWebhookConfig(WebhookConfig):
    """Insights are sent at the end of the call, and with a timer also during the call."""

    trigger_type: Literal["timer", "end"] = "end"
    trigger_interval_sec: Annotated[float, Field(ge=1, le=86_400)] = 30

    def endpoint(self) -> WebhookEndpoint:
        """Return the endpoint that was given, with the interval of a timer."""
        interval = self.trigger_interval_sec if self.trigger_type == "timer" else None
        return replace(super().endpoint(), interval=interval)


CONFIG_OF_KIND: Final[dict[str, type[WebhookConfig]]] = {
    kind: InsightsWebhookConfig if kind == INSIGHTS else WebhookConfig for kind in WEBHOOK_KINDS
}


class WebhookConfigs(BaseModel):
    """The webhooks of a bot; a webhook that is null or left out is not sent."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    session_start: WebhookConfig | None = None
    session_end: WebhookConfig | None = None
    transcript_events: WebhookConfig | None = None
    insights_events: InsightsWebhookConfig | None = None
    pre_agent_transfer: WebhookConfig | None = None

    def endpoints(self) -> dict[str, WebhookEndpoint]:
        """Return the endpoints that were given, by kind."""
        given = {kind: getattr(self, kind) for kind in WEBHOOK_KINDS}
        return {kind: config.endpoint() for kind, config in given.items() if config is not None}
