"""Which scenario a call gets, and what its callee then does."""

from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st

from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import MAGIC_NUMBERS, SCENARIOS, Behavior
from emulator.engine.choices import Rule
from emulator.engine.scenarios import DEFAULT_MIX, Scenarios
from emulator.ids import Ids
from tests.cases import each_case
from tests.effort import examples
from tests.fakes import make_world, new_call, place

PLAIN = "+2348000000001"
MAGIC = "+23480099012"
MIX = {"answered": 2.0, "busy": 1.0, "no_answer": 1.0}


def chosen(rules: list[Rule], number: str, *, mix: dict[str, float] = DEFAULT_MIX) -> str:
    """Name the scenario of one call to this number at the platform fake, workflow w."""
    scenarios = Scenarios(Ids(0))
    scenarios.write(rules, mix)
    return choose(scenarios, "a-call", number=number)


def choose(
    scenarios: Scenarios,
    call_id: str,
    *,
    platform: str = "fake",
    number: str = PLAIN,
    workflow_id: str = "w",
) -> str:
    """Name the scenario of a call, by default of one to a plain number at the platform fake."""
    return scenarios.choose(
        platform=platform, number=number, workflow_id=workflow_id, call_id=call_id
    )


def choose_each(scenarios: Scenarios, numbers: list[str]) -> list[str]:
    """Name the scenarios of a batch at the platform fake, workflow w."""
    call_ids = list(map(str, range(len(numbers))))
    return scenarios.choose_each(
        platform="fake", numbers=numbers, workflow_id="w", call_ids=call_ids
    )


@each_case(
    ("rules", "number", "expected"),
    [
        pytest.param([], PLAIN, "answered", id="the-mix-last"),
        pytest.param([], MAGIC, "busy", id="magic-before-mix"),
        pytest.param([Rule(scenario=SCENARIOS["failed"])], MAGIC, "failed", id="rule-before-magic"),
        pytest.param(
            [
                Rule(scenario=SCENARIOS["failed"], number=PLAIN),
                Rule(scenario=SCENARIOS["hung_up"]),
            ],
            PLAIN,
            "failed",
            id="first-rule-first",
        ),
        pytest.param(
            [
                Rule(scenario=SCENARIOS["hung_up"]),
                Rule(scenario=SCENARIOS["failed"], number=PLAIN),
            ],
            PLAIN,
            "hung_up",
            id="order-counts-not-precision",
        ),
        pytest.param(
            [Rule(scenario=SCENARIOS["failed"], platform="other")],
            PLAIN,
            "answered",
            id="another-platform",
        ),
        pytest.param(
            [Rule(scenario=SCENARIOS["failed"], workflow_id="other")],
            PLAIN,
            "answered",
            id="another-workflow",
        ),
        pytest.param(
            [Rule(scenario=SCENARIOS["failed"], platform="fake", workflow_id="w", number=PLAIN)],
            PLAIN,
            "failed",
            id="all-of-it-matches",
        ),
    ],
)
def test_rules_go_before_magic_numbers_and_those_before_the_mix(
    rules: list[Rule], number: str, expected: str
) -> None:
    """The first rule that matches decides, else the last digits, else the outcome mix."""
    assert chosen(rules, number) == expected


def test_rules_for_the_next_calls_are_used_up_in_order() -> None:
    """A rule for the next two calls serves two, then the one behind it its one, then none."""
    world = make_world()
    world.scenarios.write(
        [
            Rule(scenario=SCENARIOS["busy"], next=2),
            Rule(scenario=SCENARIOS["busy"], number="+1", next=1),
            Rule(scenario=SCENARIOS["failed"], next=1),
        ],
        dict(DEFAULT_MIX),
    )

    names = [choose(world.scenarios, str(call)) for call in range(4)]

    assert names == ["busy", "busy", "failed", "answered"]
    assert [rule.number for rule in world.scenarios.rules] == ["+1"]


@settings(max_examples=examples(16))
@given(
    rules=st.lists(
        st.builds(
            Rule,
            scenario=st.sampled_from([SCENARIOS["busy"], SCENARIOS["failed"]]),
            number=st.sampled_from([None, PLAIN]),
            workflow_id=st.sampled_from([None, "w", "v"]),
            next=st.sampled_from([None, 1, 2]),
        ),
        max_size=5,
    ),
    numbers=st.lists(st.sampled_from([PLAIN, MAGIC]), max_size=6),
)
def test_rules_serve_a_batch_as_they_serve_its_calls_one_by_one(
    rules: list[Rule], numbers: list[str]
) -> None:
    """Choosing for many calls at once is choosing for each in turn, by the first live rule."""
    left = [(rule.number, rule.workflow_id, rule.next, rule.scenario.name) for rule in rules]
    expected = []
    for number in numbers:
        for at, (digits, workflow, times, name) in enumerate(left):
            if digits in {None, number} and workflow in {None, "w"}:
                expected.append(name)
                left[at : at + 1] = (
                    [] if times == 1 else [(digits, workflow, times and times - 1, name)]
                )
                break
        else:
            expected.append("busy" if number == MAGIC else "answered")
    scenarios = Scenarios(Ids(0))
    scenarios.write(rules, dict(DEFAULT_MIX))

    names = choose_each(scenarios, numbers)

    assert names == expected


