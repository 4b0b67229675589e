"""What Intron refuses besides bodies: queries, ids, paths, methods and credentials."""

from typing import Final

import httpx
import pytest

from tests.cases import each_case, each_case_alone
from tests.platforms.intron.support import refused
from tests.support import WORKFLOW, World

NO_ACCESS: Final = "permission denied,access-key error"


@each_case("path", [pytest.param("requests", id="requests"), pytest.param("calls", id="calls")])
@each_case(
    ("query", "message"),
    [
        pytest.param("page=0", "page must be at least 1", id="page-0"),
        pytest.param("page=-1", "page must be at least 1", id="page-minus-1"),
        pytest.param("page=", "page must be a whole number", id="page-empty"),
        pytest.param("page=one", "page must be a whole number", id="page-word"),
        pytest.param("page=1.0", "page must be a whole number", id="page-fraction"),
        pytest.param("page=1e3", "page must be a whole number", id="page-exponent"),
        pytest.param("page=0x1", "page must be a whole number", id="page-hexadecimal"),
        pytest.param("page=1_0", "page must be a whole number", id="page-underscore"),
        pytest.param("page=%201", "page must be a whole number", id="page-space"),
        pytest.param("page=%EF%BC%91", "page must be a whole number", id="page-wide-digit"),
        pytest.param("page=%00", "page must be a whole number", id="page-nul"),
        pytest.param("page=%ff", "page must be a whole number", id="page-bad-utf-8"),
        pytest.param("page=" + "9" * 5000, "page is too large", id="page-huge"),
        pytest.param("page=1&page=x", "page must be a whole number", id="page-twice"),
        pytest.param("per_page=0", "per_page must be at least 1", id="per_page-0"),
        pytest.param("per_page=-5", "per_page must be at least 1", id="per_page-minus-5"),
        pytest.param("per_page=101", "per_page must be at most 100", id="per_page-101"),
        pytest.param("per_page=ten", "per_page must be a whole number", id="per_page-word"),
        pytest.param(
            "page=x&per_page=0",
            "page must be a whole number; per_page must be at least 1",
            id="both",
        ),
    ],
)
async def test_page_out_of_range_is_refused(
    world: World, workflow_id: str, path: str, query: str, message: str
) -> None:
    """``page`` starts at 1, ``per_page`` is 1 to 100, and both are whole numbers."""
    assert await refused(world, "GET", f"/workflows/{workflow_id}/{path}?{query}") == message


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("completed", id="small-letters"),
        pytest.param("DONE", id="unknown"),
        pytest.param("COMPLETED,FAILED", id="two"),
        pytest.param("VOICE_CALL_PROCESSED", id="of-another-list"),
    ],
)
async def test_unknown_status_is_refused(world: World, workflow_id: str, status: str) -> None:
    """A filter by a status that calls do not have is refused with those they have."""
    path = f"/workflows/{workflow_id}/calls?status={status}"

    message = await refused(world, "GET", path)

    assert message == "status must be PENDING, PROCESSING, COMPLETED, TIMEOUT or FAILED"


@pytest.mark.parametrize(
    "number",
    [pytest.param("none", id="word"), pytest.param("%00", id="nul"), pytest.param("%ff", id="bad")],
)
async def test_filter_by_an_invalid_number_matches_nothing(
    world: World, workflow_id: str, number: str
) -> None:
    """A filter that is no phone number matches no call."""
    page = await world.intron("GET", f"/workflows/{workflow_id}/calls?phone_number={number}")

    assert (page.status_code, page.json()["data"]["total"]) == (200, 0)


IDS: Final = [
    pytest.param("nope", id="word"),
    pytest.param("123e4567-e89b-12d3-a456-426614174000", id="uuid"),
    pytest.param("%20", id="space"),
    pytest.param("%00", id="nul"),
    pytest.param("%ff", id="bad-utf-8"),
    pytest.param("%25", id="percent"),
    pytest.param("%3F", id="question-mark"),
    pytest.param("%7Bworkflow_id%7D", id="braces"),
    pytest.param("x" * 5000, id="long"),
]


@pytest.mark.usefixtures("workflow_id")
@pytest.mark.parametrize("unknown", IDS)
async def test_unknown_workflow_is_not_found(world: World, unknown: str) -> None:
    """Every operation on a workflow that does not exist is answered with 404."""
    path = f"/workflows/{unknown}"

    messages = [
        await refused(world, method, f"{path}{rest}", status=404, **body)
        for method, rest, body in (
            ("GET", "", {}),
            ("PUT", "", {"json": {"name": "Other"}}),
            ("DELETE", "", {}),
            ("GET", "/requests", {}),
            ("GET", "/calls", {}),
        )
    ]

    assert messages == ["workflow not found"] * 5


@pytest.mark.usefixtures("workflow_id")
@pytest.mark.parametrize("unknown", IDS)
async def test_unknown_call_is_not_found(world: World, unknown: str) -> None:
    """The status of a call that does not exist is answered 404."""
    message = await refused(world, "GET", f"/status/{unknown}", status=404)

    assert message == "call not found"


async def test_missing_record_can_be_answered_500(world: World) -> None:
    """With ``not_found_status`` 500, a missing record is answered as integrators have seen it."""
    await world.options(not_found_status=500)

    messages = [
        await refused(world, "GET", "/workflows/nope", status=500),
        await refused(world, "GET", "/status/nope", status=500),
        await refused(world, "GET", "/nope", status=404),
    ]

    assert messages == [
        "workflow not found",
        "call not found",
        "there is no operation GET /voicebot/v1/nope",
    ]


