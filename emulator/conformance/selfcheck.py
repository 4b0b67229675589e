"""The self-check: whether an emulator still does what the vendors' pages show."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.conformance.examples import FileResult, WorldRun, files_in, run_example
from emulator.kit.auth import Auth
from emulator.kit.examples import Example, ExampleResponse
from emulator.kit.platform import Platform

if TYPE_CHECKING:
    import httpx

FROZEN: Final = {"seed": 0, "clock": {"mode": "frozen"}, "calls_per_second": 10.0}
"""What worlds are created with, however the server was started."""


class NotAnEmulatorError(Exception):
    """The server that was reached is not an emulator."""


class NoWorldError(Exception):
    """The emulator creates no world; the message says why."""


class HttpConnection:
    """A connection to an emulator that listens."""

    def __init__(self, client: "httpx.Client") -> None:
        self._client = client

    def send(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes, frames: int
    ) -> ExampleResponse:
        """Make a request; of a response that does not end, read so many frames."""
        with self._client.stream(method, path, headers=headers, content=content) as response:
            found = b""
            for chunk in response.iter_bytes():
                found += chunk
                if frames and found.count(b"\n\n") >= frames:
                    found = b"\n\n".join(found.split(b"\n\n")[:frames]) + b"\n\n"
                    break
            return ExampleResponse(response.status_code, found)


def check_example(
    connection: HttpConnection, folder: Path, auth: Auth, example: Example
) -> list[FileResult]:
    """Run one example in a new world, which is deleted afterwards."""
    content_type = {"Content-Type": "application/json"}
    body = json.dumps(FROZEN | example.settings).encode()
    response = connection.send("POST", "/_emulator/worlds", content_type, body, 0)
    run = WorldRun(connection, _created(response), folder, auth)
    try:
        return list(run_example(example, run))
    finally:
        connection.send("DELETE", f"/_emulator/worlds/{run.world}", {}, b"", 0)


def _created(response: ExampleResponse) -> dict[str, Any]:
    try:
        created = response.json
    except ValueError:
        created = None
    if not isinstance(created, dict) or not {"credentials", "detail"} & created.keys():
        raise NotAnEmulatorError
    if "detail" in created:
        raise NoWorldError(
            f"the world could not be created: {created['detail']}\n{created.get('hint', '')}"
        )
    return created


def check_platform(
    connection: HttpConnection,
    folder: Path,
    platform: Platform,
    on_example: Callable[[], None] = lambda: None,
) -> Iterator[FileResult]:
    """Return a result for each file of a vendor's folder.

    ``on_example`` is called after each example. Raises NotAnEmulatorError or NoWorldError.
    """
    declared = platform.examples
    found = {file: FileResult(file, "skip", reason) for file, reason in declared.skipped.items()}
    for example in declared.examples:
        for result in check_example(connection, folder, platform.auth, example):
            if result.result == "fail" or result.fixture not in found:
                found[result.fixture] = result
        on_example()
    for file in files_in(folder):
        yield found.get(file) or FileResult(file, "fail", "no example runs this file")
