"""Scenarios over the control API."""

from typing import Any

import pytest

from emulator.domain.scenarios import MAGIC_NUMBERS, SCENARIOS
from tests.cases import each_case_alone
from tests.support import World

PLAIN = "+2348000000001"
FIRST = {"rules": [], "mix": {"answered": 1.0}, "names": list(SCENARIOS)}


async def outcomes(world: World, *numbers: str, **fields: Any) -> list[str]:
    """Place a batch, let it end, and tell how each call did, in the order of the numbers."""
    batch = await world.place(await world.workflow(**fields), *numbers)
    await world.advance()
    calls = (await world.control("GET", f"/calls?batch_id={batch}&limit=1000")).json()
    return [call["status"] for call in reversed(calls)]


async def test_world_begins_without_rules(world: World) -> None:
    """At first every callee answers, and the names of the built-in scenarios are listed."""
    assert (await world.control("GET", "/scenarios")).json() == FIRST


async def test_rules_are_shown_as_they_were_given(world: World) -> None:
    """What was put is what is shown, scenarios of one's own included."""
    rules = [
        {"match": {"number": PLAIN, "next": 2}, "scenario": "busy"},
        {"match": {"platform": "intron", "workflow_id": "w"}, "scenario": "no_answer"},
        {
            "match": {},
            "scenario": {
                "behavior": "answered",
                "ring_seconds": 1.5,
                "talk_seconds": 0.0,
                "keys": "1",
            },
        },
        {"match": {}, "scenario": {"behavior": "hung_up", "keys": ""}},
    ]
    mix = {"busy": 1.0, "answered": 3.0}

    put = await world.control("PUT", "/scenarios", json={"rules": rules, "mix": mix})

    assert put.json() == {"rules": rules, "mix": mix, "names": list(SCENARIOS)}
    assert (await world.control("GET", "/scenarios")).json() == put.json()


async def test_rules_and_mix_are_changed_apart(world: World) -> None:
    """Putting one of the two leaves the other; deleting goes back to the beginning."""
    await world.control("PUT", "/scenarios", json={"rules": [{"scenario": "busy"}]})

    changed = (await world.control("PUT", "/scenarios", json={"mix": {"failed": 2}})).json()

    assert (len(changed["rules"]), changed["mix"]) == (1, {"failed": 2.0})
    assert (await world.control("DELETE", "/scenarios")).json() == FIRST


async def test_rule_decides_how_calls_go(world: World) -> None:
    """A rule for a number decides its calls, the others draw from the mix."""
    rules = [{"match": {"number": PLAIN}, "scenario": "failed"}]
    await world.control("PUT", "/scenarios", json={"rules": rules, "mix": {"busy": 1}})

    assert await outcomes(world, PLAIN, "+2348000000002", "+23480099011") == [
        "failed",
        "busy",
        "no_answer",
    ]


async def test_rule_for_the_next_calls_is_used_up(world: World) -> None:
    """A rule for the next two calls is gone after them, and shows how many it has left."""
    rules = [{"match": {"next": 2}, "scenario": "busy"}]
    await world.control("PUT", "/scenarios", json={"rules": rules})

    assert await outcomes(world, PLAIN) == ["busy"]
    (left,) = (await world.control("GET", "/scenarios")).json()["rules"]
    assert left["match"] == {"next": 1}
    assert await outcomes(world, PLAIN, PLAIN) == ["busy", "completed"]
    assert (await world.control("GET", "/scenarios")).json()["rules"] == []


async def test_refused_batch_uses_up_no_rule(world: World) -> None:
    """A batch that is refused changes nothing, not even how many calls a rule has left."""
    rules = [{"match": {"next": 1}, "scenario": "busy"}]
    await world.control("PUT", "/scenarios", json={"rules": rules})
    body = {
        "workflow_id": await world.workflow(),
        "workflow_params": [{"phone_number": PLAIN}, {"phone_number": "none"}],
    }

    assert (await world.intron("POST", "/call", json=body)).status_code == 400

    assert await outcomes(world, PLAIN) == ["busy"]


async def test_scenario_of_ones_own_says_how_long(world: World) -> None:
    """Ring and talk times and the key pressed are as the rule says, to the fraction."""
    scenario = {"behavior": "answered", "ring_seconds": 1.25, "talk_seconds": 7.5, "keys": "2"}
    await world.control("PUT", "/scenarios", json={"rules": [{"scenario": scenario}]})
    await world.place(await world.workflow(), PLAIN)

    await world.advance()

    (call,) = (await world.control("GET", "/calls")).json()
    assert (call["answered_at"], call["ended_at"]) == (
        "2026-01-01T00:00:01.250000Z",
        "2026-01-01T00:00:08.750000Z",
    )
    assert (call["talk_seconds"], call["keys"]) == (7.5, "2")


async def test_calls_under_way_keep_their_scenario(world: World) -> None:
    """A rule is for calls that are placed after it was set."""
    batch = await world.place(await world.workflow(), PLAIN)

    await world.control("PUT", "/scenarios", json={"rules": [{"scenario": "busy"}]})
    await world.advance()

    (call,) = (await world.control("GET", f"/calls?batch_id={batch}")).json()
    assert call["status"] == "completed"


