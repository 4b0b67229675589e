"""What the person of a call does if no script says it: by the scenario, and a seeded choice."""

from typing import Any, Final

from emulator.domain.scenarios import Behavior, Scenario
from emulator.kit.world import World
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall

BOT_SECONDS: Final = 30


def script_of(world: World, call: VoiceCall, *, is_two_way: bool) -> list[dict[str, Any]]:
    """Return the script of a call's scenario, or one that works with any bot."""
    scenario = world.scenarios.find(world.calls.get(call.id).scenario)
    if scenario.script is not None:
        return scenario.script
    first, second = (_sentence(world, call, number) for number in (1, 2))
    if not is_two_way:
        return [first, {"wait": 2}, second]
    if scenario.behavior is Behavior.HUNG_UP:
        return [{"wait_for": "speech"}, {"wait": 0.5}, {"hang_up": True}]
    answer: list[dict[str, Any]] = [
        {"wait_for": "speech"},
        {"wait_for": "quiet", "timeout": BOT_SECONDS},
    ]
    return [first, *answer, *_keys(scenario), second, *answer, *_end(scenario)]


def _sentence(world: World, call: VoiceCall, number: int) -> dict[str, Any]:
    """Return a sentence of one to three seconds, in tenths."""
    drawn = world.ids.draw("exotel.sentence", f"{call.id}/{number}")
    return {"say": 1 + drawn % 21 / 10}


def _keys(scenario: Scenario) -> list[dict[str, Any]]:
    return [{"press": scenario.keys}] if scenario.keys else []


def _end(scenario: Scenario) -> list[dict[str, Any]]:
    """Hang up, unless the scenario says how long the person talks."""
    return [] if scenario.talk is not None else [{"hang_up": True}]