def test_mix_is_drawn_by_weight() -> None:
    """The outcomes of many calls come in about the proportions of the mix."""
    scenarios = Scenarios(Ids(0))
    scenarios.write([], MIX)
    numbers = [PLAIN] * 4000

    drawn = Counter(choose_each(scenarios, numbers))

    assert drawn["answered"] == pytest.approx(2000, rel=0.1)
    assert drawn["busy"] == pytest.approx(1000, rel=0.15)


def test_outcome_of_a_call_depends_on_no_other_call() -> None:
    """A call's draw from the mix is keyed by its id: more calls elsewhere change nothing."""
    alone, crowded = Scenarios(Ids(7)), Scenarios(Ids(7))
    alone.write([], MIX)
    crowded.write([], MIX)
    for other in range(50):
        choose(crowded, f"other-{other}", platform="other", workflow_id="v")

    for call_id in map(str, range(50)):
        assert choose(crowded, call_id) == choose(alone, call_id)


@settings(max_examples=examples(24))
@given(
    seed=st.integers(-(2**63), 2**63 - 1),
    asked=st.permutations(
        [(number, name) for number in range(6) for name in ("answered", "hung_up", "busy")]
    ),
)
def test_plan_follows_from_seed_id_and_scenario_alone(
    seed: int, asked: list[tuple[int, str]]
) -> None:
    """In whatever order and company plans are made, the same call gets the same plan."""
    world, again = make_world(seed=seed), make_world(seed=seed)
    calls = [new_call(world, PLAIN) for _ in range(6)]

    plans = {each: world.scenarios.plan(calls[each[0]], each[1]) for each in asked}

    for number, name in sorted(asked):
        assert again.scenarios.plan(calls[number], name) == plans[number, name]


def test_callees_differ() -> None:
    """Calls of one scenario do not all ring and talk alike, nor all press the same key."""
    world = make_world()

    plans = [world.scenarios.plan(new_call(world, PLAIN)) for _ in range(200)]

    assert len({plan.ring for plan in plans}) == 10
    assert len({plan.talk for plan in plans}) > 30
    assert {plan.keys for plan in plans} == {"1", "2"}


@each_case("name", [pytest.param(name, id=name) for name in SCENARIOS])
async def test_scenario_ends_as_it_says(name: str) -> None:
    """A call with a built-in scenario ends in the status that the scenario announces."""
    world = make_world()
    world.scenarios.write([Rule(scenario=SCENARIOS[name])], dict(DEFAULT_MIX))
    (call,) = place(world, [PLAIN]).calls

    await world.advance(None)

    assert call.status is SCENARIOS[name].status
    assert (call.answered_at is not None) == (call.status is CallStatus.COMPLETED)


@each_case(
    ("options", "name", "keys"),
    [
        pytest.param(("1", "2"), "answered_2", "2", id="offered"),
        pytest.param(("1", "2"), "answered_7", None, id="not-offered"),
        pytest.param((), "answered", None, id="nothing-offered"),
        pytest.param(("1", "2"), "answered_silent", None, id="silent"),
        pytest.param(("1", "2"), "hung_up", None, id="hung-up"),
    ],
)
def test_only_an_option_that_is_offered_is_pressed(
    options: tuple[str, ...], name: str, keys: str | None
) -> None:
    """A callee presses a key of the workflow's options, or none."""
    world = make_world()

    plan = world.scenarios.plan(new_call(world, PLAIN, options=options), name)

    assert plan.keys == keys


def test_every_magic_number_names_a_scenario() -> None:
    """A magic number is five digits that choose a scenario that exists."""
    assert {len(suffix) for suffix in MAGIC_NUMBERS} == {5}
    assert set(MAGIC_NUMBERS.values()) <= set(SCENARIOS)
    assert {SCENARIOS[name].behavior for name in MAGIC_NUMBERS.values()} == set(Behavior)


def test_calls_that_do_the_same_share_a_plan() -> None:
    """Equal plans are one object: of many calls few plans are kept, and those are counted fast."""
    scenarios = Scenarios(Ids(7))
    plans = [
        scenarios.plan_person(f"call-{number}", "answered", ("1", "2")) for number in range(5000)
    ]

    assert len({id(plan) for plan in plans}) == len(set(plans)) < len(plans) / 5
