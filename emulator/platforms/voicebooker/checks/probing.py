"""Asks a backend what the bot would ask, outside of any call, and lets the bot take calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.domain.callbacks import SUCCESS_STATUSES, Callback, CallbackResponse
from emulator.kit.http import read_content
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.conversations import Conversation
from emulator.platforms.voicebooker.bot.simulating import VoicebookerCallRequest, place
from emulator.platforms.voicebooker.bot.talk import LISTED_WITH_ENTITY
from emulator.platforms.voicebooker.checks.report import Exchange
from emulator.platforms.voicebooker.options import options_of
from emulator.platforms.voicebooker.schemas import Action
from emulator.platforms.voicebooker.state import state_of


@dataclass(slots=True)
class Probe:
    """Sends webhooks to one address and remembers what it was answered."""

    world: World
    url: str
    headers: Mapping[str, str]
    exchanges: list[Exchange] = field(default_factory=list[Exchange])
    """Since somebody last took them."""
    entity: str | None = None
    """The business, once it is known."""

    async def send(self, *contents: bytes, event: str) -> list[CallbackResponse]:
        """Send bodies at the same time and return the answers in their order."""
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
        answers = [callback.attempts[-1].response for callback in callbacks]
        self.exchanges += map(Exchange, contents, answers)
        return answers

    def body(self, action: Action, **fields: Any) -> bytes:
        """The request for an action; with ``entityId`` where the option says so."""
        if options_of(self.world).entity_id_everywhere and action not in LISTED_WITH_ENTITY:
            fields = {"entityId": self.entity} | fields
        return to_json({"action": action, **fields})

    async def ask(self, action: Action, **fields: Any) -> CallbackResponse:
        """Ask for an action."""
        (answer,) = await self.send(self.body(action, **fields), event=action)
        return answer

    async def call(self, **asked: Any) -> Conversation:
        """Have somebody call the bot, and hear the whole conversation."""
        body = {
            "platform": "voicebooker",
            "webhook_url": self.url,
            "webhook_headers": dict(self.headers),
            "scenario": "answered",
            **asked,
        }
        call = place(self.world, read_content(to_json(body), VoicebookerCallRequest))
        await self.world.advance(None)
        for callback in reversed(self.world.courier.log.about(call.id)):
            self.exchanges.append(Exchange(callback.content or b"", callback.attempts[-1].response))
        return state_of(self.world).conversations.get(call.id)


def accepted(answer: CallbackResponse) -> bool:
    """Whether an answer says that it was done."""
    return answer.status is not None and answer.status in SUCCESS_STATUSES
