"""The curl commands of the vendors' pages are sent as curl sends them."""

from typing import Any

import pytest

from emulator.kit.curl import CurlError, read_curl
from tests.cases import each_case

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@each_case(
    ("text", "request_"),
    [
        pytest.param("curl https://h/a", ("GET", "/a", {}, b""), id="get"),
        pytest.param("curl -sS -L 'https://h/a?b=1' -i", ("GET", "/a?b=1", {}, b""), id="flags"),
        pytest.param(
            "curl --request DELETE --url https://h/a", ("DELETE", "/a", {}, b""), id="long"
        ),
        pytest.param("curl --request=PUT https://h/a", ("PUT", "/a", {}, b""), id="equals-sign"),
        pytest.param(
            'curl -X PATCH "https://h/a/b?c=1" \\ -H "content-type: application/json" \\ -d \'{}\'',
            ("PATCH", "/a/b?c=1", JSON, b"{}"),
            id="json-with-backslashes-in-the-line",
        ),
        pytest.param(
            'curl https://h/a -H "X-Key: a: b" --json \'{"a": 1}\'',
            ("POST", "/a", {"X-Key": "a: b"} | JSON, b'{"a": 1}'),
            id="json",
        ),
        pytest.param(
            "curl https://h/a -d To=%2B1 --data 'From=2'",
            ("POST", "/a", FORM, b"To=%2B1&From=2"),
            id="urlencoded",
        ),
        pytest.param(
            "curl https://h/a --data-urlencode 'To=+1 5' --data-urlencode '=x&y' -d a=b",
            ("POST", "/a", FORM, b"To=%2B1+5&x%26y&a=b"),
            id="data-urlencode",
        ),
        pytest.param(
            "curl -G https://h/a --data-urlencode 'q=a b' -d page=2",
            ("GET", "/a?q=a+b&page=2", {}, b""),
            id="get-with-data",
        ),
        pytest.param(
            "curl -G 'https://h/a?x=1' -d page=2",
            ("GET", "/a?x=1&page=2", {}, b""),
            id="get-with-a-query",
        ),
        pytest.param(
            "curl -X POST 'https://h/a' \\\n-H 'Content-Type: multipart/form-data' \\\n"
            "-F 'text=one = two' -F 'b=2;type=text/plain'",
            (
                "POST",
                "/a",
                {"Content-Type": "multipart/form-data; boundary=voicebot-emulator-form"},
                (
                    b"--voicebot-emulator-form\r\n"
                    b'Content-Disposition: form-data; name="text"\r\n\r\none = two\r\n'
                    b"--voicebot-emulator-form\r\n"
                    b'Content-Disposition: form-data; name="b"\r\n\r\n2\r\n'
                    b"--voicebot-emulator-form--\r\n"
                ),
            ),
            id="multipart",
        ),
    ],
)
def test_command_is_read_as_the_request_it_sends(text: str, request_: Any) -> None:
    """Method, target, headers and body are those that curl would send."""
    command = read_curl(text)

    assert (command.method, command.target, command.headers, command.content) == request_


@pytest.mark.parametrize("option", ["-u AC1:secret", "--user=AC1:secret", "--user AC1:secret"])
def test_credentials_of_the_command_are_read(option: str) -> None:
    """The user is known, and is not taken for the address."""
    command = read_curl(f"curl {option} https://h/a")

    assert (command.user, command.target) == ("AC1:secret", "/a")


@each_case(
    ("text", "reason"),
    [
        pytest.param("wget https://h/a", "begin with curl", id="other-program"),
        pytest.param("curl", "address ''", id="no-address"),
        pytest.param("curl h/a", "address 'h/a'", id="no-scheme"),
        pytest.param("curl -Z https://h/a", "option -Z is not understood", id="unknown-option"),
        pytest.param("curl https://h/a -d @body.json", "file body.json of --data", id="file"),
        pytest.param("curl https://h/a -F a=@x.png", "file x.png of --form", id="form-file"),
        pytest.param("curl https://h/a -F a", "field a of --form", id="form-without-value"),
    ],
)
def test_command_that_is_not_understood_is_refused(text: str, reason: str) -> None:
    """Nothing of a command is passed over: what is not understood is named."""
    with pytest.raises(CurlError, match=reason):
        read_curl(text)
