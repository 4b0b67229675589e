"""The Tools Server: tools with their versions, and what their tests do."""

import re
from typing import Any, Final

import pytest

from emulator.kit.auth import basic_header
from tests.cases import each_case_alone
from tests.platforms.exotel.tool_use import (
    PYTHON,
    data_of,
    document,
    make_tool,
    tools_server,
)
from tests.support import Json, World

IDS: Final = re.compile(r"^[0-9a-fA-F-]{1,64}$")
"""The ids that the vendor's own client sends."""


def python_tool(name: str) -> Json:
    return {"name": name, "type": "python", "definition": PYTHON}


async def run_test(world: World, tool: Json, **inputs: Any) -> Json:
    """Test the latest version of a tool."""
    path = f"/tools/{tool['id']}/versions/{tool['latest_version_id']}/tests"
    done = await tools_server(world, "POST", path, json={"test_inputs": inputs})
    assert done.status_code == 200, done.text
    result = data_of(done)
    assert result["test_args"] == inputs
    return result


def reason_of(response: Any) -> str:
    """Return the sentence of an error."""
    body = response.json()
    assert body["response"]["data"] is None
    assert body["http_code"] == body["response"]["error_data"]["code"] == response.status_code
    return str(body["response"]["error_data"]["description"])


async def test_tool_is_inactive_until_one_of_its_versions_is_activated(world: World) -> None:
    """A tool keeps the version that is used, whatever newer ones there are; names are unique."""
    tool = data_of(await tools_server(world, "POST", "/tools", json=python_tool("adder")))
    path = f"/tools/{tool['id']}"
    body = {"definition": PYTHON | {"body": "return 4"}, "changelog": "always 4"}
    version = data_of(await tools_server(world, "POST", f"{path}/versions", json=body))

    async def put(**change: Any) -> tuple[Any, Any]:
        shown = data_of(await tools_server(world, "PUT", path, json=change))
        return shown["status"], shown["current_version_number"]

    activated = [
        await put(status="active"),  # the latest one, as none was chosen
        await put(current_version_id=tool["latest_version_id"]),
        await put(status="inactive"),
    ]
    listed = data_of(await tools_server(world, "GET", f"{path}/versions"))
    read = data_of(await tools_server(world, "GET", f"{path}/versions/{version['id']}"))
    taken = await tools_server(world, "POST", "/tools", json=python_tool("adder"))

    assert (tool["status"], tool["current_version_id"]) == ("inactive", None)
    assert activated == [("active", 2), ("active", 1), ("inactive", 1)]
    assert [each["version_number"] for each in listed] == [2, 1]
    assert listed[0] == read == version
    assert (read["definition"], read["changelog"]) == (body["definition"], "always 4")
    assert (taken.status_code, reason_of(taken)[:30]) == (409, "a tool named adder already exi")
    assert all(IDS.match(each) for each in (tool["id"], version["id"]))


async def test_tools_are_listed_by_type_and_status(world: World) -> None:
    """Each filter leaves out what it says, newest first, and a tenant sees its own tools alone."""
    await make_tool(world, "one", PYTHON, "python")
    await tools_server(world, "POST", "/tools", json=python_tool("two"))
    await make_tool(world, "three", document(world.inbox_url))

    async def names(query: str) -> list[str]:
        shown = (await tools_server(world, "GET", f"/tools{query}")).json()
        found = [each["name"] for each in shown["response"]["data"]]
        assert shown["metadata"]["count"] == len(found)
        return found

    header = {"X-Emulator-World": world.name}
    other = await world.http.get(
        "/tools/api/v1/tenants/other/tools", auth=("key", "token"), headers=header
    )
    assert await names("") == ["three", "two", "one"]
    assert await names("?active=true") == ["three", "one"]
    assert await names("?active=false&type=python") == ["two"]
    assert await names("?type=python&limit=1&offset=1") == ["one"]
    assert data_of(other) == []


@pytest.mark.parametrize("settings", [pytest.param({"auth": "strict"}, id="strict")])
async def test_cookie_or_basic_authenticates(world: World) -> None:
    """One of the two is enough; with both, both must be right; without one, it is 401."""
    own = world.made["credentials"]["exotel"]
    basic = basic_header(own["api_key"], own["api_token"])
    right, wrong = ({"Cookie": f"a=b; access_token={each}"} for each in (own["api_token"], "x"))

    statuses = [
        (await tools_server(world, "GET", "/tools", auth=None, headers=each)).status_code
        for each in (basic, right, basic | right, wrong, basic | wrong, {})
    ]

    assert statuses == [200, 200, 200, 401, 401, 401]


