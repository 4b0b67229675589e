"""What Intron's pages show, run in worlds of their own.

The files and their pages: ``fixtures/contracts/intron/SOURCES.md``.
"""

from typing import Any, Final

from emulator.kit.comparison import Comparison
from emulator.kit.examples import ExampleResponse, ExampleRun, Examples, example

PATH: Final = "/voicebot/v1"
ROBOCALL: Final = {"name": "Reminder", "workflow_type": "ROBOCALL", "message": "Hello [name]"}
REPLIED: Final = {"include_reply": True, "option_one": "Yes", "option_two": "No"}
SAME: Final = Comparison(
    any_value=frozenset({"id", "batch_id", "call_id", "request_id", "integrator_id"}),
)
PAGE_CLOCK: Final = {"mode": "frozen", "now": "2024-03-20T10:30:00Z"}


def _data(response: ExampleResponse) -> Any:
    return response.json["data"]


def _workflow(run: ExampleRun, **fields: Any) -> str:
    body = ROBOCALL | REPLIED | fields
    return str(_data(run.request("POST", f"{PATH}/workflows", body))["id"])


def _place(run: ExampleRun, workflow_id: str, *numbers: str, **fields: Any) -> None:
    params = [{"phone_number": each, "workflow_variables": {"name": "Ada"}} for each in numbers]
    body = {"workflow_id": workflow_id, "workflow_params": params} | fields
    run.request("POST", f"{PATH}/call", body)


def _calls(run: ExampleRun, workflow_id: str) -> Any:
    return _data(run.request("GET", f"{PATH}/workflows/{workflow_id}/calls"))["items"]


@example("create_workflow.request.json", "create_workflow.response.json")
def workflow_created(run: ExampleRun) -> None:
    """Creating the page's workflow is answered as the page shows."""
    response = run.send("create_workflow.request.json", "POST", f"{PATH}/workflows")
    run.compare(response.json, "create_workflow.response.json", SAME)


@example("create_workflow.request.with_reply.json", "create_workflow.response.with_reply.json")
def workflow_with_reply_created(run: ExampleRun) -> None:
    """Creating the page's workflow with options is answered as the page shows."""
    response = run.send("create_workflow.request.with_reply.json", "POST", f"{PATH}/workflows")
    run.compare(response.json, "create_workflow.response.with_reply.json", SAME)


@example("list_workflows.response.json")
def workflows_listed(run: ExampleRun) -> None:
    """The list of the workflow on the page is the list on the page."""
    (workflow,) = run.read_json("list_workflows.response.json")["data"]
    _workflow(run, **workflow)
    run.compare(run.request("GET", f"{PATH}/workflows").json, "list_workflows.response.json", SAME)


@example("get_workflow.response.json")
def workflow_retrieved(run: ExampleRun) -> None:
    """The workflow on the page is retrieved as the page shows."""
    workflow_id = _workflow(run, **run.read_json("get_workflow.response.json")["data"])
    response = run.request("GET", f"{PATH}/workflows/{workflow_id}")
    run.compare(response.json, "get_workflow.response.json", SAME)


@example("update_workflow.request.json", "update_workflow.response.json")
def workflow_updated(run: ExampleRun) -> None:
    """Updating the workflow that the page creates is answered as the page shows."""
    workflow_id = _workflow(run, **run.read_json("create_workflow.request.json"))
    path = f"{PATH}/workflows/{workflow_id}"
    response = run.send("update_workflow.request.json", "PUT", path)
    run.compare(response.json, "update_workflow.response.json", SAME)


@example("delete_workflow.response.json")
def workflow_deleted(run: ExampleRun) -> None:
    """Deleting a workflow is answered as the page shows."""
    response = run.request("DELETE", f"{PATH}/workflows/{_workflow(run)}")
    run.compare(response.json, "delete_workflow.response.json", SAME)


@example("place_calls.request.json", "place_calls.response.json")
def calls_placed(run: ExampleRun) -> None:
    """Placing the calls of the page is answered as the page shows."""
    own = {"workflow_id": _workflow(run)}
    response = run.send("place_calls.request.json", "POST", f"{PATH}/call", own)
    run.compare(response.json, "place_calls.response.json", SAME)


