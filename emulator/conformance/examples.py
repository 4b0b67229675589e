"""Runs a vendor's published examples against an emulator, each in a world of its own."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Protocol

from emulator.conformance.comparison import find_difference, shorten
from emulator.forms.bodies import is_form, read_fields
from emulator.forms.fields import FormError
from emulator.forms.values import nested
from emulator.kit.auth import Auth
from emulator.kit.comparison import EQUAL, Comparison
from emulator.kit.curl import CurlError, read_curl
from emulator.kit.examples import Example, ExampleError, ExampleResponse
from emulator.kit.forms import URLENCODED, FormBody, urlencoded

Json = Any
JSON: Final = "application/json"
FORM_SUFFIX: Final = ".form"
"""Ends the names of files that hold the fields of a form, urlencoded."""


class ExampleClient(Protocol):
    """How requests reach an emulator."""

    def send(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes, frames: int
    ) -> ExampleResponse:
        """Make a request; of a response that does not end, read so many frames."""


class WorldRun:
    """An ``ExampleRun`` in a world of an emulator that is reached by a connection."""

    def __init__(self, connection: ExampleClient, created: Json, folder: Path, auth: Auth) -> None:
        """``created``: the response that created the world. ``folder``: the vendor's files."""
        self._connection = connection
        self._folder = folder
        self.world: str = created["name"]
        self.inbox_url: str = created["inbox_url"]
        self.credentials: Mapping[str, str] = created["credentials"][folder.name]
        self._headers = {"X-Emulator-World": self.world}
        self._credential_headers = auth.headers(self.credentials)
        self.passed: set[str] = set()
        """The files that were sent or compared, and passed."""

    def read_text(self, file: str) -> str:
        """Return the text of a file."""
        return (self._folder / file).read_text(encoding="utf-8")

    def read_json(self, file: str) -> Json:
        """Return a file read as JSON; of a file of form fields, its fields."""
        text = self.read_text(file)
        try:
            if file.endswith(FORM_SUFFIX):
                return _form(text.strip().encode(), URLENCODED)
            return json.loads(text)
        except FormError as error:
            raise ExampleError(f"is not a form: {error}", file) from None
        except ValueError as error:
            raise ExampleError(f"is not JSON: {error}", file) from None

    def request(
        self,
        method: str,
        path: str,
        body: Json | FormBody = None,
        *,
        headers: Mapping[str, str] | None = None,
        frames: int = 0,
    ) -> ExampleResponse:
        """Make a request to the vendor with the world's credentials."""
        content, content_type = body if isinstance(body, FormBody) else _json(body)
        given = {"Content-Type": content_type} if content_type else {}
        return self._send(method, path, given | dict(headers or {}), content, frames)

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes, frames: int = 0
    ) -> ExampleResponse:
        own = self._headers | self._credential_headers
        return self._connection.send(method, path, own | dict(headers), content, frames)

    def send(self, file: str, method: str, path: str, changes: Json = None) -> ExampleResponse:
        """Send the request of a file, with changed fields; ExampleError unless it succeeds."""
        fields = self.read_json(file) | (changes or {})
        body = urlencoded(fields) if file.endswith(FORM_SUFFIX) else fields
        return self._succeeded(file, self.request(method, path, body))

    def run_curl(self, file: str, values: Mapping[str, str]) -> ExampleResponse:
        """Send what the curl command of a file sends, once values have replaced its texts.

        The world's credentials replace those of the command.
        """
        text = self.read_text(file)
        for shown, value in values.items():
            text = text.replace(shown, value)
        try:
            command = read_curl(text)
        except (CurlError, ValueError) as error:
            raise ExampleError(f"is not a curl command: {error}", file) from None
        headers = command.headers | self._credential_headers
        response = self._send(command.method, command.target, headers, command.content)
        return self._succeeded(file, response)

    def _succeeded(self, file: str, response: ExampleResponse) -> ExampleResponse:
        if not 200 <= response.status < 300:  # noqa: PLR2004  # success
            text = shorten(response.content.decode())
            raise ExampleError(f"was answered {response.status}: {text}", file)
        self.passed.add(file)
        return response

    def compare(
        self, found: Json, file: str, comparison: Comparison = EQUAL, expected: Json = None
    ) -> None:
        """Compare a value with a file, or with a part of it; ExampleError if it differs."""
        wanted = self.read_json(file) if expected is None else expected
        if (reason := find_difference(found, wanted, comparison)) is not None:
            raise ExampleError(reason, file)
        self.passed.add(file)

    def passes(self, file: str) -> None:
        """Record that a file passed a check of the example's own."""
        self.passed.add(file)

    def control(self, method: str, path: str, body: Json = None) -> Json:
        """Make a request about this world to the control API; ExampleError unless it succeeds."""
        content, content_type = _json(body)
        headers = self._headers | ({"Content-Type": content_type} if content_type else {})
        response = self._connection.send(method, f"/_emulator{path}", headers, content, 0)
        if response.status >= 400:  # noqa: PLR2004  # the first that is an error
            text = shorten(response.content.decode())
            raise ExampleError(f"{method} /_emulator{path} was answered {response.status}: {text}")
        return response.json if response.content else None

    def advance(self, seconds: float | None = None) -> None:
        """Let time pass: so many seconds, or until nothing is due."""
        body = {"until": "idle"} if seconds is None else {"seconds": seconds}
        self.control("POST", "/clock/advance", body)

    def set_behavior(self, **by_number: Json) -> None:
        """Set how the callee of each number behaves: ``n234...`` stands for +234..."""
        rules = [
            {"match": {"number": f"+{name[1:]}"}, "scenario": scenario}
            for name, scenario in by_number.items()
        ]
        self.control("PUT", "/scenarios", {"rules": rules})

    def inbox(self, name: str) -> list[Json]:
        """Return the bodies that an inbox received: JSON, or the fields of a form."""
        return [_body_of(message) for message in self.control("GET", f"/inboxes/{name}")]


def _json(body: Json) -> tuple[bytes, str]:
    return (b"", "") if body is None else (json.dumps(body).encode(), JSON)


def _form(content: bytes, content_type: str) -> Json:
    return nested(read_fields(content, content_type), Any)


def _body_of(message: Json) -> Json:
    content_type = dict(message["headers"]).get("content-type", "")
    if not is_form(content_type):
        return message["json"]
    try:
        return _form(message["body"].encode(), content_type)
    except FormError as error:
        raise ExampleError(f"what an inbox received is not a form: {error}") from None


class FileResult(NamedTuple):
    """Whether one file of a vendor's passed."""

    fixture: str
    result: Literal["pass", "fail", "skip"]
    reason: str


def run_example(example: Example, run: WorldRun) -> Iterator[FileResult]:
    """Run an example and return a result for each of its files."""
    failed, reason = None, "was neither sent nor compared"
    try:
        example.run(run)
    except ExampleError as error:
        failed, reason = error.file, str(error)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # a response that the example does not expect
        reason = f"the example cannot continue with a response: {type(error).__name__}: {error}"
    for file in example.files:
        if file in run.passed and file != failed:
            yield FileResult(file, "pass", "")
        elif failed is None or file == failed:
            yield FileResult(file, "fail", reason)
        else:
            yield FileResult(file, "fail", f"was not reached: {failed}: {reason}")


def files_in(folder: Path) -> list[str]:
    """Return every file of a vendor's folder that an example must run, or that is skipped."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix() for path in paths}
    return sorted(names - {"FACTS.md", "SOURCES.md"})
