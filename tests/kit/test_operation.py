"""Finding the operation of a request."""

import sys

import pytest
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import ApiError
from emulator.kit.operation import Operation, OperationTable, nearest
from tests.cases import each_case


async def first(request: Request) -> Response:
    """Do the first thing.

    And more.
    """
    del request
    return Response()


async def second(request: Request) -> Response:
    """Do the second thing."""
    return await first(request)


async def third(request: Request) -> Response:
    """Do the third thing."""
    return await first(request)


TABLE = OperationTable(
    [
        Operation(method="GET", path="/things/{id}", handler=first),
        Operation(method="GET", path="/things/special", handler=second),
        Operation(method="POST", path="/things", handler=first),
        Operation(method="GET", path="/things", handler=third),
        Operation(method="POST", path="/calls", handler=first),
        Operation(method="POST", path="/calls", handler=second, host="other."),
        Operation(method="PUT", path="/a/{x}/b/{y}", handler=third),
        Operation(method="DELETE", path="/parts/{id}", handler=first),
        Operation(method="POST", path="/parts/clone", handler=second),
        Operation(method="GET", path="/files/{id}", handler=first),
        Operation(method="GET", path="/files/{id}.json", handler=second),
        Operation(method="DELETE", path="/files/{id}.json", handler=second),
        Operation(method="POST", path="/files/{id}", handler=third),
        Operation(method="GET", path="/files.json", handler=third),
        Operation(method="GET", path="/files/{id}/legs/{leg}.json", handler=first),
        Operation(method="GET", path="/files/{id}/legs/all.json", handler=second),
    ]
)


@each_case(
    ("method", "path", "host", "found", "params"),
    [
        pytest.param("GET", "/things/7", "", "first", {"id": "7"}, id="parameter"),
        pytest.param("GET", "/things/a%2Fb", "", "first", {"id": "a/b"}, id="encoded-slash"),
        pytest.param("GET", "/things/special", "", "second", {}, id="literal-before-parameter"),
        pytest.param("POST", "/things", "", "first", {}, id="by-method"),
        pytest.param("GET", "/things", "", "third", {}, id="by-other-method"),
        pytest.param("HEAD", "/things", "", "third", {}, id="head-is-a-get"),
        pytest.param("DELETE", "/parts/7", "", "first", {"id": "7"}, id="only-parameter"),
        pytest.param("DELETE", "/parts/a%2Fb", "", "first", {"id": "a/b"}, id="only-encoded"),
        pytest.param("POST", "/parts/clone", "", "second", {}, id="only-literal"),
        pytest.param("POST", "/parts/cl%6Fne", "", "second", {}, id="encoded-literal"),
        pytest.param("POST", "/calls", "api.example", "first", {}, id="any-host"),
        pytest.param("POST", "/calls", "other.example", "second", {}, id="host-of-its-own"),
        pytest.param("PUT", "/a/1/b/2", "", "third", {"x": "1", "y": "2"}, id="two-parameters"),
        pytest.param("GET", "/files/7.json", "", "second", {"id": "7"}, id="suffix"),
        pytest.param("GET", "/files/7", "", "first", {"id": "7"}, id="without-suffix"),
        pytest.param("GET", "/files/7.xml", "", "first", {"id": "7.xml"}, id="other-suffix"),
        pytest.param("GET", "/files/a.b.json", "", "second", {"id": "a.b"}, id="last-suffix"),
        pytest.param("GET", "/files/7%2Ejson", "", "second", {"id": "7"}, id="encoded-dot"),
        pytest.param("GET", "/files/.json", "", "first", {"id": ".json"}, id="only-a-suffix"),
        pytest.param("POST", "/files/7.json", "", "third", {"id": "7.json"}, id="by-method-first"),
        pytest.param("GET", "/files.json", "", "third", {}, id="text-with-suffix"),
        pytest.param(
            "GET", "/files/7/legs/1.json", "", "first", {"id": "7", "leg": "1"}, id="nested-suffix"
        ),
        pytest.param(
            "GET", "/files/7/legs/all.json", "", "second", {"id": "7"}, id="text-before-suffix"
        ),
    ],
)
def test_operation_is_found_by_method_path_and_host(
    method: str, path: str, host: str, found: str, params: dict[str, str]
) -> None:
    """The most specific operation for method, path and host is the one that answers."""
    operation, values = TABLE.find(method, path, host)

    assert (operation.id, values) == (found, params)


