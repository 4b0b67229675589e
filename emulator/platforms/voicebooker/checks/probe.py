"""Requests to a backend as the bot makes them, and calls to the bot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.domain.callbacks import SUCCESS_STATUSES, Callback, CallbackResponse
from emulator.kit.http import read_content
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.conversations import Conversation
from emulator.platforms.voicebooker.bot.talk import ENTITY_ACTIONS
from emulator.platforms.voicebooker.calls import place
from emulator.platforms.voicebooker.checks.report import WebhookExchange
from emulator.platforms.voicebooker.options import options_of
from emulator.platforms.voicebooker.schemas.words import Action
from emulator.platforms.voicebooker.state import state_of

with on_first_use():
    from emulator.platforms.voicebooker.schemas import call_requests


@dataclass(slots=True)
class Probe:
    """Sends webhooks to one URL and records the exchanges."""

    world: World
    url: str
    headers: Mapping[str, str]
    exchanges: list[WebhookExchange] = field(default_factory=list[WebhookExchange])
    """The exchanges of the current check."""
    entity: str | None = None
    """The id of the business, when it is known."""

    async def send(self, *contents: bytes, event: str) -> list[CallbackResponse]:
        """Send bodies at the same time and return their responses in order."""
        callbacks = [
            Callback(
                id=self.world.ids.uuid("voicebooker.callback"),
                platform="voicebooker",
                event=event,
                url=self.url,
                content=content,
                content_type="application/json",
                headers=tuple(self.headers.items()),
            )
            for content in contents
        ]
        for callback in callbacks:
            self.world.courier.enqueue(callback)
        await self.world.advance(None)
        responses = [callback.attempts[-1].response for callback in callbacks]
        self.exchanges += map(WebhookExchange, contents, responses)
        return responses

    def body(self, action: Action, **fields: Any) -> bytes:
        """Return the body of an action, with ``entityId`` if the option asks for it."""
        if options_of(self.world).entity_id_everywhere and action not in ENTITY_ACTIONS:
            fields = {"entityId": self.entity} | fields
        return to_json({"action": action, **fields})

    async def ask(self, action: Action, **fields: Any) -> CallbackResponse:
        """Send an action and return the response."""
        (response,) = await self.send(self.body(action, **fields), event=action)
        return response

    async def call(self, **asked: Any) -> Conversation:
        """Place a call to the bot and return the whole conversation."""
        body = {
            "platform": "voicebooker",
            "webhook_url": self.url,
            "webhook_headers": dict(self.headers),
            "scenario": "answered",
            **asked,
        }
        call = place(self.world, read_content(to_json(body), call_requests.VoicebookerCallRequest))
        await self.world.advance(None)
        for callback in reversed(self.world.courier.log.about(call.id)):
            self.exchanges.append(
                WebhookExchange(callback.content or b"", callback.attempts[-1].response)
            )
        return state_of(self.world).conversations.get(call.id)


def accepted(response: CallbackResponse) -> bool:
    """Check whether a response is a success."""
    return response.status is not None and response.status in SUCCESS_STATUSES