async def test_python_is_never_run(world: World) -> None:
    """A test answers what the control API has set, and null before; it needs every parameter."""
    tool = await make_tool(world, "adder", PYTHON, "python")
    before = await run_test(world, tool, x=1, y=2)
    await world.control("PUT", f"/exotel/tools/{tool['id']}/script", json={"result": [3]})

    after = await run_test(world, tool, x=1, y=2)
    missing = await run_test(world, tool, x=1)

    assert [each["test_result"] for each in (before, after)] == [{"result": None}, {"result": [3]}]
    assert after["details"] == {"success": True, "execution_time_ms": 0, "error_message": None}
    assert missing["details"]["error_message"] == "the input y is missing"
    assert (missing["details"]["success"], missing["test_result"]) == (False, {})


ORDERS: Final[Json] = {
    "openapi": "3.0.3",
    "servers": [{"url": "{base}", "variables": {"base": {"default": "to be set"}}}],
    "components": {
        "parameters": {
            "day": {"name": "day", "in": "query", "required": True, "schema": {"default": "today"}}
        },
        "schemas": {"Order": {"type": "object", "required": ["item"], "properties": {"item": {}}}},
    },
    "paths": {
        "/{shop}": {
            "parameters": [{"name": "shop", "in": "path"}, {"$ref": "#/components/parameters/day"}],
            "get": {"operationId": "list_orders"},
            "put": {
                "operationId": "order",
                "parameters": [
                    {"name": "tags", "in": "query"},
                    {"name": "X-Urgent", "in": "header"},
                    {"name": "seen", "in": "cookie"},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Order"}}
                    }
                },
            },
        }
    },
}


async def test_inputs_go_where_the_document_has_them(world: World) -> None:
    """Path, query, header, cookie and JSON body are filled; the rest of the inputs is in the body.

    Of several operations the tool's name chooses one, or the input ``operationId``.
    """
    base = {"servers": [{"url": "{base}", "variables": {"base": {"default": world.inbox_url}}}]}
    tool = await make_tool(world, "order", ORDERS | base)
    script = {"answers": [{"json": {"id": 7}}, {"body": "soon"}]}
    await world.control("PUT", "/inboxes/a%20b", json=script)
    inputs: Json = {"shop": "a b", "tags": ["x", "ü"], "X-Urgent": True, "seen": 1.5}
    inputs |= {"item": {"name": "tea"}, "count": 2}

    placed = await run_test(world, tool, **inputs)
    listed = await run_test(world, tool, operationId="list_orders", shop="a b", day="monday")

    put, get = await world.inbox("a%20b")
    assert (placed["test_result"], listed["test_result"]) == ({"id": 7}, {"result": "soon"})
    assert [(each["method"], each["path"].partition("?")[2]) for each in (put, get)] == [
        ("PUT", "day=today&tags=x&tags=%C3%BC"),
        ("GET", "day=monday"),
    ]
    assert put["json"] == {"item": {"name": "tea"}, "count": 2}
    assert (put["headers"]["x-urgent"], put["headers"]["cookie"]) == ("true", "seen=1.5")
    assert get["body"] == ""


