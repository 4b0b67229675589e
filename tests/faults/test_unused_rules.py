"""Fault rules that were never applied say why: what came instead."""

from typing import Any

import pytest

from emulator.platforms import discover
from tests.faults.support import break_it
from tests.support import Json, World

NUMBER = "+2348055599012"


async def why(world: World) -> Any:
    """The reason of the only rule there is."""
    (rule,) = (await world.control("GET", "/faults")).json()
    return rule["why_unused"]


async def unused(world: World) -> Json:
    """The rules that were never applied."""
    return (await world.control("GET", "/faults/unused")).json()


async def test_rule_that_nothing_came_for_says_so(world: World) -> None:
    """Before any request, the reason names what was waited for."""
    await break_it(world, "error", match={"platform": "intron", "operation": "place_robocalls"})

    assert await why(world) == (
        "no request matched platform intron, operation place_robocalls; none came at all"
    )


async def test_rule_for_another_operation_lists_the_requests_that_came(world: World) -> None:
    """A rule for the wrong operation is found by the operations that were requested instead."""
    await break_it(world, "error", match={"operation": "place_robocalls"})
    await world.place(await world.workflow(), NUMBER)

    assert await why(world) == (
        "no request matched operation place_robocalls; requests that came: "
        "intron create_workflow (1), intron place_calls (1)"
    )


async def test_rule_for_another_number_names_only_its_operation(world: World) -> None:
    """Where the operation is right, other operations are not what the user is looking for."""
    match = {"operation": "place_calls", "number": "+2348000000099"}
    await break_it(world, "error", match=match)
    await world.place(await world.workflow(), NUMBER)

    assert await why(world) == (
        "no request matched operation place_calls, number +2348000000099; requests that came: "
        "intron place_calls (1)"
    )


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"nth": 2}, "it matched once, and applies only to match 2"),
        ({"every": 3}, "it matched once, and applies only to every match number 3"),
        ({"probability": 1e-9}, "it matched once, and its probability of 1e-09 chose none"),
    ],
)
async def test_rule_that_matched_too_seldom_says_how_often(
    world: World, limit: Json, reason: str
) -> None:
    """A rule that matched, but was not due, gives its count and its limit."""
    await break_it(world, "error", match=limit)

    await world.intron("GET", "/workflows")

    assert await why(world) == reason


async def test_later_rule_names_the_one_that_was_applied_instead(world: World) -> None:
    """Of several rules that match only the first is applied; the others say which that was."""
    first = await break_it(world, "error")
    await break_it(world, "latency", seconds=1)

    await world.intron("GET", "/workflows")

    _, second = (await world.control("GET", "/faults")).json()
    expected = f"rule {first['id']}, which was added before it, was applied instead"
    assert second["why_unused"] == expected


async def test_rule_for_callbacks_and_calls_say_what_came(world: World) -> None:
    """Rules of callbacks list events, rules of calls the platforms."""
    await break_it(world, "drop", match={"platform": "voicebooker"})
    await break_it(world, "outage", match={"number": "+2348000000099"})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, NUMBER)
    await world.advance()

    assert [each["why_unused"] for each in await unused(world)] == [
        (
            "no callback matched platform voicebooker; callbacks that came: "
            "intron request.completed (1)"
        ),
        "no call matched number +2348000000099; calls that came: intron (1)",
    ]


async def test_rule_that_was_applied_has_no_reason(world: World) -> None:
    """Only rules that were never applied are listed, and have a reason."""
    await break_it(world, "error", times=1)

    await world.intron("GET", "/workflows")

    assert (await why(world), await unused(world)) == (None, [])


async def test_deleted_and_expired_rules_are_still_reported(world: World) -> None:
    """A rule that is gone before it was applied stays in the list, with how it ended."""
    deleted = await break_it(world, "reset")
    await world.control("DELETE", f"/faults/{deleted['id']}")
    expired = await break_it(world, "error", expires_in=10)
    await world.advance(20)
    await world.intron("GET", "/workflows")

    assert [(each["id"], each["why_unused"]) for each in await unused(world)] == [
        (deleted["id"], "no request came that it can apply to; then it was deleted"),
        (expired["id"], "no request came that it can apply to; then it expired"),
    ]


async def test_lines_that_were_never_short_say_so(world: World) -> None:
    """A capacity rule gives how often calls matched; one that ends by itself has expired."""
    await break_it(world, "capacity", calls=5)
    await world.place(await world.workflow(), NUMBER)
    await world.advance()

    assert await why(world) == ("it matched once, and there were never more than 5 calls at a time")
    await world.control("DELETE", "/faults")
    (gone,) = await unused(world)
    assert gone["why_unused"].endswith("calls at a time; then it was deleted")


@pytest.mark.parametrize("vendor", discover().values(), ids=lambda each: each.name)
async def test_one_name_means_every_way_to_place_calls(world: World, vendor: Any) -> None:
    """``place_calls`` is accepted for each vendor that places calls, and matches each operation."""
    named = {each.label for each in vendor.hooks.operations if each.alias == "place_calls"}
    rule = {"effect": "error", "match": {"platform": vendor.name, "operation": "place_calls"}}

    response = await world.control("POST", "/faults", json=rule)

    assert response.status_code == (201 if named else 400), response.text
    missing = set(vendor.hooks.shape.follows) - {
        each.id for each in vendor.hooks.operations if each.label in named
    }
    assert not missing, "an operation that leads to callbacks about calls needs the alias"


@pytest.mark.parametrize("path", ["/call", "/robocall/call", "/convobot/call"])
async def test_alias_is_applied_to_each_path(world: World, path: str) -> None:
    """A rule for place_calls meets a request to place calls, whichever path it takes."""
    await break_it(world, "error", match={"operation": "place_calls"}, status=429)
    body = {"workflow_id": "w", "workflow_params": [{"phone_number": NUMBER}]}

    assert (await world.intron("POST", path, json=body)).status_code == 429


async def test_method_and_path_name_one_operation(world: World) -> None:
    """Where an alias covers several operations, method and path choose one of them."""
    match = {"operation": "POST /voicebot/v1/robocall/call"}
    await break_it(world, "error", match=match, status=429)
    body = {"workflow_id": "w", "workflow_params": [{"phone_number": NUMBER}]}

    statuses = [
        (await world.intron("POST", path, json=body)).status_code
        for path in ("/call", "/robocall/call")
    ]

    assert statuses[1] == 429
    assert statuses[0] != 429


async def test_operation_of_another_vendor_is_named(world: World) -> None:
    """An operation that only other vendors have is refused with their names."""
    rule = {"effect": "error", "match": {"platform": "intron", "operation": "create_call"}}

    response = await world.control("POST", "/faults", json=rule)

    (problem,) = response.json()["errors"]
    assert problem["detail"] == "is not an operation of intron, but of bimpe"
