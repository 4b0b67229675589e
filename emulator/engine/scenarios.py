"""How a simulated callee behaves: which scenario a call gets, and the plan made from it."""

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from functools import cache
from typing import Final, Literal
from zlib import crc32

from emulator.domain.calls import Call, Plan
from emulator.domain.scenarios import (
    MAGIC_NUMBERS,
    SCENARIOS,
    SUFFIX_DIGITS,
    Scenario,
)
from emulator.engine.choices import MAX_CHOICES, Choice, Key, Rule
from emulator.engine.plans import plan_of
from emulator.engine.quotas import Quota
from emulator.ids import SCALE, Ids
from emulator.store.collection import Collection
from emulator.store.dirty import DirtyFlag

LOTS: Final = 10 * 41 * 12
"""Ring times, talk times, and a number for the option pressed."""
DEFAULT_MIX: Final = {"answered": 1.0}


@cache
def _magic_end() -> re.Pattern[str]:
    """Return what finds a magic number among numbers, of which each has a line."""
    return re.compile(rf"(?:{'|'.join(MAGIC_NUMBERS)})(?:\n|\Z)")


class Scenarios:
    """Chooses, in this order: a rule, a magic number, the quota, a draw from the outcome mix."""

    def __init__(self, ids: Ids, dirty: DirtyFlag | None = None) -> None:
        """``dirty``: the flag of the world."""
        self._ids = ids
        self._dirty = dirty or DirtyFlag()
        self.rules: list[Rule] = []
        self.mix: dict[str, float] = dict(DEFAULT_MIX)
        self.quota: Quota | None = None
        """Goes before the mix."""
        self.custom = Collection(Scenario, "scenario", key="name")
        """Those that users made."""
        self.changed = False
        """Rules, mix or quota have changed since the last commit."""
        self.revision = 0
        """How often they have changed."""
        self.choices = Collection(Choice, "choice", constant=True)
        """What chose scenarios so far; a call has the id."""
        self.reasons: dict[str, str | None] = {}
        """The choices of calls that are being placed, by their ids, until the engine takes them."""
        self.usual: str | None = None
        """The choice of the calls that have no other: the mix, if there is anything to draw."""
        self._given: str | None = None
        """The choice that requests make."""
        self._by_key: dict[Key, list[tuple[int, Rule]]] = {}
        self._plans: dict[tuple[str, tuple[str, ...]], dict[int, Plan]] = {}
        self._equal_plans: dict[Plan, Plan] = {}
        """Each plan once: calls that do the same share it, so they are counted in one step."""
        self._salt = ids.seed & 0xFFFFFFFF

    def write(
        self,
        rules: list[Rule],
        mix: dict[str, float],
        quota: dict[str, int] | None = None,
        dealt: int = 0,
    ) -> None:
        """Replace the rules, the outcome mix and the quota; earlier rules go before later ones."""
        self.rules = rules
        self.mix = mix
        self.quota = None if quota is None else Quota(self._ids, quota, dealt)
        self._mark_changed()
        self.usual = None
        if quota is not None:
            self.usual = self._choice("quota", mix={name: quota[name] for name in quota})
        elif len(mix) > 1:
            self.usual = self._choice("mix", mix=mix)
        self._by_key = {}
        for order, rule in enumerate(rules):
            self._by_key.setdefault(rule.key, []).append((order, rule))
            self.remember(rule.scenario)

    def _mark_changed(self) -> None:
        self.changed = True
        self.revision += 1
        self._dirty.is_set = True

    def find(self, name: str) -> Scenario:
        """Look up a scenario by its name, built in or made by a rule."""
        return SCENARIOS.get(name) or self.custom.by_id[name]

    def remember(self, scenario: Scenario) -> str:
        """Keep a scenario that was made for one call, and return its name."""
        if scenario.name not in SCENARIOS and scenario.name not in self.custom:
            self.custom.add(scenario)
        return scenario.name

    def give(self, scenario: Scenario, call_id: str) -> str:
        """Have a call that is being placed go as its request says; the scenario's name."""
        self._given = self._given or self._choice("request")
        self.reasons[call_id] = self._given
        return self.remember(scenario)

    def choose(self, *, platform: str, number: str, workflow_id: str, call_id: str) -> str:
        """Name the scenario of a call that is being placed; uses up a ``next`` rule."""
        if self._by_key and (rule := self._match(platform, number, workflow_id)) is not None:
            rule.choice = rule.choice or self._rule_choice(rule)
            self.reasons[call_id] = rule.choice
            return rule.scenario.name
        magic = MAGIC_NUMBERS.get(number[-SUFFIX_DIGITS:])
        if magic is not None:
            return magic
        if self.quota is not None:
            self._mark_changed()
            return self.quota.deal()
        if len(self.mix) == 1:
            return next(iter(self.mix))
        drawn = self._ids.draw("outcome", call_id) / SCALE * sum(self.mix.values())
        for name, weight in self.mix.items():
            drawn -= weight
            if drawn < 0:
                return name
        return next(reversed(self.mix))

    def is_named(self, platform: str, number: str) -> bool:
        """Check whether a rule for this very number, of any workflow, may choose a scenario."""
        digits = number.lstrip("+")
        keys = self._by_key
        return bool(keys) and any(keys.get((name, digits, None)) for name in (platform, None))

    @staticmethod
    def magic(number: str) -> str | None:
        """Name the scenario that a magic number selects."""
        return MAGIC_NUMBERS.get(number[-SUFFIX_DIGITS:])

    def draw(self, call_id: str) -> float:
        """The number from 0 up to 1 that decides what a call draws from the mix."""
        return self._ids.draw("outcome", call_id) / SCALE

    def _rule_choice(self, rule: Rule) -> str | None:
        asked = {
            "platform": rule.platform,
            "number": rule.number,
            "workflow_id": rule.workflow_id,
        }
        match = {name: value for name, value in asked.items() if value is not None}
        return self._choice("rule", match=match, is_limited=rule.next is not None)

    def _choice(
        self,
        kind: Literal["rule", "mix", "quota", "request"],
        *,
        match: dict[str, str] | None = None,
        mix: dict[str, float] | None = None,
        is_limited: bool = False,
    ) -> str | None:
        """Remember what chooses, and return its id; None when that is more than is remembered."""
        made = Choice(
            id=str(len(self.choices) + 1),
            kind=kind,
            match=match or {},
            is_limited=is_limited,
            mix=dict(mix or {}),
        )
        for known in self.choices:
            if replace(known, id=made.id) == made:
                return known.id
        return self.choices.add(made).id if len(self.choices) < MAX_CHOICES else None

    def take_reasons(self, calls: Iterable[Call]) -> None:
        """Note on calls that are placed what chose their scenarios."""
        reason_of, usual = self.reasons.get, self.usual
        if not self.reasons and usual is None:
            return
        for call in calls:
            call.chosen = reason_of(call.id, usual)
        self.reasons.clear()

    def choose_each(
        self,
        *,
        platform: str,
        numbers: Sequence[str],
        workflow_id: str,
        call_ids: Sequence[str],
    ) -> list[str]:
        """Name the scenario of each of many calls, as ``choose`` would."""
        if self.is_choice_pure and len(self.mix) == 1:
            magic, only = MAGIC_NUMBERS.get, next(iter(self.mix))
            if _magic_end().search("\n".join(numbers)) is None:  # as in most parts of a batch
                return [only] * len(numbers)
            return [magic(number[-SUFFIX_DIGITS:], only) for number in numbers]
        return [
            self.choose(platform=platform, number=number, workflow_id=workflow_id, call_id=call_id)
            for number, call_id in zip(numbers, call_ids, strict=True)
        ]

    def draft(self) -> "Scenarios":
        """Return scenarios that choose for the next calls as these would, and change nothing here.

        ``adopt`` has the same calls count, as long as ``basis`` is what it was.
        """
        made = copy(self)
        made._dirty = DirtyFlag()  # noqa: SLF001  # of its own kind
        made.reasons, made.quota = {}, copy(self.quota)
        made.custom, made.choices = self.custom.draft(), self.choices.draft()
        rules = {id(rule): replace(rule) for rule in self.rules}
        made.rules = [*rules.values()]
        made._by_key = {  # noqa: SLF001
            key: [(order, rules[id(rule)]) for order, rule in found]
            for key, found in self._by_key.items()
        }
        return made

    @property
    def basis(self) -> tuple[int, int, int]:
        """What differs once another draft could not be adopted any more."""
        return self.revision, len(self.choices), len(self.custom)

    def adopt(self, draft: "Scenarios") -> None:
        """Use up and remember what a draft has used up and remembered."""
        self.rules, self.quota = draft.rules, draft.quota
        self._by_key, self._given = draft._by_key, draft._given  # noqa: SLF001
        for choice in [*draft.choices][len(self.choices) :]:
            self.choices.add(choice)
        for scenario in [*draft.custom][len(self.custom) :]:
            self.custom.add(scenario)
        if draft.revision != self.revision:
            self._mark_changed()

    @property
    def is_choice_pure(self) -> bool:
        """To choose uses nothing up, and remembers nothing: there are neither rules nor a quota."""
        return not self._by_key and self.quota is None

    def _match(self, platform: str, number: str, workflow_id: str) -> Rule | None:
        heads = [
            found[0]
            for name in (platform, None)
            for digits in (number.lstrip("+"), None)
            for workflow in (workflow_id, None)
            if (found := self._by_key.get((name, digits, workflow)))
        ]
        if not heads:
            return None
        _, rule = min(heads, key=lambda head: head[0])
        if rule.next is not None:
            rule.next -= 1
            self._mark_changed()
            if rule.next == 0:
                self._by_key[rule.key].pop(0)
                self.rules.remove(rule)
        return rule

    def plan_each(self, calls: Sequence[Call]) -> list[Plan]:
        """Work out what the callees of one batch will do, as ``plan`` would."""
        salt, options = self._salt, calls[0].options
        plans = {
            name: self._plans.setdefault((name, options), {})
            for name in {call.scenario for call in calls}
        }
        if len(plans) == 1:
            find = plans[calls[0].scenario].get
            return [find(crc32(each.id.encode(), salt) % LOTS) or self.plan(each) for each in calls]
        return [
            plans[call.scenario].get(crc32(call.id.encode(), salt) % LOTS) or self.plan(call)
            for call in calls
        ]

    def plan(self, call: Call, scenario: str | None = None) -> Plan:
        """Work out what the callee will do: the same for the same seed, call id and scenario.

        Calls share their plans, of which there are not many.
        """
        return self.plan_person(
            call.id, call.scenario if scenario is None else scenario, call.options
        )

    def plan_person(self, name: str, scenario: str, options: tuple[str, ...] = ()) -> Plan:
        """Work out what a person will do: ``name`` tells persons apart, as ids do calls."""
        draw = crc32(name.encode(), self._salt) % LOTS
        plans = self._plans.get((scenario, options))
        if plans is None:
            plans = self._plans[scenario, options] = {}
        plan = plans.get(draw)
        if plan is None:
            plan = plan_of(self.find(scenario), options, draw)
            plan = plans[draw] = self._equal_plans.setdefault(plan, plan)
        return plan
