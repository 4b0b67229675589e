"""A world of a test's own, whose methods block until they are done."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from inspect import signature
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from emulator.testing.async_world import INBOX, AsyncInbox, AsyncWorld, Scenario
from emulator.testing.link import PATIENCE, Link
from emulator.testing.records import (
    TELLING,
    Advanced,
    Call,
    Callback,
    EmulatorError,
    Message,
)
from emulator.testing.report import story

__tracebackhide__ = TELLING

Result = TypeVar("Result")
App = Callable[..., Any]


class Inbox:
    """An endpoint inside the emulator: give its ``url`` to a vendor, and read what it was sent."""

    def __init__(self, inbox: AsyncInbox) -> None:
        self._inbox = inbox
        self.name = inbox.name
        self.url = inbox.url

    def messages(self) -> list[Message]:
        """Everything it took, oldest first."""
        return _at_once(self._inbox.messages())

    def answer(self, *answers: int | dict[str, Any]) -> None:
        """Answer the next requests so, in order: statuses, or ``{"status", "json" or "body"}``."""
        _at_once(self._inbox.answer(*answers))

    def empty(self) -> None:
        """Forget what it took, and how it was to answer."""
        _at_once(self._inbox.empty())


class World:
    """A world of a test's own: its credentials, its addresses, its clock.

    ``aio`` has the same methods, to be awaited.
    """

    def __init__(
        self,
        talk: AsyncWorld,
        aio: AsyncWorld,
        link: Link,
        headers: dict[str, str],
        deliver_to: Callable[[App, str], tuple[str, Callable[[], None]]],
    ) -> None:
        self._talk = talk
        self._link = link
        self._headers = headers
        self._deliver_to = deliver_to
        self._ends: list[Callable[[], None]] = []
        self.aio = aio
        self.name = talk.name
        self.seed = talk.seed
        self.credentials = talk.credentials
        """By platform, and then by the vendor's own names."""
        self.base_urls = talk.base_urls
        """By platform: what to give a client in place of the vendor's address."""
        self.inbox_url = talk.inbox_url
        """What the addresses of its inboxes begin with."""

    def control(self, method: str, path: str, **rest: Any) -> Any:
        """Ask something of the control API about this world; EmulatorError if it is refused."""
        return _at_once(self._talk.control(method, path, **rest))

    def now(self) -> datetime:
        """What the world's clock shows."""
        return _at_once(self._talk.now())

    def advance(
        self, by: float | timedelta | None = None, *, to: datetime | None = None
    ) -> Advanced:
        """Let time pass: by so many seconds, up to a moment, or until nothing is due any more.

        Returns when everything that causes has settled, callbacks and retries too.
        """
        return _at_once(self._talk.advance(by, to=to))

    def place_calls(
        self,
        *numbers: str,
        platform: str | None = None,
        callback_url: str | None = None,
        **fields: Any,
    ) -> list[Call]:
        """Place a call to each number, as one batch where the vendor has batches.

        ``fields`` are those of the vendor's call request, ``POST /_emulator/calls``. Callbacks go
        to ``callback_url``, or else to the inbox ``inbox``, unless ``fields`` name a bot or
        workflow that exists already. Without a ``platform`` the emulator's default vendor is
        meant.
        """
        placed = self._talk.place_calls(
            *numbers, platform=platform, callback_url=callback_url, **fields
        )
        return _at_once(placed)

    def calls(self, **filters: str) -> list[Call]:
        """Every call, newest first; by ``platform``, ``status`` or ``batch_id``."""
        return _at_once(self._talk.calls(**filters))

    def call(self, call_id: str) -> Call:
        """A call as it stands now."""
        return _at_once(self._talk.call(call_id))

    def callbacks(self) -> list[Callback]:
        """Every callback that was owed, oldest first, without their bodies."""
        return _at_once(self._talk.callbacks())

    def wait_for_callback(
        self,
        url: str | None = None,
        *,
        event: str | None = None,
        platform: str | None = None,
        timeout: float = 5.0,
    ) -> Callback:
        """Give the next callback that was delivered, or given up, and not given before.

        A frozen clock moves no further than it has to; one that moves by itself is waited for,
        ``timeout`` real seconds long. NothingArrivedError says what did arrive.
        """
        waited = self._talk.wait_for_callback(url, event=event, platform=platform, timeout=timeout)
        return _at_once(waited)

    def behave(self, scenario: Scenario | Sequence[Scenario], **match: str | int) -> None:
        """Have callees behave so, from now on; a list says how each of the next calls goes.

        ``match`` picks the calls: ``number``, ``platform``, ``workflow_id``, ``next`` (so many).
        """
        _at_once(self._talk.behave(scenario, **match))

    def mix(self, **weights: float) -> None:
        """Draw each call's scenario by these weights: ``answered=80, busy=20``."""
        _at_once(self._talk.mix(**weights))

    def history(self) -> list[dict[str, Any]]:
        """The newest 1,000 entries of what happened, oldest first."""
        return _at_once(self._talk.history())

    def run(self) -> bytes:
        """Give what ``voicebot-emulator replay`` goes through again; EmulatorError if it cannot."""
        return _at_once(self._talk.run())

    def inbox(self, name: str = INBOX) -> Inbox:
        """An inbox of this world."""
        return Inbox(self._talk.inbox(name))

    def story(self) -> str:
        """Tell in lines what happened so far, and what is still owed."""
        return story(self.control("GET", "/clock"), self.history(), self.callbacks())

    def transport(self) -> httpx.BaseTransport:
        """What a client of your own (``httpx.Client``) reaches the emulator by, in process too."""
        return self._link.transport()

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """The same for ``httpx.AsyncClient``."""
        return self._link.async_transport()

    def client(self) -> httpx.Client:
        """A client of this world, with the credentials in place that each vendor asks for."""
        return httpx.Client(transport=self.transport(), **self._options())

    def async_client(self) -> httpx.AsyncClient:
        """The same, awaited."""
        return httpx.AsyncClient(transport=self.async_transport(), **self._options())

    def _options(self) -> dict[str, Any]:
        from emulator.vendors import discover  # noqa: PLC0415  # many a test needs no client

        headers = [
            (beginning, platform.auth.headers(self.credentials[name]))
            for name, platform in discover().items()
            for beginning in (f"/{name}/", *platform.roots)
        ]

        def show(request: httpx.Request) -> httpx.Request:
            for beginning, shown in headers:
                if request.url.path.startswith(beginning):
                    for name, value in shown.items():
                        request.headers.setdefault(name, value)
            return request

        return {
            "base_url": self.inbox_url.partition("/_emulator/")[0],
            "headers": self._headers,
            "auth": show,
            "timeout": PATIENCE,
        }

    def deliver_to(self, app: App, base_url: str = "http://app.test") -> str:
        """Deliver callbacks into an ASGI app of this process; give the address that leads there.

        That is ``base_url`` and needs no socket, unless the emulator is another process: then it
        is a free port of this machine. The app runs in the emulator's event loop, in process in
        that of whoever awaits ``aio.advance``; its lifespan is not run.
        """
        if not _takes_asgi(app):
            raise EmulatorError(
                f"deliver_to takes an ASGI app, called with scope, receive and send, which"
                f" {type(app).__name__} is not (asgiref.wsgi.WsgiToAsgi makes one of a WSGI app)"
            )
        address, end = self._deliver_to(app, base_url)
        self._ends.append(end)
        return address

    def close(self) -> None:
        """End the world and forget all of it."""
        while self._ends:
            self._ends.pop()()
        self.control("DELETE", f"/worlds/{self.name}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _takes_asgi(app: Any) -> bool:
    try:
        signature(app).bind({}, None, None)
    except TypeError:
        return False
    except ValueError:  # written in another language: it says nothing of itself
        return True
    return True


def _at_once(talk: Coroutine[Any, Any, Result]) -> Result:
    """Run what never waits, since each of its requests blocks."""
    try:
        talk.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    raise RuntimeError("something was awaited that does not block")
