"""World files on their way from and to the emulator, with progress."""

from collections.abc import Iterator
from typing import Any, Final

from emulator.cli.client import ControlClient
from emulator.cli.pending_request import PendingRequest
from emulator.cli.progress import DELAY_SECONDS, Progress

POLL_SECONDS: Final = 0.25
"""Real seconds between two looks."""
CHUNK_BYTES: Final = 256 * 1024
KILOBYTE: Final = 1000


class _Transfer:
    """One request with a large body, or with a large response."""

    def __init__(self, control: ControlClient, content: bytes | None) -> None:
        self._control = control
        self._content = content
        self.done = 0
        """Bytes so far."""
        self.total: int | None = None if content is None else len(content)

    def receive(self, path: str) -> Any:
        """Get a large response."""
        with self._control.stream("GET", path) as response:
            self.total = int(response.headers.get("content-length", 0)) or None
            return self._control.with_content(response, b"".join(self._parts(response)))

    def _parts(self, response: Any) -> Iterator[bytes]:
        for part in response.iter_bytes(CHUNK_BYTES):
            self.done += len(part)
            yield part

    def send(self, path: str) -> Any:
        """Post a large body."""
        return self._control.request("POST", path, self._chunks(), length=self.total)

    def _chunks(self) -> Iterator[bytes]:
        content = self._content or b""
        for start in range(0, len(content), CHUNK_BYTES):
            yield content[start : start + CHUNK_BYTES]
            self.done = min(start + CHUNK_BYTES, len(content))


def download(control: ControlClient, path: str) -> bytes:
    """Return the body of a response that may be large; exit with a reason if it failed."""
    transfer = _Transfer(control, None)
    return _finish(control, transfer, PendingRequest(lambda: transfer.receive(path)), "exporting")


def upload(control: ControlClient, path: str, content: bytes) -> None:
    """Post a body that may be large; exit with a reason if it failed."""
    transfer = _Transfer(control, content)
    _finish(control, transfer, PendingRequest(lambda: transfer.send(path)), "importing")


def _finish(
    control: ControlClient, transfer: _Transfer, request: PendingRequest, title: str
) -> bytes:
    request.start()
    with Progress(title, "kB") as progress:
        wait = DELAY_SECONDS
        while not request.over.wait(wait):
            wait = POLL_SECONDS
            total = None if transfer.total is None else transfer.total / KILOBYTE
            note = "waiting for the emulator" if transfer.done in (0, transfer.total) else ""
            progress.update(transfer.done / KILOBYTE, total, note)
    return control.checked(request.result)
