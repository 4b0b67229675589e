"""What Intron's pages show, done again in worlds of their own.

The files and their pages: ``fixtures/contracts/intron/SOURCES.md``.
"""

from collections.abc import Mapping
from typing import Any, Final

from emulator.kit.comparison import Rules
from emulator.kit.examples import Examples, Reply, Visit, example

PATH: Final = "/voicebot/v1"
ROBOCALL: Final = {"name": "Reminder", "workflow_type": "ROBOCALL", "message": "Hello [name]"}
REPLIED: Final = {"include_reply": True, "option_one": "Yes", "option_two": "No"}
SAME: Final = Rules(
    any_value=frozenset({"id", "batch_id", "call_id", "request_id", "integrator_id", "created_at"}),
    envelope=True,
)


def _proof(own: Mapping[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {own['api_key']}"}


def _data(reply: Reply) -> Any:
    return reply.json["data"]


def _workflow(visit: Visit, **fields: Any) -> str:
    body = ROBOCALL | REPLIED | fields
    return str(_data(visit.ask("POST", f"{PATH}/workflows", body))["id"])


def _place(visit: Visit, workflow_id: str, *numbers: str, **fields: Any) -> None:
    params = [{"phone_number": each, "workflow_variables": {"name": "Ada"}} for each in numbers]
    body = {"workflow_id": workflow_id, "workflow_params": params} | fields
    visit.ask("POST", f"{PATH}/call", body)


def _calls(visit: Visit, workflow_id: str) -> Any:
    return _data(visit.ask("GET", f"{PATH}/workflows/{workflow_id}/calls"))["items"]


@example("create_workflow.request.json", "create_workflow.response.json")
def workflow_created(visit: Visit) -> None:
    """Creating the page's workflow is answered as the page shows."""
    reply = visit.sent("create_workflow.request.json", "POST", f"{PATH}/workflows")
    visit.same(reply.json, "create_workflow.response.json", SAME)


@example("create_workflow.request.with_reply.json", "create_workflow.response.with_reply.json")
def workflow_with_reply_created(visit: Visit) -> None:
    """Creating the page's workflow with options is answered as the page shows."""
    reply = visit.sent("create_workflow.request.with_reply.json", "POST", f"{PATH}/workflows")
    visit.same(reply.json, "create_workflow.response.with_reply.json", SAME)


@example("list_workflows.response.json")
def workflows_listed(visit: Visit) -> None:
    """The list of the workflow on the page is the list on the page."""
    (workflow,) = visit.example("list_workflows.response.json")["data"]
    _workflow(visit, **workflow)
    visit.same(visit.ask("GET", f"{PATH}/workflows").json, "list_workflows.response.json", SAME)


@example("get_workflow.response.json")
def workflow_retrieved(visit: Visit) -> None:
    """The workflow on the page is retrieved as the page shows."""
    workflow_id = _workflow(visit, **visit.example("get_workflow.response.json")["data"])
    reply = visit.ask("GET", f"{PATH}/workflows/{workflow_id}")
    visit.same(reply.json, "get_workflow.response.json", SAME)


@example("update_workflow.request.json", "update_workflow.response.json")
def workflow_updated(visit: Visit) -> None:
    """Updating the workflow that the page creates is answered as the page shows."""
    workflow_id = _workflow(visit, **visit.example("create_workflow.request.json"))
    path = f"{PATH}/workflows/{workflow_id}"
    reply = visit.sent("update_workflow.request.json", "PUT", path)
    visit.same(reply.json, "update_workflow.response.json", SAME)


@example("delete_workflow.response.json")
def workflow_deleted(visit: Visit) -> None:
    """Deleting a workflow is answered as the page shows."""
    reply = visit.ask("DELETE", f"{PATH}/workflows/{_workflow(visit)}")
    visit.same(reply.json, "delete_workflow.response.json", SAME)


@example("place_calls.request.json", "place_calls.response.json")
def calls_placed(visit: Visit) -> None:
    """Placing the calls of the page is answered as the page shows."""
    own = {"workflow_id": _workflow(visit)}
    reply = visit.sent("place_calls.request.json", "POST", f"{PATH}/call", own)
    visit.same(reply.json, "place_calls.response.json", SAME)


@example("place_robocalls.request.json")
def robocalls_placed(visit: Visit) -> None:
    """The request of the newer page is taken by its path."""
    own = {"workflow_id": _workflow(visit)}
    visit.sent("place_robocalls.request.json", "POST", f"{PATH}/robocall/call", own)


@example("place_conversations.request.json")
def conversations_placed(visit: Visit) -> None:
    """Conversations are placed as their page does."""
    body = ROBOCALL | {"workflow_type": "CONVERSATION", "message": "Hello {{name}}"}
    made = visit.ask("POST", f"{PATH}/workflows", body)
    own = {"workflow_id": _data(made)["id"]}
    visit.sent("place_conversations.request.json", "POST", f"{PATH}/convobot/call", own)


def _history(visit: Visit) -> str:
    """Place the 25 requests and 100 calls that the page counts, the one it shows last."""
    workflow_id = _workflow(visit)
    visit.behave(
        n1234567890={"answer": "answered", "talk_seconds": 45, "keys": "1"},
        n1234567891={"answer": "answered", "talk_seconds": 46, "keys": "2"},
        n1234567892={"answer": "answered", "talk_seconds": 46, "keys": ""},
        n1234567893={"answer": "no_answer"},
        n1234567894={"answer": "failed"},
    )
    often = {0: 39, 1: 30, 2: 10, 3: 10, 4: 10}
    numbers = [f"+123456789{digit}" for digit, times in often.items() for _ in range(times)]
    for first in range(24):
        _place(visit, workflow_id, *numbers[first::24])
    (shown,) = visit.example("list_requests.response.json")["data"]["items"]
    _place(visit, workflow_id, **shown["input_parameters"])
    visit.advance()
    return workflow_id


def _page(visit: Visit, what: str, name: str) -> None:
    """Compare a page of ten with the example, which shows one of its ten."""
    path = f"{PATH}/workflows/{_history(visit)}/{what}?page=1&per_page=10"
    page = visit.ask("GET", path).json
    page["data"]["items"] = page["data"]["items"][:1]
    visit.same(page, name, SAME)


@example("list_requests.response.json")
def requests_listed(visit: Visit) -> None:
    """25 requests of 100 calls come out as the page shows them, statistics to the number."""
    _page(visit, "requests", "list_requests.response.json")


@example("list_calls.response.json")
def calls_listed(visit: Visit) -> None:
    """The newest of 100 calls comes out as the page shows it."""
    _page(visit, "calls", "list_calls.response.json")


@example("get_status.response.with_duration.json", "get_status.response.json")
def status_shown(visit: Visit) -> None:
    """The status of a call of three seconds; the page's other copy has it without these."""
    workflow_id = _workflow(visit)
    visit.behave(n1234567890={"answer": "answered", "talk_seconds": 3})
    _place(visit, workflow_id, "+1234567890")
    visit.advance()
    (call,) = _calls(visit, workflow_id)
    answer = visit.ask("GET", f"{PATH}/status/{call['id']}").json
    visit.same(answer, "get_status.response.with_duration.json", SAME)
    del answer["data"]["call_duration_in_seconds"]
    visit.same(answer, "get_status.response.json", SAME)


@example("place_robocalls.callback.json")
def request_reported(visit: Visit) -> None:
    """Two calls of half a minute, both replied to, are reported as the page reports them."""
    workflow_id = _workflow(visit, call_back_url=f"{visit.inbox_url}done")
    talk = {"answer": "answered", "talk_seconds": 30}
    visit.behave(n1234567890=talk, n1234567891=talk)
    _place(visit, workflow_id, "+1234567890", "+1234567891")
    visit.advance()
    (sent,) = visit.inbox("done")
    del sent["request_calls"]  # the key that the page is cut in
    visit.same(sent, "place_robocalls.callback.json", SAME)


examples: Final = Examples(
    run=(
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
    left_out=dict.fromkeys(
        ("pages/voice-bots-call.txt", "pages/voice-bots-workflow.txt"),
        "a page's text: its JSON is done, its programs are run by the project's tests",
    ),
)
