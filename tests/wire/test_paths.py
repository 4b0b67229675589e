"""Path templates: what can be served, and what is refused when an operation is declared."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.operation import Operation
from emulator.wire.paths import ALLOWED, Parameter, PathError, read_template
from tests.cases import each_case


async def handler(request: Request) -> Response:
    """Answer."""
    del request
    return Response()


@each_case(
    ("path", "segments"),
    [
        pytest.param("/calls", ("calls",), id="text"),
        pytest.param("/", ("",), id="root"),
        pytest.param("/Calls.json", ("Calls.json",), id="text-with-suffix"),
        pytest.param("/2010-04-01/{Sid}", ("2010-04-01", Parameter("Sid")), id="parameter"),
        pytest.param("/{sid}.json", (Parameter("sid", ".json"),), id="suffix"),
        pytest.param(
            "/{a}/x/{b}.wav", (Parameter("a"), "x", Parameter("b", ".wav")), id="two-parameters"
        ),
    ],
)
def test_template_is_read_into_segments(path: str, segments: tuple[str | Parameter, ...]) -> None:
    """A segment is text, a parameter, or a parameter with a suffix."""
    assert read_template(path) == segments


@each_case(
    ("path", "said"),
    [
        pytest.param("calls", "must begin with /", id="no-slash"),
        pytest.param("", "must begin with /", id="empty"),
        pytest.param("/{a}{b}", "'{a}{b}'", id="two-in-a-segment"),
        pytest.param("/{a}-{b}", "'{a}-{b}'", id="two-with-text-between"),
        pytest.param("/calls/{sid", "'{sid'", id="unclosed"),
        pytest.param("/calls/sid}", "'sid}'", id="unopened"),
        pytest.param("/calls/{{sid}}", "'{{sid}}'", id="doubled"),
        pytest.param("/calls/{}", "'{}'", id="empty-name"),
        pytest.param("/calls/{}.json", "'{}.json'", id="empty-name-with-suffix"),
        pytest.param("/calls/{call-sid}", "'{call-sid}'", id="no-identifier"),
        pytest.param("/calls/{1}", "'{1}'", id="number"),
        pytest.param("/{path:path}", "'{path:path}'", id="converter"),
        pytest.param("/v{version}/calls", "'v{version}'", id="text-before"),
        pytest.param("/{sid}json", "'{sid}json'", id="suffix-without-dot"),
        pytest.param("/{sid}.", "'{sid}.'", id="empty-suffix"),
        pytest.param("/{sid}.tar.gz", "'{sid}.tar.gz'", id="two-suffixes"),
        pytest.param("/{sid}/legs/{sid}", "{sid} twice", id="repeated"),
        pytest.param("/{sid}/legs/{sid}.json", "{sid} twice", id="repeated-with-suffix"),
        pytest.param("/calls?page={page}", "'?'", id="query"),
        pytest.param("/call log", "' '", id="space"),
        pytest.param("/call%20log", "'%'", id="encoded"),
    ],
)
def test_template_that_cannot_be_served_is_refused(path: str, said: str) -> None:
    """Declaring the operation fails with one sentence: the path, what is wrong, what is allowed."""
    with pytest.raises(PathError) as refused:
        Operation(method="GET", path=path, handler=handler)

    message = str(refused.value)
    assert message.startswith(f"path {path!r} ")
    assert said in message
    assert "\n" not in message
    assert "begin with /" in message or message.endswith(ALLOWED)


@each_case("method", ["get", "HEAD", "ANY", ""])
def test_method_that_is_never_served_is_refused(method: str) -> None:
    """A method in lower case would never match; HEAD is served by GET."""
    with pytest.raises(PathError, match="; write GET, POST"):
        Operation(method=method, path="/calls", handler=handler)
