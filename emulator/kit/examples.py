"""A vendor's published examples, declared so that the self-check can run them.

An example is a function that sends what the vendor's page sends, and compares the responses with
what the page shows.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from emulator.kit.comparison import EQUAL, Comparison
from emulator.kit.forms import FormBody

Json = Any


class ExampleResponse(NamedTuple):
    """The response to a request of an example."""

    status: int
    content: bytes

    @property
    def json(self) -> Json:
        """The body, read as JSON."""
        return json.loads(self.content)


class ExampleError(Exception):
    """A response differs from a file of the example; without a file, the example ends."""

    def __init__(self, reason: str, file: str | None = None) -> None:
        super().__init__(reason)
        self.file = file


class ExampleRun(Protocol):
    """One run of an example, in a world of its own; files are named below the vendor's folder."""

    inbox_url: str
    """Where the world's inboxes are: add the name of one."""
    credentials: Mapping[str, str]
    """The world's credentials for the vendor."""

    def read_text(self, file: str) -> str:
        """Return the text of a file."""

    def read_json(self, file: str) -> Json:
        """Return a file read as JSON; of a file of form fields, its fields."""

    def request(
        self,
        method: str,
        path: str,
        body: Json | FormBody = None,
        *,
        headers: Mapping[str, str] | None = None,
        frames: int = 0,
    ) -> ExampleResponse:
        """Make a request to the vendor with the world's credentials.

        A body that is no form is sent as JSON. Of a stream, read so many ``frames``.
        """

    def send(self, file: str, method: str, path: str, changes: Json = None) -> ExampleResponse:
        """Send the request of a file, with changed fields; ExampleError unless it succeeds."""

    def run_curl(self, file: str, values: Mapping[str, str]) -> ExampleResponse:
        """Send what the curl command of a file sends, once values have replaced its texts."""

    def compare(
        self, found: Json, file: str, comparison: Comparison = EQUAL, expected: Json = None
    ) -> None:
        """Compare a value with a file, or with a part of it; ExampleError if it differs."""

    def passes(self, file: str) -> None:
        """Record that a file passed a check of the example's own."""

    def control(self, method: str, path: str, body: Json = None) -> Json:
        """Make a request about this world to the control API; ExampleError unless it succeeds."""

    def advance(self, seconds: float | None = None) -> None:
        """Let time pass: so many seconds, or until nothing is due."""

    def set_behavior(self, **by_number: Json) -> None:
        """Set how the callee of each number behaves: ``n234...`` stands for +234..."""

    def inbox(self, name: str) -> list[Json]:
        """Return the bodies that an inbox received: JSON, or the fields of a form."""


@dataclass(frozen=True)
class Example:
    """A function that runs an example, and the files that it sends or compares."""

    files: tuple[str, ...]
    run: Callable[[ExampleRun], None]
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    """What its world is created with."""

    @property
    def id(self) -> str:
        """The name of its function."""
        return self.run.__name__


def example(*files: str, **settings: Any) -> Callable[[Callable[[ExampleRun], None]], Example]:
    """Declare that a function runs the example of these files."""
    return lambda run: Example(files, run, settings)


@dataclass(frozen=True, kw_only=True)
class Examples:
    """All examples of a vendor."""

    examples: tuple[Example, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    """The files that no example runs, each with the reason."""
