"""The vendor's own examples: accepted as requests, and equal to what we answer."""

import json
import re
from pathlib import Path
from typing import Final

import httpx
import pytest

from emulator.kit.operation import Operation
from emulator.platforms.intron import platform
from emulator.platforms.intron.schemas import RequestCompleted
from tests.support import Json, World

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "contracts" / "intron"
COPIES: Final = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".json", ".txt"})
OPERATIONS: Final[dict[str, Operation]] = {
    operation.id: operation for operation in platform.works.operations if not operation.host
}
ROW: Final = re.compile(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
SOURCES: Final = {row[1]: row[2] for row in ROW.finditer((FOLDER / "SOURCES.md").read_text())}
IDS_AND_TIMES: Final = {"id", "batch_id", "call_id", "request_id", "integrator_id", "created_at"}


def fixture(name: str) -> Json:
    return json.loads((FOLDER / f"{name}.json").read_text())


def named(kind: str) -> list[str]:
    return [path.stem for path in COPIES if path.name.split(".")[1] == kind]


def settled(value: Json) -> Json:
    """Blot out ids and times."""
    if isinstance(value, list):
        return [settled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: "?" if key in IDS_AND_TIMES else settled(each) for key, each in value.items()}


def same(response: httpx.Response, name: str) -> None:
    """Check an answer against an example: equal apart from ids and times, keys in its order."""
    answer, example = response.json(), fixture(name)
    assert (response.status_code, settled(answer)) == (200, settled(example))
    assert keys(answer["data"]) == keys(example["data"])


def keys(value: Json) -> Json:
    """List the keys of JSON in their order, down to what was echoed."""
    if isinstance(value, list):
        return [keys(each) for each in value]
    if not isinstance(value, dict):
        return None
    return [(key, keys(each)) for key, each in value.items()]


@pytest.mark.parametrize("name", [path.relative_to(FOLDER).as_posix() for path in COPIES])
def test_example_names_its_source(name: str) -> None:
    """Every file says where it was copied from, and what was cut from a page is on that page."""
    source = SOURCES.get(name, "")

    assert source
    if page := re.match("`(pages/.+)`", source):
        assert (FOLDER / name).read_text().strip() in (FOLDER / page[1]).read_text()


def test_every_source_has_its_file() -> None:
    """The table of sources names no file that is not there."""
    assert [name for name in SOURCES if not (FOLDER / name).is_file()] == []


@pytest.mark.parametrize("name", named("request"))
def test_request_example_fits_its_model_both_ways(name: str) -> None:
    """A documented request is read by its operation's model and comes out of it unchanged."""
    takes = OPERATIONS[name.split(".", maxsplit=1)[0]].takes
    example = fixture(name)
    assert takes is not None

    read = takes.model_validate(example)

    assert read.model_dump(exclude_unset=True) == example


@pytest.mark.parametrize("name", named("response"))
def test_response_example_fits_its_model_both_ways(name: str) -> None:
    """A documented answer is read by its operation's model and comes out of it unchanged."""
    gives = OPERATIONS[name.split(".", maxsplit=1)[0]].gives
    data = fixture(name)["data"]
    examples = data if isinstance(data, list) else [data]

    shown = [
        example if gives is None else gives.model_validate(example).model_dump(exclude_unset=True)
        for example in examples
    ]

    assert shown == examples


def test_callback_example_fits_its_model_both_ways() -> None:
    """The documented callback, cut as it is, is read by its model and comes out unchanged."""
    example = fixture("place_robocalls.callback") | {"request_calls": []}

    read = RequestCompleted.model_validate(example)

    assert read.model_dump() == example


@pytest.mark.parametrize("name", named("request"))
async def test_request_example_is_accepted(world: World, name: str) -> None:
    """A documented request is answered 200 once it names a workflow that exists."""
    operation = OPERATIONS[name.split(".", maxsplit=1)[0]]
    kind = "CONVERSATION" if operation.id == "place_conversations" else "ROBOCALL"
    workflow_id = await world.workflow(workflow_type=kind)
    body = fixture(name)
    if "workflow_id" in body:
        body["workflow_id"] = workflow_id
    path = operation.path.format(workflow_id=workflow_id).removeprefix("/voicebot/v1")

    response = await world.intron(operation.method, path, json=body)

    assert response.status_code == 200, response.text


@pytest.mark.parametrize(
    "case",
    [pytest.param("", id="without-reply"), pytest.param(".with_reply", id="with-reply")],
)
async def test_created_workflow_is_shown_as_documented(world: World, case: str) -> None:
    """Creating a workflow as the page does is answered as the page shows."""
    body = fixture(f"create_workflow.request{case}")

    response = await world.intron("POST", "/workflows", json=body)

    same(response, f"create_workflow.response{case}")


async def test_workflows_are_listed_as_documented(world: World) -> None:
    """The list of the workflow on the page is the list on the page."""
    (workflow,) = fixture("list_workflows.response")["data"]
    await world.intron("POST", "/workflows", json=workflow)

    response = await world.intron("GET", "/workflows")

    same(response, "list_workflows.response")


async def test_workflow_is_retrieved_as_documented(world: World) -> None:
    """The workflow on the page is retrieved as the page shows."""
    workflow_id = await world.workflow(**fixture("get_workflow.response")["data"])

    response = await world.intron("GET", f"/workflows/{workflow_id}")

    same(response, "get_workflow.response")


async def test_workflow_is_updated_as_documented(world: World) -> None:
    """Updating the workflow that the page creates is answered as the page shows."""
    made = await world.intron("POST", "/workflows", json=fixture("create_workflow.request"))
    path = f"/workflows/{made.json()['data']['id']}"

    response = await world.intron("PUT", path, json=fixture("update_workflow.request"))

    same(response, "update_workflow.response")


async def test_workflow_is_deleted_as_documented(world: World) -> None:
    """Deleting a workflow is answered as the page shows."""
    workflow_id = await world.workflow()

    response = await world.intron("DELETE", f"/workflows/{workflow_id}")

    same(response, "delete_workflow.response")


async def test_batch_is_accepted_as_documented(world: World) -> None:
    """Placing the calls of the page is answered as the page shows."""
    body = fixture("place_calls.request") | {"workflow_id": await world.workflow()}

    response = await world.intron("POST", "/call", json=body)

    same(response, "place_calls.response")


async def documented_history(world: World) -> str:
    """Place the 25 requests and 100 calls that the page counts, the one it shows last."""
    workflow_id = await world.workflow()
    await world.behave(
        n1234567890={"answer": "answered", "talk_seconds": 45, "keys": "1"},
        n1234567891={"answer": "answered", "talk_seconds": 46, "keys": "2"},
        n1234567892={"answer": "answered", "talk_seconds": 46, "keys": ""},
        n1234567893={"answer": "no_answer"},
        n1234567894={"answer": "failed"},
    )
    often = {0: 39, 1: 30, 2: 10, 3: 10, 4: 10}
    numbers = [f"+123456789{digit}" for digit, times in often.items() for _ in range(times)]
    for first in range(24):
        await world.place(workflow_id, *numbers[first::24])
    (shown,) = fixture("list_requests.response")["data"]["items"]
    await world.place(workflow_id, **shown["input_parameters"])
    await world.advance()
    return workflow_id


async def test_requests_are_listed_as_documented(world: World) -> None:
    """25 requests of 100 calls come out as the page shows them, statistics to the number."""
    workflow_id = await documented_history(world)
    query = {"page": 1, "per_page": 10}

    response = await world.intron("GET", f"/workflows/{workflow_id}/requests", params=query)

    page = response.json()
    assert len(page["data"]["items"]) == 10
    page["data"]["items"] = page["data"]["items"][:1]  # the page shows one of its ten
    same(httpx.Response(response.status_code, json=page), "list_requests.response")


async def test_calls_are_listed_as_documented(world: World) -> None:
    """The newest of 100 calls comes out as the page shows it."""
    workflow_id = await documented_history(world)
    query = {"page": 1, "per_page": 10}

    response = await world.intron("GET", f"/workflows/{workflow_id}/calls", params=query)

    page = response.json()
    assert len(page["data"]["items"]) == 10
    page["data"]["items"] = page["data"]["items"][:1]  # the page shows one of its ten
    same(httpx.Response(response.status_code, json=page), "list_calls.response")


async def ended_call(world: World) -> httpx.Response:
    """Ask for the status of a call that was talked on for three seconds."""
    workflow_id = await world.workflow()
    await world.behave(n1234567890={"answer": "answered", "talk_seconds": 3})
    await world.place(workflow_id, "+1234567890")
    await world.advance()
    (call,) = (await world.calls(workflow_id))["items"]
    return await world.intron("GET", f"/status/{call['id']}")


async def test_status_is_shown_as_documented(world: World) -> None:
    """An ended call's status is answered as the page that shows its duration has it."""
    response = await ended_call(world)

    same(response, "get_status.response.with_duration")


async def test_status_has_what_the_shorter_example_has(world: World) -> None:
    """The page's other copy shows the same answer without the duration, and nothing else."""
    answer = (await ended_call(world)).json()

    del answer["data"]["call_duration_in_seconds"]
    assert settled(answer) == settled(fixture("get_status.response"))


async def test_callback_is_sent_as_documented(world: World) -> None:
    """Two calls of half a minute, both replied to, are reported as the page reports them."""
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    talk = {"answer": "answered", "talk_seconds": 30}
    await world.behave(n1234567890=talk, n1234567891=talk)
    await world.place(workflow_id, "+1234567890", "+1234567891")

    await world.advance()

    (message,) = await world.inbox("done")
    sent = message["json"]
    calls = await world.calls(workflow_id)
    assert sent.pop("request_calls") == calls["items"][::-1]  # the key the page is cut in
    assert settled(sent) == settled(fixture("place_robocalls.callback"))
