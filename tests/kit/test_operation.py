"""Finding the operation of a request."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import ApiError
from emulator.kit.operation import Operation, OperationTable


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
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "host", "found", "params"),
    [
        pytest.param("GET", "/things/7", "", "first", {"id": "7"}, id="parameter"),
        pytest.param("GET", "/things/a%2Fb", "", "first", {"id": "a/b"}, id="encoded-slash"),
        pytest.param("GET", "/things/special", "", "second", {}, id="literal-before-parameter"),
        pytest.param("POST", "/things", "", "first", {}, id="by-method"),
        pytest.param("GET", "/things", "", "third", {}, id="by-other-method"),
        pytest.param("HEAD", "/things", "", "third", {}, id="head-is-a-get"),
        pytest.param("POST", "/calls", "api.example", "first", {}, id="any-host"),
        pytest.param("POST", "/calls", "other.example", "second", {}, id="host-of-its-own"),
        pytest.param("PUT", "/a/1/b/2", "", "third", {"x": "1", "y": "2"}, id="two-parameters"),
    ],
)
def test_operation_is_found_by_method_path_and_host(
    method: str, path: str, host: str, found: str, params: dict[str, str]
) -> None:
    """The most specific operation for method, path and host is the one that answers."""
    operation, values = TABLE.find(method, path, host)

    assert (operation.id, values) == (found, params)


@pytest.mark.parametrize(
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
    ],
)
def test_path_that_is_none_is_not_found(path: str) -> None:
    """A path must be spelt as it is; the refusal names the nearest there are."""
    with pytest.raises(ApiError) as refused:
        TABLE.find("GET", path, "")

    assert (refused.value.status, refused.value.code) == (404, "no_operation")
    assert refused.value.headers["X-Emulator-Nearest"].count("/") >= 3


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        pytest.param("DELETE", "/things", "GET, POST", id="two"),
        pytest.param("POST", "/things/7", "GET", id="one"),
        pytest.param("PUT", "/parts/clone", "POST", id="written-out-before-a-parameter"),
        pytest.param("BREW", "/calls", "POST", id="unheard-of"),
        pytest.param("HEAD", "/calls", "POST", id="head-of-a-post"),
    ],
)
def test_method_that_is_none_is_told_which_are(method: str, path: str, allow: str) -> None:
    """A wrong method is refused with those that are allowed."""
    with pytest.raises(ApiError) as refused:
        TABLE.find(method, path, "")

    assert refused.value.status == 405
    assert refused.value.headers == {"Allow": allow}


def test_operation_tells_its_own_name() -> None:
    """An operation is named and summed up by its handler."""
    operation = TABLE.operations[0]

    assert (operation.id, operation.summary) == ("first", "Do the first thing.")
