"""A request in a thread of its own, so that Ctrl-C interrupts the wait for it."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any


class PendingRequest(Thread):
    """Sends a request, and keeps the response or the error."""

    def __init__(self, send: Callable[[], Any]) -> None:
        super().__init__(daemon=True)  # the program ends on Ctrl-C whatever the server does
        self.over = Event()
        """Set once there is a response or an error; joining the thread is not safe to interrupt."""
        self._send = send
        self._response: Any = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Send the request."""
        try:
            self._response = self._send()
        except BaseException as error:  # noqa: BLE001  # raised again by result, in the main thread
            self._error = error
        finally:
            self.over.set()

    def result(self) -> Any:
        """Return the response, or raise the error."""
        if self._error is not None:
            raise self._error
        return self._response