@each_case_alone(
    ("body", "field"),
    [
        pytest.param({"rules": {}}, "rules", id="rules-are-no-list"),
        pytest.param({"rules": [{}]}, "rules[0].scenario", id="no-scenario"),
        pytest.param({"rules": [{"scenario": "nap"}]}, "rules[0].scenario", id="unknown-name"),
        pytest.param(
            {"rules": [{"scenario": "busy"}, {"scenario": "busy", "match": {"next": 0}}]},
            "rules[1].match.next",
            id="next-none",
        ),
        pytest.param(
            {"rules": [{"scenario": "busy", "match": {"next": "1"}}]},
            "rules[0].match.next",
            id="next-is-a-text",
        ),
        pytest.param(
            {"rules": [{"scenario": "busy", "match": {"colour": "red"}}]},
            "rules[0].match.colour",
            id="unknown-match",
        ),
        pytest.param({"mix": {}}, "mix", id="empty-mix"),
        pytest.param({"mix": {"nap": 1}}, "mix.nap", id="unknown-in-mix"),
        pytest.param({"mix": {"busy": 0}}, "mix.busy", id="no-weight"),
        pytest.param({"mix": {"busy": -1}}, "mix.busy", id="negative-weight"),
        pytest.param({"mix": {"busy": "often"}}, "mix.busy", id="weight-is-a-word"),
        pytest.param({"rule": []}, "rule", id="unknown-field"),
    ],
)
async def test_bad_scenarios_are_refused_and_the_field_named(
    world: World, body: dict[str, Any], field: str
) -> None:
    """Rules that make no sense are named, and those before stay."""
    await world.control("PUT", "/scenarios", json={"mix": {"failed": 1}})
    before = (await world.control("GET", "/scenarios")).json()

    refused = await world.control("PUT", "/scenarios", json=body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert (await world.control("GET", "/scenarios")).json() == before


@each_case_alone(
    "scenario",
    [
        pytest.param({}, id="no-behavior"),
        pytest.param({"behavior": "maybe"}, id="unknown-behavior"),
        pytest.param({"behavior": "busy", "ring_seconds": -1}, id="negative-ring"),
        pytest.param({"behavior": "busy", "talk_seconds": 1e6}, id="endless-talk"),
        pytest.param({"behavior": "answered", "keys": "10"}, id="two-keys"),
        pytest.param({"behavior": "answered", "mood": "good"}, id="unknown-field"),
        pytest.param(5, id="a-number"),
    ],
)
async def test_scenario_of_ones_own_must_make_sense(world: World, scenario: Any) -> None:
    """A behavior that cannot be is refused, and the rule it stands in is named."""
    refused = await world.control("PUT", "/scenarios", json={"rules": [{"scenario": scenario}]})

    assert refused.status_code == 400
    assert all(error["field"].startswith("rules[0].scenario") for error in refused.json()["errors"])


async def test_behavior_is_accepted_by_its_former_name(world: World) -> None:
    """A request may say ``answer``; what is shown says ``behavior``. Both at once are refused."""
    own = {"answer": "busy", "ring_seconds": 9.0}
    put = await world.control("PUT", "/scenarios", json={"rules": [{"scenario": own}]})
    both = {"rules": [{"scenario": own | {"behavior": "busy"}}]}
    refused = await world.control("PUT", "/scenarios", json=both)

    (rule,) = put.json()["rules"]
    assert rule["scenario"] == {"behavior": "busy", "ring_seconds": 9.0}
    assert refused.status_code == 400


async def test_magic_numbers_do_what_their_table_says(world: World) -> None:
    """Each magic number ends a call the way the served table announces."""
    numbers = (await world.control("GET", "/numbers")).json()
    assert {each["suffix"]: each["scenario"] for each in numbers} == MAGIC_NUMBERS

    found = await outcomes(world, *(f"+23480{each['suffix']}" for each in numbers))

    assert found == [str(SCENARIOS[each["scenario"]].status) for each in numbers]
    (call, *_) = (await world.control("GET", "/calls")).json()
    shown = (await world.calls(call["workflow_id"], per_page=100))["items"]
    words = {each["phone_number"][-5:]: each["status"] for each in shown}
    assert all(each["effect"]["intron"].startswith(words[each["suffix"]]) for each in numbers)


async def test_operations_say_how_we_know(world: World) -> None:
    """Every operation of every vendor is listed with its page and its basis."""
    operations = (await world.control("GET", "/operations")).json()

    assert {"POST /voicebot/v1/workflows", "GET /voicebot/v1/status/{call_id}"} <= {
        f"{each['method']} {each['path']}" for each in operations
    }
    assert all(each["docs"].startswith("https://") for each in operations)
    assert {each["basis"] for each in operations} <= {"documented", "observed", "assumed"}
    assert all(each["summary"].endswith(".") for each in operations)


async def test_rule_names_a_platform_that_exists(world: World) -> None:
    """A rule for a platform that does not exist could match nothing, and is refused."""
    body = {"rules": [{"match": {"platform": "introm"}, "scenario": "busy"}]}

    response = await world.control("PUT", "/scenarios", json=body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "rules[0].match.platform"


async def test_rule_for_a_number_matches_it_with_or_without_its_plus(world: World) -> None:
    """A number is the same number whether or not its plus was written."""
    body = {"rules": [{"match": {"number": "+2348000000001"}, "scenario": "busy"}]}
    await world.control("PUT", "/scenarios", json=body)
    workflow_id = await world.workflow()

    await world.place(workflow_id, "2348000000001")
    await world.advance()

    found = await world.calls(workflow_id, phone_number="+2348000000001")
    assert [call["status"] for call in found["items"]] == ["FAILED"]


async def test_unknown_scenario_of_a_mix_is_named_with_the_nearest(world: World) -> None:
    """The name is a field of the mix, so the error says what it is not, and what there is."""
    refused = await world.control("PUT", "/scenarios", json={"mix": {"answerd": 1}})

    assert refused.json()["detail"].startswith(
        "mix.answerd is not a scenario (did you mean answered?); the scenarios are answered, "
    )