@each_case(
    "path",
    [
        pytest.param("/nothing", id="unknown"),
        pytest.param("/things/", id="empty-parameter"),
        pytest.param("/things/7/", id="trailing-slash"),
        pytest.param("//things", id="doubled-slash"),
        pytest.param("/Things", id="case"),
        pytest.param("/", id="root"),
        pytest.param("", id="empty"),
        pytest.param("/a/1/b", id="too-short"),
        pytest.param("/files/7/legs/1", id="lacks-the-suffix"),
        pytest.param("/files.xml", id="other-suffix"),
        pytest.param("/parts/", id="empty-only-parameter"),
        pytest.param("/files/", id="empty-with-suffix-beside"),
    ],
)
def test_path_that_is_none_is_not_found(path: str) -> None:
    """A path must be spelt as it is; the refusal names the nearest there are."""
    with pytest.raises(ApiError) as refused:
        TABLE.find("GET", path, "")

    assert (refused.value.status, refused.value.code) == (404, "no_operation")
    assert refused.value.headers["X-Emulator-Nearest"].count("/") >= 3


@each_case(
    ("method", "path", "allow"),
    [
        pytest.param("DELETE", "/things", "GET, POST", id="two"),
        pytest.param("POST", "/things/7", "GET", id="one"),
        pytest.param("PUT", "/parts/clone", "POST", id="written-out-before-a-parameter"),
        pytest.param("GET", "/parts/7", "DELETE", id="only-parameter"),
        pytest.param("PUT", "/files/7.json", "DELETE, GET", id="suffix-before-a-parameter"),
        pytest.param("PUT", "/files/7", "GET, POST", id="parameter"),
        pytest.param("BREW", "/calls", "POST", id="unheard-of"),
        pytest.param("HEAD", "/calls", "POST", id="head-of-a-post"),
    ],
)
def test_refused_method_comes_with_the_allowed_ones(method: str, path: str, allow: str) -> None:
    """A wrong method is refused with those that are allowed."""
    with pytest.raises(ApiError) as refused:
        TABLE.find(method, path, "")

    assert refused.value.status == 405
    assert refused.value.headers == {"Allow": allow}


@pytest.mark.parametrize(
    ("method", "path", "near"),
    [
        pytest.param("GET", "/filez/7.json", "GET /files/{id}.json", id="suffix"),
        pytest.param("GET", "/files/7/legs/1", "GET /files/{id}/legs/{leg}.json", id="no-suffix"),
    ],
)
def test_nearest_names_paths_with_suffixes(method: str, path: str, near: str) -> None:
    """A parameter with a suffix is like the text that the request has in its place."""
    assert near in nearest(method, path, TABLE.operations)


def lines_run(count: int, method: str, path: str) -> int:
    """Count the lines of Python that run to find a path among so many operations."""
    table = OperationTable(
        Operation(method=method, path=template.format(number), handler=first)
        for method in ("GET", "POST")
        for number in range(count)
        for template in ("/v1/kind{}/{{id}}", "/v1/kind{}/{{id}}.json", "/v1/{{id}}.kind{}")
    )
    lines = 0

    def trace(*_: object) -> object:
        nonlocal lines
        lines += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # it takes anything
    try:
        table.find(method, path, "")
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("path", ["/v1/kind0/7", "/v1/kind4/7.json", "/v1/7.kind2"])
def test_cost_does_not_grow_with_the_operations(path: str) -> None:
    """Finding one of 3,000 operations takes the same steps as finding one of 30."""
    assert lines_run(500, "POST", path) == lines_run(5, "POST", path)


def test_operation_tells_its_own_name() -> None:
    """An operation is named and summed up by its handler."""
    operation = TABLE.operations[0]

    assert (operation.id, operation.summary) == ("first", "Do the first thing.")


def test_summary_has_code_in_markdown() -> None:
    """Guides and terminals show the summary, where code has one backtick on each side."""

    async def second(_: Request) -> Response:
        """Do what ``mode`` says, or nothing."""
        return Response()

    operation = Operation(method="GET", path="/b", handler=second)

    assert operation.summary == "Do what `mode` says, or nothing."


@each_case(
    ("path", "label", "params"),
    [
        pytest.param("/a/one/b", "PUT /a/{x}/b/{y}", {"x": "one"}, id="one parameter"),
        pytest.param("/a/%41/nope", "PUT /a/{x}/b/{y}", {"x": "A"}, id="encoded"),
        pytest.param("/files/7/legs", "GET /files/{id}/legs/{leg}.json", {"id": "7"}, id="below"),
        pytest.param("/a//b", "PUT /a/{x}/b/{y}", {}, id="empty"),
        pytest.param("/nothing", "GET /things/{id}", {}, id="nothing like it"),
    ],
)
def test_path_without_an_operation_is_closest_to_one(
    path: str, label: str, params: dict[str, str]
) -> None:
    """The operation that begins like a path says what its first segments mean; a refusal has it."""
    operation, found = TABLE.closest(path)
    with pytest.raises(ApiError) as refused:
        TABLE.find("GET", path, "")

    assert (operation.label, found) == (label, params)
    assert (refused.value.operation, refused.value.path) == (label, path)
