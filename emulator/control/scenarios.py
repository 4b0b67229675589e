"""Scenarios: the rules that choose how callees behave, and the outcome mix for all other calls."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import CLOSED, platforms_of
from emulator.domain.scenarios import SCENARIOS, Scenario
from emulator.engine.choices import Rule
from emulator.engine.quotas import LARGEST
from emulator.engine.scenarios import DEFAULT_MIX, Scenarios
from emulator.kit.errors import invalid
from emulator.kit.http import json_response, read_body
from emulator.kit.operation import Operation
from emulator.kit.scenarios import OwnScenario, not_a_scenario, scenario_of
from emulator.kit.suggestions import not_one_of
from emulator.kit.world import World, world_of
from emulator.wire.whole_numbers import WHOLE_NUMBER

Weight = Annotated[float, Field(gt=0, le=1_000_000_000, allow_inf_nan=False, strict=True)]

Count = Annotated[int, Field(gt=0, le=LARGEST, strict=True), WHOLE_NUMBER]


def _fitting(value: dict[str, int]) -> dict[str, int]:
    if sum(value.values()) > LARGEST:
        raise ValueError(f"must add up to at most {LARGEST}")
    return value


class ScenarioMatch(BaseModel):
    """The calls that a scenario rule applies to; default: all."""

    model_config = CLOSED

    platform: str | None = None
    number: str | None = None
    workflow_id: str | None = None
    next: Annotated[int, Field(ge=1, strict=True), WHOLE_NUMBER] | None = None


class NewScenarioRule(BaseModel):
    """A scenario for the calls that match."""

    model_config = CLOSED

    match: ScenarioMatch = ScenarioMatch()
    scenario: str | OwnScenario


class ChangeScenariosRequest(BaseModel):
    """The body of ``PUT /scenarios``; a mix replaces the quota, and a quota the mix."""

    model_config = CLOSED

    rules: list[NewScenarioRule] | None = None
    mix: Annotated[dict[str, Weight], Field(min_length=1)] | None = None
    quota: Annotated[dict[str, Count], Field(min_length=1), AfterValidator(_fitting)] | None = None


async def get_scenarios(request: Request) -> Response:
    """Show the scenario rules, the outcome mix and the built-in scenarios."""
    return json_response(_shown(world_of(request).scenarios))


async def set_scenarios(request: Request) -> Response:
    """Replace the scenario rules, the outcome mix or the quota."""
    world = world_of(request)
    scenarios, asked = world.scenarios, read_body(request, ChangeScenariosRequest)
    if asked.mix is not None and asked.quota is not None:
        raise invalid(("quota", "cannot be given together with mix"))
    for field in ("mix", "quota"):
        for name in getattr(asked, field) or ():
            if name not in SCENARIOS:
                raise invalid((f"{field}.{name[:60]}", not_a_scenario(name)))
    rules = scenarios.rules
    if asked.rules is not None:
        platforms = platforms_of(request)
        for index, rule in enumerate(asked.rules):
            if rule.match.platform not in (None, *platforms):
                path = f"rules[{index}].match.platform"
                raise invalid((path, not_one_of(rule.match.platform or "", platforms)))
        rules = [_rule(world, index, rule) for index, rule in enumerate(asked.rules)]
    quota, dealt, kept = asked.quota, 0, scenarios.quota
    if kept is not None and not asked.model_fields_set & {"mix", "quota"}:
        quota, dealt = kept.counts, kept.dealt
    mix = scenarios.mix if asked.mix is None else asked.mix
    scenarios.write(rules, mix, quota, dealt)
    return json_response(_shown(scenarios))


async def delete_scenarios(request: Request) -> Response:
    """Delete the scenario rules, and restore the default outcome mix."""
    scenarios = world_of(request).scenarios
    scenarios.write([], dict(DEFAULT_MIX))
    return json_response(_shown(scenarios))


def _rule(world: World, index: int, asked: NewScenarioRule) -> Rule:
    scenario = scenario_of(world, f"rules[{index}].scenario", asked.scenario, asked.match.platform)
    return Rule(scenario=scenario, **asked.match.model_dump())


def _shown(scenarios: Scenarios) -> dict[str, Any]:
    """Return it for programs; of a quota, also how many calls have drawn from it."""
    quota = scenarios.quota
    dealt = {} if quota is None else {"quota": quota.counts, "dealt": quota.dealt}
    return dealt | {
        "rules": [
            {
                "match": {
                    name: value
                    for name, value in (
                        ("platform", rule.platform),
                        ("number", rule.number),
                        ("workflow_id", rule.workflow_id),
                        ("next", rule.next),
                    )
                    if value is not None
                },
                "scenario": shown_scenario(rule.scenario),
            }
            for rule in scenarios.rules
        ],
        "mix": scenarios.mix,
        "names": list(SCENARIOS),
    }


def shown_scenario(scenario: Scenario) -> str | dict[str, Any]:
    """Return a scenario as a request gives it."""
    if scenario.name in SCENARIOS:
        return scenario.name
    shown: dict[str, Any] = {"behavior": scenario.behavior}
    if scenario.ring is not None:
        shown["ring_seconds"] = scenario.ring.total_seconds()
    if scenario.talk is not None:
        shown["talk_seconds"] = scenario.talk.total_seconds()
    if scenario.keys is not None:
        shown["keys"] = scenario.keys
    if scenario.script is not None:
        shown["script"] = scenario.script
    for name in ("language", "voice", "tools"):
        if chosen := getattr(scenario, name):
            shown[name] = chosen
    return shown


scenario_routes: Final = (
    Operation(method="GET", path="/scenarios", handler=get_scenarios),
    Operation(method="PUT", path="/scenarios", handler=set_scenarios, takes=ChangeScenariosRequest),
    Operation(method="DELETE", path="/scenarios", handler=delete_scenarios),
)
