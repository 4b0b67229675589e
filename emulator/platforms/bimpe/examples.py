"""What Bimpe's pages and its client's tests show, done again in worlds of their own.

The files and their pages: ``fixtures/contracts/bimpe/SOURCES.md``.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from emulator.kit.comparison import SHAPE, Rules
from emulator.kit.examples import Difference, Examples, Visit, example

PATH: Final = "/api/v1/console"
PERSON: Final = "+2348099010"
SHOP: Final = {"name": "Shop", "system_prompt": "You sell shoes."}
DECIDED: Final = ("id", "visibility", "is_owner", "created_at", "updated_at")
"""What the vendor decides of a workflow."""
AT_THE_PAGES_TIME: Final = {"mode": "frozen", "now": "2019-08-24T14:15:22Z"}
SAME: Final = Rules(any_value=frozenset({"id", "request_id", "ticket", "onboarding_url"}))
UPDATE: Final = "update_workflow.response.json"


def _proof(own: Mapping[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {own['api_key']}"}


def _data(visit: Visit, method: str, path: str, body: Any = None) -> Any:
    return visit.ask(method, f"{PATH}{path}", body).json["data"]


def _agent(visit: Visit) -> str:
    workflow = _data(visit, "POST", "/workflows", SHOP)
    body = {"name": "Bo", "description": "Sells", "workflow_id": workflow["id"]}
    return str(_data(visit, "POST", "/agents", body)["id"])


def _write(visit: Visit, agent_id: str, text: str) -> Any:
    body = {"message": text, "role": "user", "channel_type": "webchat", "channel_user_id": "u1"}
    return _data(visit, "POST", f"/agents/{agent_id}/conversations/messages", body)


@example(
    "update_workflow.request.sh",
    "update_workflow.request.json",
    UPDATE,
    clock=AT_THE_PAGES_TIME,
)
def workflow_updated(visit: Visit) -> None:
    """The page's workflow, created and then updated with nothing, is shown as the page has it."""
    shown = visit.example(UPDATE)["data"]
    body = {key: value for key, value in shown.items() if key not in DECIDED}
    made = _data(visit, "POST", "/workflows", body)
    visit.same(made, UPDATE, SAME, expected=shown)
    path = f"/workflows/{made['id']}"
    reply = visit.run("update_workflow.request.sh", {"/workflows/string": path})
    visit.same(reply.json, UPDATE, SAME)
    again = visit.sent("update_workflow.request.json", "PATCH", f"{PATH}{path}")
    visit.same(again.json, UPDATE, SAME)


@example("error.response.json")
def error_shown(visit: Visit) -> None:
    """An error has the page's fields, in its order."""
    visit.same(visit.ask("GET", f"{PATH}/agents/nope").json, "error.response.json", SHAPE)


@example("error.response.validation.json")
def wrong_field_named(visit: Visit) -> None:
    """A blank name is refused in the words that the vendor's client knows."""
    found = visit.ask("POST", f"{PATH}/workflows", SHOP | {"name": ""}).json
    visit.same(found, "error.response.validation.json", SAME)


@example("error.response.older.json", options={"bimpe": {"error_shape": "older"}})
def error_of_the_older_guide(visit: Visit) -> None:
    """The same, as the older guide shows it."""
    found = visit.ask("POST", f"{PATH}/workflows", SHOP | {"name": ""}).json
    visit.same(found, "error.response.older.json", SAME)


@example("list.meta.json")
def page_of_a_list(visit: Visit) -> None:
    """Two of five are on the page that the sample's meta tells of; it shows none of them."""
    for number in range(5 - 1):
        _data(visit, "POST", "/workflows", SHOP | {"name": f"w{number}"})
    found = visit.ask("GET", f"{PATH}/workflows?scope=owned&limit=2").json
    visit.same(found | {"data": []}, "list.meta.json")


@example("get_test_code.response.json")
def test_code_shown(visit: Visit) -> None:
    """The code's channels have the page's fields, in its order."""
    path = f"/agents/{_agent(visit)}/deployment/agent-test-code"
    visit.same(_data(visit, "GET", path), "get_test_code.response.json", SHAPE)


@example("create_call.response.busy.json", options={"bimpe": {"test_calls_at_once": 1}})
def one_call_too_many(visit: Visit) -> None:
    """A test call beyond the lines there are is busy, in the client's words."""
    path = f"/agents/{_agent(visit)}/calls"
    body = {"destination": PERSON, "is_test_call": True}
    _data(visit, "POST", path, body)
    visit.same(_data(visit, "POST", path, body), "create_call.response.busy.json")


@example("configure_bimpe_integration.response.onboarding.json")
def integration_onboarded(visit: Visit) -> None:
    """What is connected in the dashboard is answered with an address there, as the page's."""
    name = "configure_bimpe_integration.response.onboarding.json"
    agent_id = _agent(visit)
    path = f"/agents/{agent_id}/integrations/bimpeai/configure"
    found = _data(visit, "POST", path, {"type": "google_calendar"})
    url = visit.example(name)["onboarding_url"].replace("agt_123", agent_id)
    visit.same(found, name, expected={"onboarding_url": url})


@example(
    "create_stream_ticket.response.json",
    "stream_messages.events.txt",
    options={"bimpe": {"heartbeat_seconds": 0.05}},
)
def messages_streamed(visit: Visit) -> None:
    """A message and a heartbeat come in the frames of the vendor's client."""
    name = "stream_messages.events.txt"
    agent_id = _agent(visit)
    first = _write(visit, agent_id, "first")
    _write(visit, agent_id, "hi")
    conversations = f"/agents/{agent_id}/conversations"
    (conversation,) = _data(visit, "GET", conversations)
    path = f"{conversations}/{conversation['id']}"
    ticket = _data(visit, "POST", f"{path}/stream-ticket", {})
    visit.same(ticket, "create_stream_ticket.response.json", SAME)
    address = f"{PATH}{path}/stream?ticket={ticket['ticket']}&after={first['id']}"
    found = visit.ask("GET", address, frames=2).content.decode()
    expected = visit.text(name)
    fields = [[_field(line) for line in text.splitlines()] for text in (found, expected)]
    if fields[0] != fields[1]:
        raise Difference(f"the lines are {fields[0]}, and {fields[1]} in the example", name)
    message, wanted = (_first_data(text) for text in (found, expected))
    visit.same(message, name, SHAPE, expected=wanted)


def _field(line: str) -> str:
    """A line without what is said in it, but for the name of an event."""
    return line if line.startswith("event:") else line.partition(":")[0]


def _first_data(text: str) -> Any:
    line = next((line for line in text.splitlines() if line.startswith("data:")), "")
    return json.loads(line.removeprefix("data:"))


examples: Final = Examples(
    run=(
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
    left_out={"pages/workflows.txt": "a page's text: what is cut out of it is done"},
)