@pytest.mark.socket
@each_case(
    ("path", "allowed"),
    [
        pytest.param("/workflows", "GET, POST", id="workflows"),
        pytest.param("/workflows/123", "DELETE, GET, PUT", id="workflow"),
        pytest.param("/workflows/123/requests", "GET", id="requests"),
        pytest.param("/workflows/123/calls", "GET", id="calls"),
        pytest.param("/call", "POST", id="call"),
        pytest.param("/robocall/call", "POST", id="robocall"),
        pytest.param("/convobot/call", "POST", id="conversation"),
        pytest.param("/status/123", "GET", id="status"),
    ],
)
async def test_wrong_method_is_refused(
    world: World, workflow_id: str, path: str, allowed: str
) -> None:
    """A method that a path does not have is answered 405 with those it has."""
    path = path.replace("123", workflow_id)
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - set(allowed.split(", "))

    for method in sorted(methods):
        message = await refused(world, method, path, status=405)
        response = await world.intron(method, path)
        assert response.headers["Allow"] == allowed
        assert message == f"method {method} is not allowed here, only {allowed}"


@pytest.mark.socket
@each_case_alone(
    ("path", "nearest"),
    [
        pytest.param("/workflow", "GET /voicebot/v1/workflows", id="misspelt"),
        pytest.param("/workflows/", "GET /voicebot/v1/workflows", id="trailing-slash"),
        pytest.param(
            "/workflows/123/", "GET /voicebot/v1/workflows/{workflow_id}", id="slash-after-id"
        ),
        pytest.param("/status/", "GET /voicebot/v1/status/{call_id}", id="no-call-id"),
        pytest.param("/status", "GET /voicebot/v1/status/{call_id}", id="no-call-id-at-all"),
        pytest.param("//workflows", "GET /voicebot/v1/workflows", id="two-slashes"),
        pytest.param("/Workflows", "GET /voicebot/v1/workflows", id="capital"),
        pytest.param(
            "/workflows/123/call", "GET /voicebot/v1/workflows/{workflow_id}/calls", id="singular"
        ),
        pytest.param("/" + "x" * 5000, "", id="long"),
        pytest.param("/%ff%00%0d%0aX: y", "", id="hostile"),
        pytest.param("", "", id="root"),
    ],
)
async def test_unknown_path_is_answered_with_the_nearest(
    world: World, path: str, nearest: str
) -> None:
    """A path that Intron does not have is answered with 404 and the nearest operations."""
    message = await refused(world, "GET", path, status=404)

    response = await world.intron("GET", path)
    near = response.headers["X-Emulator-Nearest"].split(", ")
    assert message.startswith("there is no operation GET /voicebot/v1")
    assert len(near) == 3
    assert not nearest or nearest in near


@pytest.mark.socket
@each_case(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": ""}, id="empty"),
        pytest.param({"Authorization": "Bearer"}, id="no-key"),
        pytest.param({"Authorization": "Basic YTpi"}, id="basic"),
        pytest.param({"Authorization": "any"}, id="no-scheme"),
        pytest.param({"X-Api-Key": "any"}, id="other-header"),
    ],
)
async def test_missing_key_is_refused(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """A request without an access key is refused in the words an integrator has seen."""
    response = await http.get("/voicebot/v1/workflows", headers=headers)

    assert response.status_code == 403
    assert response.json() == {"data": {}, "message": NO_ACCESS, "status": "Error"}


@pytest.mark.parametrize("settings", [pytest.param({"auth": "strict"}, id="strict")])
@pytest.mark.parametrize("key", [pytest.param("wrong", id="unknown"), pytest.param("", id="none")])
async def test_wrong_key_is_refused_by_a_strict_world(world: World, key: str) -> None:
    """A strict world refuses an unknown key like a missing one, and accepts its own."""
    headers = {"X-Emulator-World": world.name, "Authorization": f"Bearer {key}".strip()}

    message = await refused(world, "POST", "/workflows", status=403, json=WORKFLOW, headers=headers)

    assert message == NO_ACCESS
    assert (await world.intron("POST", "/workflows", json=WORKFLOW)).status_code == 200


@pytest.mark.parametrize("settings", [pytest.param({"auth": "strict"}, id="strict")])
@pytest.mark.parametrize("key", [pytest.param("wrong", id="unknown"), pytest.param("", id="none")])
async def test_refused_key_can_be_answered_401(world: World, key: str) -> None:
    """With ``unauthorized_status`` 401, a refused key is answered as elsewhere on the web."""
    await world.options(unauthorized_status=401)
    headers = {"X-Emulator-World": world.name, "Authorization": f"Bearer {key}".strip()}

    message = await refused(world, "GET", "/workflows", status=401, headers=headers)

    assert message == NO_ACCESS


async def test_unknown_world_is_refused_in_the_vendors_envelope(world: World) -> None:
    """A header that names no world is answered 404, in Intron's envelope like all else."""
    headers = {"X-Emulator-World": "nowhere"}

    message = await refused(world, "GET", "/workflows", status=404, headers=headers)

    assert message == "there is no world nowhere"


@pytest.mark.socket
async def test_encoded_slash_does_not_separate(world: World) -> None:
    """An encoded slash is part of an id, so what it belongs to is not found."""
    workflow_id = await world.workflow()

    response = await world.intron("GET", f"/workflows/{workflow_id}%2Fcalls")

    assert (response.status_code, response.json()["message"]) == (404, "workflow not found")


@pytest.mark.socket
async def test_long_key_is_cut_in_a_message(world: World) -> None:
    """A message names a field, but does not repeat a key of any length."""
    body = WORKFLOW | {"response_options": {"k" * 100_000: 1}}

    response = await world.intron("POST", "/workflows", json=body)

    assert response.status_code == 400
    assert len(response.json()["message"]) < 500
