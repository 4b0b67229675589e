"""What Bimpe's pages and its client's tests show, run in worlds of their own.

The files and their pages: ``fixtures/contracts/bimpe/SOURCES.md``.
"""

import json
from typing import Any, Final

from emulator.kit.comparison import SHAPE, Comparison
from emulator.kit.examples import ExampleError, ExampleRun, Examples, example

PATH: Final = "/api/v1/console"
PERSON: Final = "+2348099010"
VISITOR: Final = "0c514e7e-57f1-4373-89e5-4bb83a64a853"
SHOP: Final = {"name": "Shop", "system_prompt": "You sell shoes."}
SET_BY_VENDOR: Final = ("id", "visibility", "is_owner", "created_at", "updated_at")
"""The fields of a workflow that the vendor sets."""
PAGE_CLOCK: Final = {"mode": "frozen", "now": "2019-08-24T14:15:22Z"}
ANY_IDS: Final = Comparison(any_value=frozenset({"id", "request_id", "ticket", "onboarding_url"}))
UPDATE: Final = "update_workflow.response.json"


def _data(run: ExampleRun, method: str, path: str, body: Any = None) -> Any:
    return run.request(method, f"{PATH}{path}", body).json["data"]


def _agent(run: ExampleRun) -> str:
    workflow = _data(run, "POST", "/workflows", SHOP)
    body = {"name": "Bo", "description": "Sells", "workflow_id": workflow["id"]}
    return str(_data(run, "POST", "/agents", body)["id"])


def _write(run: ExampleRun, agent_id: str, text: str) -> Any:
    body = {"message": text, "role": "user", "channel_type": "webchat", "channel_user_id": VISITOR}
    return _data(run, "POST", f"/agents/{agent_id}/conversations/messages", body)


@example(
    "update_workflow.request.sh",
    "update_workflow.request.json",
    UPDATE,
    clock=PAGE_CLOCK,
)
def workflow_updated(run: ExampleRun) -> None:
    """The page's workflow, created and then updated with nothing, is returned as on the page."""
    shown = run.read_json(UPDATE)["data"]
    body = {key: value for key, value in shown.items() if key not in SET_BY_VENDOR}
    made = _data(run, "POST", "/workflows", body)
    run.compare(made, UPDATE, ANY_IDS, expected=shown)
    path = f"/workflows/{made['id']}"
    response = run.run_curl("update_workflow.request.sh", {"/workflows/string": path})
    run.compare(response.json, UPDATE, ANY_IDS)
    again = run.send("update_workflow.request.json", "PATCH", f"{PATH}{path}")
    run.compare(again.json, UPDATE, ANY_IDS)


@example("error.response.json")
def error_shown(run: ExampleRun) -> None:
    """An error has the page's fields, in its order."""
    run.compare(run.request("GET", f"{PATH}/agents/nope").json, "error.response.json", SHAPE)


@example("error.response.validation.json")
def wrong_field_named(run: ExampleRun) -> None:
    """A blank name is refused in the words that the vendor's client knows."""
    found = run.request("POST", f"{PATH}/workflows", SHOP | {"name": ""}).json
    run.compare(found, "error.response.validation.json", ANY_IDS)


@example("error.response.older.json", options={"bimpe": {"error_shape": "older"}})
def error_of_the_older_guide(run: ExampleRun) -> None:
    """The same, as the older guide shows it."""
    found = run.request("POST", f"{PATH}/workflows", SHOP | {"name": ""}).json
    run.compare(found, "error.response.older.json", ANY_IDS)


@example("list.meta.json")
def page_of_a_list(run: ExampleRun) -> None:
    """A page of two of five workflows has the sample's meta; the sample shows no workflows."""
    for number in range(5 - 1):
        _data(run, "POST", "/workflows", SHOP | {"name": f"w{number}"})
    found = run.request("GET", f"{PATH}/workflows?scope=owned&limit=2").json
    run.compare(found | {"data": []}, "list.meta.json")


@example("get_test_code.response.json")
def test_code_shown(run: ExampleRun) -> None:
    """The code's channels have the page's fields, in its order."""
    path = f"/agents/{_agent(run)}/deployment/agent-test-code"
    run.compare(_data(run, "GET", path), "get_test_code.response.json", SHAPE)


@example("create_call.response.busy.json", options={"bimpe": {"test_calls_at_once": 1}})
def one_call_too_many(run: ExampleRun) -> None:
    """A test call beyond the lines there are is busy, in the client's words."""
    path = f"/agents/{_agent(run)}/calls"
    body = {"destination": PERSON, "is_test_call": True}
    _data(run, "POST", path, body)
    run.compare(_data(run, "POST", path, body), "create_call.response.busy.json")


@example("configure_bimpe_integration.response.onboarding.json")
def integration_onboarded(run: ExampleRun) -> None:
    """What is connected in the dashboard is answered with an address there, as the page's."""
    name = "configure_bimpe_integration.response.onboarding.json"
    agent_id = _agent(run)
    path = f"/agents/{agent_id}/integrations/bimpeai/configure"
    found = _data(run, "POST", path, {"type": "google_calendar"})
    url = run.read_json(name)["onboarding_url"].replace("agt_123", agent_id)
    run.compare(found, name, expected={"onboarding_url": url})


@example(
    "create_stream_ticket.response.json",
    "stream_messages.events.txt",
    options={"bimpe": {"heartbeat_seconds": 0.05, "message_response": "message"}},
)
def messages_streamed(run: ExampleRun) -> None:
    """A message and a heartbeat come in the frames of the vendor's client."""
    name = "stream_messages.events.txt"
    agent_id = _agent(run)
    first = _write(run, agent_id, "first")
    _write(run, agent_id, "hi")
    conversations = f"/agents/{agent_id}/conversations"
    (conversation,) = _data(run, "GET", conversations)
    path = f"{conversations}/{conversation['id']}"
    ticket = _data(run, "POST", f"{path}/stream-ticket", {})
    run.compare(ticket, "create_stream_ticket.response.json", ANY_IDS)
    address = f"{PATH}{path}/stream?ticket={ticket['ticket']}&after={first['id']}"
    found = run.request("GET", address, frames=2).content.decode()
    expected = run.read_text(name)
    fields = [[_field(line) for line in text.splitlines()] for text in (found, expected)]
    if fields[0] != fields[1]:
        raise ExampleError(f"the lines are {fields[0]}, and {fields[1]} in the example", name)
    message, wanted = (_first_data(text) for text in (found, expected))
    run.compare(message, name, SHAPE, expected=wanted)


def _field(line: str) -> str:
    """A line without what is said in it, but for the name of an event."""
    return line if line.startswith("event:") else line.partition(":")[0]


def _first_data(text: str) -> Any:
    line = next((line for line in text.splitlines() if line.startswith("data:")), "")
    return json.loads(line.removeprefix("data:"))


examples: Final = Examples(
    examples=(
        workflow_updated,
        error_shown,
        wrong_field_named,
        error_of_the_older_guide,
        page_of_a_list,
        test_code_shown,
        one_call_too_many,
        integration_onboarded,
        messages_streamed,
    ),
    skipped={"pages/workflows.txt": "a page's text: its examples are run"},
)
