"""Places the calls of ``check-bot`` and keeps what each has shown."""

from dataclasses import dataclass
from typing import Any, Final

from emulator.kit.scenarios import OwnScenario
from emulator.kit.stream_sound import heard_seconds
from emulator.kit.world import World
from emulator.platforms.exotel.calls.bot_checks.scripts import BotCall
from emulator.platforms.exotel.calls.calls import place
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.records.flows import Flow, key_of
from emulator.platforms.exotel.calls.records.streams import BotStream
from emulator.platforms.exotel.calls.schemas.call_requests import FlowCallRequest
from emulator.platforms.exotel.calls.state import state_of

FLOW: Final = "check-bot"
DEFAULT_RATE: Final = 8000
TALK_SECONDS: Final = 90
DEFAULT_OPTIONS: Final = {
    "stream_shape": "snake",
    "stream_chunk_ms": 100,
    "stream_hold_ms": 0,
    "stream_pings": False,
}
"""What a call has that asks for nothing else, whatever the call before it had."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a call has shown of the bot."""

    stream: BotStream
    sounds: list[dict[str, Any]]
    """What was heard and when."""
    bot: bytes
    """The bot's sound as it was played."""

    @property
    def codes(self) -> dict[str, str]:
        """The findings, each with its sentence."""
        return {each.code: each.text for each in self.stream.findings}

    @property
    def is_heard(self) -> bool:
        """The bot has made a sound."""
        return bool(self.stream.quality) and self.stream.quality["first_sound"] is not None

    def greeting(self) -> float:
        """Return the seconds of the bot's sound, without gaps, before the person spoke."""
        person = (each["start"] for each in self.sounds if each["kind"] == "person")
        until, rate = next(person, None), self.stream.sample_rate
        return heard_seconds(self.bot[: None if until is None else 2 * round(until * rate)], rate)


async def run(world: World, url: str, call: BotCall, pace: str) -> list[Seen]:
    """Make a call, or several at once, and return what each has shown."""
    changes = DEFAULT_OPTIONS | call.options | {"stream_pace": pace}
    options = options_of(world).model_copy(update=changes)
    world.change_settings(auth=None, calls_per_second=None, options={"exotel": options})
    state = state_of(world)
    address = url
    if call.rate != DEFAULT_RATE:
        address += f"{'&' if '?' in url else '?'}sample-rate={call.rate}"
    applets: list[dict[str, Any]] = [{"kind": "voicebot", "url": address, "record": True}]
    if call.is_one_way:
        listens = {"kind": "stream", "url": address, "action": "start"}
        applets = [listens, {"kind": "wait", "seconds": TALK_SECONDS}]
    state.flows.add(Flow(id=key_of("", FLOW), applets=applets))
    scenario = OwnScenario.model_validate(
        {
            "behavior": "answered",
            "ring_seconds": 0,
            "talk_seconds": TALK_SECONDS,
            "script": call.script,
        }
    )
    known = set(state.streams.by_id)
    for _ in range(call.times):
        place(world, FlowCallRequest(flow_id=FLOW, scenario=scenario))
    await world.advance(None)
    return [_seen(world, each) for each in state.streams if each.id not in known]


def _seen(world: World, stream: BotStream) -> Seen:
    sound = state_of(world).sounds.find(stream.id)
    if sound is None or sound.tracks is None:
        return Seen(stream, [], b"")
    return Seen(stream, sound.events(), sound.tracks.bot())
