"""What Intron says in a call: templates, variables and their limits."""

import pytest

from tests.cases import each_case, each_case_alone
from tests.platforms.intron.support import ENTRY, NUMBER, all_calls, post, total
from tests.support import Json, World


async def messages(world: World, workflow_id: str) -> list[str]:
    """Return the message of each call of a workflow, oldest first."""
    calls = [
        await world.control("GET", f"/calls/{call['id']}")
        for call in reversed(await all_calls(world, workflow_id))
    ]
    return [call.json()["details"]["message"] for call in calls]


@each_case_alone(
    ("kind", "template", "entry", "said"),
    [
        pytest.param(
            "ROBOCALL",
            "Hello [name], [date] at [time]. [name]?",
            {"workflow_variables": {"name": "Ada", "date": "Monday", "time": "9"}},
            "Hello Ada, Monday at 9. Ada?",
            id="robocall",
        ),
        pytest.param(
            "CONVERSATION",
            "Hello {{name}}, {{ date }}",
            {"name": "Ada", "date": "Monday"},
            "Hello Ada, Monday",
            id="conversation",
        ),
        pytest.param("ROBOCALL", "Hello [name]", {"name": "Ada"}, "Hello Ada", id="robocall-flat"),
        pytest.param(
            "CONVERSATION",
            "Hello {{name}}",
            {"workflow_variables": {"name": "Ada"}},
            "Hello Ada",
            id="conversation-nested",
        ),
        pytest.param(
            "ROBOCALL",
            "[name], [date]",
            {"name": "Bola", "date": "Monday", "workflow_variables": {"name": "Ada"}},
            "Ada, Monday",
            id="nested-wins",
        ),
        pytest.param(
            "ROBOCALL",
            "[n] [f] [b] [nothing] [list]",
            {"workflow_variables": {"n": 7, "f": 1.5, "b": True, "nothing": None, "list": [1]}},
            "7 1.5 true  [1]",
            id="not-only-text",
        ),
        pytest.param(
            "ROBOCALL",
            "[a] {{a}}",
            {"workflow_variables": {"a": "[b]", "b": "never"}},
            "[b] {{a}}",
            id="filled-once",
        ),
        pytest.param(
            "CONVERSATION",
            "[a] {{a}}",
            {"workflow_variables": {"a": "Ada"}},
            "[a] Ada",
            id="other-syntax-is-text",
        ),
        pytest.param("ROBOCALL", "[] [ [x", {}, "[] [ [x", id="no-placeholder"),
    ],
)
async def test_message_is_filled_in(
    world: World, kind: str, template: str, entry: Json, said: str
) -> None:
    """``[name]`` in a robocall and ``{{name}}`` in a conversation are replaced by values."""
    workflow_id = await world.workflow(workflow_type=kind, message=template)

    await world.place(workflow_id, workflow_params=[ENTRY | entry])

    assert await messages(world, workflow_id) == [said]


async def test_message_of_a_call_stays_what_it_was_when_placed(world: World) -> None:
    """Changing a workflow's message does not change what earlier calls said."""
    workflow_id = await world.workflow(message="Hello [name]")
    await world.place(workflow_id, NUMBER)

    await world.intron("PUT", f"/workflows/{workflow_id}", json={"message": "Bye [name]"})
    await world.place(workflow_id, NUMBER)

    assert await messages(world, workflow_id) == ["Hello Ada", "Bye Ada"]


async def test_missing_variable_stays_in_the_message(world: World) -> None:
    """A placeholder that has no value is spoken as it is written."""
    workflow_id = await world.workflow(message="Hello [name], [date]")

    await world.place(workflow_id, NUMBER)

    assert await messages(world, workflow_id) == ["Hello Ada, [date]"]


async def test_missing_variable_can_be_refused(world: World) -> None:
    """With ``missing_variable`` refuse, the batch is refused and says which entry lacks what."""
    await world.options(missing_variable="refuse")
    workflow_id = await world.workflow(message="Hello [name]")
    whole = ENTRY | {"workflow_variables": {"name": "Ada"}}
    entries = [whole, whole, ENTRY]

    refused = await post(world, "/voicebot/v1/call", workflow_id, workflow_params=entries)
    taken = await post(world, "/voicebot/v1/call", workflow_id, workflow_params=entries[:2])

    assert (refused.status_code, taken.status_code) == (400, 200)
    message = "workflow_params[2].workflow_variables.name is required"
    assert refused.json() == {"data": {}, "message": message, "status": "Error"}
    assert await total(world, workflow_id) == 2


@each_case(
    ("kind", "template"),
    [
        pytest.param("ROBOCALL", "[x]!", id="robocall"),
        pytest.param("CONVERSATION", "{{x}}!", id="conversation"),
    ],
)
@each_case_alone(
    "letter", [pytest.param("a", id="ascii"), pytest.param("ẹ", id="two-bytes-and-more")]
)
async def test_message_of_4000_characters_is_the_longest(
    world: World, kind: str, template: str, letter: str
) -> None:
    """4,000 characters after filling in are accepted; with one more the entry is named."""
    options = {"options": {"intron": {"long_conversation": "refuse"}}}
    await world.control("PATCH", "/settings", json=options)
    workflow_id = await world.workflow(workflow_type=kind, message=template)
    fits, too_long = ({"workflow_variables": {"x": letter * size}} for size in (3999, 4000))

    taken = await post(world, "/voicebot/v1/call", workflow_id, workflow_params=[ENTRY | fits])
    refused = await post(
        world,
        "/voicebot/v1/call",
        workflow_id,
        workflow_params=[ENTRY | fits, ENTRY | too_long, ENTRY | fits],
    )

    message = "message length greater than the max limit of 4000 characters for workflow_params[1]"
    assert (taken.status_code, refused.status_code) == (200, 400)
    assert refused.json() == {"data": {}, "message": message, "status": "Error"}
    assert [len(said) for said in await messages(world, workflow_id)] == [4000]


async def test_long_conversation_is_placed_with_a_warning(world: World) -> None:
    """The limit stands on the page of robocalls alone: a longer conversation is only warned of."""
    workflow_id = await world.workflow(workflow_type="CONVERSATION", message="{{x}}!")
    params = [ENTRY, ENTRY | {"x": "a" * 4000}, ENTRY | {"x": "a" * 5000}]

    placed = await post(world, "/voicebot/v1/convobot/call", workflow_id, workflow_params=params)

    warning = (
        "message length greater than the max limit of 4000 characters for workflow_params[1]; "
        "the page has this limit for robocalls alone"
    )
    assert placed.status_code == 200
    assert placed.headers["X-Emulator-Hint"] == warning
    history = (await world.control("GET", "/history?kind=exchange")).json()
    assert history[-1]["hints"] == [warning]
    assert await total(world, workflow_id) == 3


async def test_long_conversation_still_needs_its_variables(world: World) -> None:
    """A long message does not hide a missing variable, where these are refused."""
    options = {"options": {"intron": {"missing_variable": "refuse"}}}
    await world.control("PATCH", "/settings", json=options)
    workflow_id = await world.workflow(workflow_type="CONVERSATION", message="{{x}}!")
    params = [ENTRY | {"x": "a" * 4000}, ENTRY]

    refused = await post(world, "/voicebot/v1/convobot/call", workflow_id, workflow_params=params)

    assert refused.status_code == 400
    assert refused.json()["message"] == "workflow_params[1].workflow_variables.x is required"
