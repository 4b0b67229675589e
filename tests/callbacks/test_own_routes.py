"""Callbacks never drive the control API."""

import httpx
import pytest

from emulator.callbacks.egress import EgressError
from emulator.callbacks.own_routes import check_route
from tests.cases import each_case
from tests.support import World

CONTROL = [
    pytest.param("/_emulator/reset", id="plain"),
    pytest.param("/_emulator", id="root"),
    pytest.param("/%5Femulator/reset", id="encoded"),
    pytest.param("/%255Femulator/reset", id="encoded-twice"),
    pytest.param("//_emulator/reset", id="doubled-slash"),
    pytest.param("/./_emulator/reset", id="dot"),
    pytest.param("/x/../_emulator/reset", id="dot-dot"),
    pytest.param("/_emulator/inbox/../reset", id="out-of-the-inbox"),
    pytest.param("/_emulator/inbox/%2e%2e/reset", id="out-of-the-inbox-encoded"),
    pytest.param("/_emulator/inbox%2f..%2freset", id="encoded-slash"),
    pytest.param("/_emulator\\reset", id="backslash"),
    pytest.param("/_emulator;x=1/reset", id="parameter"),
    pytest.param("/_EMULATOR/reset", id="upper-case"),
    pytest.param("/behind/a/proxy/_emulator/reset", id="below-a-path"),
    pytest.param("/_emulator/inboxes/x", id="inboxes"),
    pytest.param("/_emu\tlator/reset", id="tab"),
]
HOSTS = [
    pytest.param("127.0.0.1:8080", id="address"),
    pytest.param("localhost:8080", id="name"),
    pytest.param("[::1]:8080", id="v6"),
    pytest.param("emulator.internal", id="other-name"),
]


@each_case("host", HOSTS)
@each_case("path", CONTROL)
def test_control_route_is_refused_however_it_is_written(host: str, path: str) -> None:
    """A callback URL of the control API is refused, under any name and in any spelling."""
    with pytest.raises(EgressError, match="control API"):
        check_route(f"http://{host}{path}")


@each_case(
    "path",
    [
        pytest.param("/_emulator/inbox/default/x", id="inbox"),
        pytest.param("/behind/a/proxy/_emulator/inbox/default/x", id="inbox-below-a-path"),
        pytest.param("/voicebooker/webhook", id="vendor"),
        pytest.param("/hook?next=/_emulator/reset", id="query"),
        pytest.param("/my_emulator/reset", id="other-name"),
        pytest.param("", id="empty"),
    ],
)
def test_inboxes_and_other_paths_are_open(path: str) -> None:
    """Inboxes, the vendors' paths and endpoints of the user's are called."""
    check_route(f"http://127.0.0.1:8080{path}")


async def test_callback_to_reset_leaves_the_world_as_it_was(
    http: httpx.AsyncClient, world: World
) -> None:
    """A call_back_url that names the control API is refused with the reason, not carried out."""
    headers = {"Authorization": f"Bearer {world.made['credentials']['intron']['api_key']}"}
    url = f"{http.base_url}/_emulator/reset"
    fields = {"name": "R", "message": "Hi", "workflow_type": "ROBOCALL", "call_back_url": url}
    made = await http.post("/intron/voicebot/v1/workflows", json=fields, headers=headers)
    workflow_id = made.json()["data"]["id"]
    body = {"workflow_id": workflow_id, "workflow_params": [{"phone_number": "+2348055599001"}]}
    await http.post("/intron/voicebot/v1/call", json=body, headers=headers)

    await world.advance()

    (callback,) = (await world.control("GET", "/callbacks")).json()
    assert len((await world.control("GET", "/calls")).json()) == 1
    shown = (await world.control("GET", f"/callbacks/{callback['id']}")).json()
    assert "control API" in shown["attempts"][0]["error"]