@each_case_alone(
    ("changes", "inputs", "reason"),
    [
        pytest.param({}, {"code": 404}, "the endpoint responded with status 404", id="status"),
        pytest.param({}, {}, "the input order is missing", id="missing"),
        pytest.param({"servers": []}, {}, "the document names no server", id="server"),
        pytest.param({"servers": [{"url": "/v1"}]}, {}, "servers[0].url must be", id="relative"),
        pytest.param({"paths": {"/a": {"trace": {}}}}, {}, "the document has no op", id="empty"),
        pytest.param({"paths": {"/a": {"get": {}}}}, {"x": 1}, "the operation takes no", id="body"),
        pytest.param(
            {"paths": {"/a": {"get": {"operationId": "a"}, "put": {}}}},
            {},
            "the document has 2 operations; choose one with the input operationId: a, None",
            id="several",
        ),
        pytest.param(
            {"servers": [{"url": "http://169.254.169.254"}]},
            {"order": 1},
            "refused: 169.254.169.254 is a link-local",
            id="egress",
        ),
        pytest.param(
            {"paths": {"/a": {"get": {"parameters": [{"name": "h", "in": "header"}]}}}},
            {"h": "a\nb"},
            "the input h cannot be sent as a header",
            id="header",
        ),
        pytest.param(
            {"paths": {"/{p}": {"get": {"parameters": [{"name": "p", "in": "path"}]}}}},
            {"p": ".."},
            "the input p must not be empty in a path",
            id="path",
        ),
        pytest.param(
            {"paths": {"/a": {"$ref": "#/paths/~1a"}}}, {}, "the document has no op", id="cycle"
        ),
    ],
)
async def test_tool_that_cannot_be_called_says_why(
    world: World, changes: Json, inputs: Json, reason: str
) -> None:
    """A failed test is a success of the API: 200, with ``success`` false and the reason."""
    schema = {"required": ["order"], "properties": {"order": {}}}
    body = {"content": {"application/json": {"schema": schema}}}
    made = document(world.inbox_url, requestBody=body) | changes
    if "code" in inputs:
        await world.control("PUT", "/inboxes/lookup", json={"answers": [inputs.pop("code")]})
        inputs = {"order": 1}

    result = await run_test(world, await make_tool(world, "lookup", made), **inputs)

    assert result["details"]["success"] is False
    assert result["details"]["error_message"].startswith(reason), result["details"]


@each_case_alone(
    ("method", "path", "body", "problem"),
    [
        pytest.param("POST", "", {"name": "x"}, "type is required; definition is", id="missing"),
        pytest.param("POST", "", python_tool(" "), "name must not be empty", id="blank-name"),
        pytest.param(
            "POST",
            "",
            python_tool("x") | {"definition": {"body": "", "parameters": {"x": {}}}},
            "definition.python.body must not be empty; definition.python.parameters.x.type is",
            id="python",
        ),
        pytest.param(
            "POST",
            "",
            python_tool("x") | {"type": "openapi"},
            "definition is that of a tool of the type python; this tool's type is openapi",
            id="kind",
        ),
        pytest.param(
            "POST",
            "",
            {"name": "x", "type": "openapi", "definition": {"openapi": "2.0", "paths": {}}},
            "definition.openapi.openapi does not have the required form",
            id="openapi",
        ),
        pytest.param("PUT", "/{id}", {}, "the body must have status or current", id="nothing"),
        pytest.param(
            "PUT", "/{id}", {"current_version_id": "a"}, "current_version_id is not a", id="version"
        ),
        pytest.param(
            "POST", "/{id}/versions", {"definition": 1}, "definition.python must be", id="next"
        ),
    ],
)
async def test_bad_request_is_refused_and_changes_nothing(
    world: World, method: str, path: str, body: Json, problem: str
) -> None:
    """Whatever is wrong is named in the envelope of errors, and the tools stay as they were."""
    tool = await make_tool(world, "adder", PYTHON, "python")
    before = (await tools_server(world, "GET", "/tools")).json()

    refused = await tools_server(world, method, f"/tools{path.format(id=tool['id'])}", json=body)

    assert refused.status_code == 400
    assert problem in reason_of(refused)
    assert (await tools_server(world, "GET", "/tools")).json() == before


async def test_record_of_another_tenant_is_not_found(world: World) -> None:
    """A tool, and a version of another tool, are 404 below a tenant or a tool that lacks them."""
    one = await make_tool(world, "one", PYTHON, "python")
    two = await make_tool(world, "two", PYTHON, "python")
    foreign = f"/tools/api/v1/tenants/other/tools/{one['id']}"

    answers = [
        await world.http.get(
            foreign, auth=("key", "token"), headers={"X-Emulator-World": world.name}
        ),
        await tools_server(world, "GET", f"/tools/{one['id']}/versions/{two['latest_version_id']}"),
        await tools_server(world, "GET", "/tools/nope"),
    ]

    assert [each.status_code for each in answers] == [404] * 3
    assert [reason_of(each) for each in answers] == [
        "tool not found",
        "version not found",
        "tool not found",
    ]
