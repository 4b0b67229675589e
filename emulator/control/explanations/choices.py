"""What chose the scenario of a call: its request, a rule, a magic number, or a draw."""

from typing import Any

from emulator.control.explanations.story import Explanation, StepKind
from emulator.control.scenarios import shown_scenario
from emulator.domain.calls import Call, Direction
from emulator.domain.scenarios import MAGIC_NUMBERS, SUFFIX_DIGITS
from emulator.engine.choices import MAX_CHOICES, Choice
from emulator.kit.scenario_words import scenario_words
from emulator.world.world import World


def add_choice(story: Explanation, world: World, call: Call) -> None:
    """Add what chose the scenario."""
    choice = world.scenarios.choices.find(call.chosen)
    if choice is None or (choice.mix and is_magic(call)):
        text, more = _from_number(world, call)
    else:
        text, more = _from_choice(world, call, choice)
    scenario = world.scenarios.find(call.scenario)
    shown = {"scenario": shown_scenario(scenario)} | more
    named = f"scenario {scenario_words(call.scenario)}: {text}"
    story.add(StepKind.SCENARIO, call.created_at, named, **shown)


def number_of(call: Call) -> str:
    """Return the person's number: the caller of an inbound call."""
    return call.from_number if call.direction is Direction.INBOUND else call.to_number


def is_magic(call: Call) -> bool:
    """Return whether the number chooses a scenario, which comes before any draw."""
    return number_of(call)[-SUFFIX_DIGITS:] in MAGIC_NUMBERS


def _from_number(world: World, call: Call) -> tuple[str, dict[str, Any]]:
    if is_magic(call):
        number = number_of(call)
        suffix = number[-SUFFIX_DIGITS:]
        text = f"the number {number} ends in {suffix}, a magic number"
        return text, {"by": "magic_number", "number": number, "suffix": suffix}
    if len(world.scenarios.choices) >= MAX_CHOICES:
        return "the record of what chose it was evicted", {"by": None}
    text = "no rule and no magic number decides, and the outcome mix has nothing else"
    return text, {"by": "mix", "mix": {call.scenario: 1.0}, "probability": 1.0, "drawn": None}


def _from_choice(world: World, call: Call, choice: Choice) -> tuple[str, dict[str, Any]]:
    match choice.kind:
        case "request":
            return "the request that placed the call gave it", {"by": "request"}
        case "rule":
            asked = [f"{name} {value}" for name, value in choice.match.items()]
            whom = f"calls with {', '.join(asked)}" if asked else "all calls"
            limited = ", for a limited number of calls" if choice.is_limited else ""
            more = {"by": "rule", "match": choice.match, "limited": choice.is_limited}
            return f"a scenario rule gives it to {whom}{limited}", more
        case "mix":
            return _from_mix(world, call, choice.mix)
        case "quota":
            return _from_quota(call, choice.mix)


def _from_quota(call: Call, quota: dict[str, float]) -> tuple[str, dict[str, Any]]:
    counts = {name: round(count) for name, count in quota.items()}
    shares = ", ".join(f"{name} {count}" for name, count in counts.items())
    total = sum(counts.values())
    mine = counts.get(call.scenario, 0)
    text = f"drawn from the quota ({shares}), which gives it to {mine} of every {total} calls"
    return text, {"by": "quota", "quota": counts, "count": mine, "of": total}


def _from_mix(world: World, call: Call, mix: dict[str, float]) -> tuple[str, dict[str, Any]]:
    drawn, total = world.scenarios.draw(call.id), sum(mix.values())
    weight = mix.get(call.scenario, 0.0)
    shares = ", ".join(f"{name} {each:g}" for name, each in mix.items())
    text = (
        f"drawn from the outcome mix ({shares}), in which its probability is {weight / total:.4g}"
        f" ({weight:g} of {total:g}); the draw was {drawn:.6f}"
    )
    probability = weight / total
    more = {"mix": mix, "weight": weight, "probability": probability, "drawn": drawn}
    return text, {"by": "draw"} | more