@example("place_robocalls.request.json")
def robocalls_placed(run: ExampleRun) -> None:
    """The request of the newer page is taken by its path."""
    own = {"workflow_id": _workflow(run)}
    run.send("place_robocalls.request.json", "POST", f"{PATH}/robocall/call", own)


@example("place_conversations.request.json")
def conversations_placed(run: ExampleRun) -> None:
    """Conversations are placed as their page does."""
    body = ROBOCALL | {"workflow_type": "CONVERSATION", "message": "Hello {{name}}"}
    made = run.request("POST", f"{PATH}/workflows", body)
    own = {"workflow_id": _data(made)["id"]}
    run.send("place_conversations.request.json", "POST", f"{PATH}/convobot/call", own)


def _history(run: ExampleRun) -> str:
    """Place the 25 requests and 100 calls that the page counts, the one it shows last."""
    workflow_id = _workflow(run)
    run.set_behavior(
        n1234567890={"behavior": "answered", "talk_seconds": 45, "keys": "1"},
        n1234567891={"behavior": "answered", "talk_seconds": 46, "keys": "2"},
        n1234567892={"behavior": "answered", "talk_seconds": 46, "keys": ""},
        n1234567893={"behavior": "no_answer"},
        n1234567894={"behavior": "failed"},
    )
    often = {0: 39, 1: 30, 2: 10, 3: 10, 4: 10}
    numbers = [f"+123456789{digit}" for digit, times in often.items() for _ in range(times)]
    for first in range(24):
        _place(run, workflow_id, *numbers[first::24])
    (shown,) = run.read_json("list_requests.response.json")["data"]["items"]
    _place(run, workflow_id, **shown["input_parameters"])
    run.advance()
    return workflow_id


def _page(run: ExampleRun, what: str, name: str) -> None:
    """Compare a page of ten with the example, which shows one of its ten."""
    path = f"{PATH}/workflows/{_history(run)}/{what}?page=1&per_page=10"
    page = run.request("GET", path).json
    page["data"]["items"] = page["data"]["items"][:1]
    run.compare(page, name, SAME)


@example("list_requests.response.json", clock=PAGE_CLOCK)
def requests_listed(run: ExampleRun) -> None:
    """25 requests of 100 calls come out as the page shows them, statistics to the number."""
    _page(run, "requests", "list_requests.response.json")


@example("list_calls.response.json", clock=PAGE_CLOCK)
def calls_listed(run: ExampleRun) -> None:
    """The newest of 100 calls comes out as the page shows it, dialed 5 s after its request."""
    _page(run, "calls", "list_calls.response.json")


@example("get_status.response.with_duration.json", "get_status.response.json")
def status_shown(run: ExampleRun) -> None:
    """The status of a call of three seconds; the page's other copy has it without these."""
    workflow_id = _workflow(run)
    run.set_behavior(n1234567890={"behavior": "answered", "talk_seconds": 3})
    _place(run, workflow_id, "+1234567890")
    run.advance()
    (call,) = _calls(run, workflow_id)
    answer = run.request("GET", f"{PATH}/status/{call['id']}").json
    run.compare(answer, "get_status.response.with_duration.json", SAME)
    del answer["data"]["call_duration_in_seconds"]
    run.compare(answer, "get_status.response.json", SAME)


@example("place_robocalls.callback.json")
def request_reported(run: ExampleRun) -> None:
    """Two calls of half a minute, both replied to, are reported as the page reports them."""
    workflow_id = _workflow(run, call_back_url=f"{run.inbox_url}done")
    talk = {"behavior": "answered", "talk_seconds": 30}
    run.set_behavior(n1234567890=talk, n1234567891=talk)
    _place(run, workflow_id, "+1234567890", "+1234567891")
    run.advance()
    (sent,) = run.inbox("done")
    del sent["request_calls"]  # the key that the page is cut in
    run.compare(sent, "place_robocalls.callback.json", SAME)


examples: Final = Examples(
    examples=(
        workflow_created,
        workflow_with_reply_created,
        workflows_listed,
        workflow_retrieved,
        workflow_updated,
        workflow_deleted,
        calls_placed,
        robocalls_placed,
        conversations_placed,
        requests_listed,
        calls_listed,
        status_shown,
        request_reported,
    ),
    skipped=dict.fromkeys(
        ("pages/voice-bots-call.txt", "pages/voice-bots-workflow.txt"),
        "a page's text: its JSON is run, and its programs in the project's tests",
    ),
)
