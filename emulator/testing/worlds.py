"""A world of a test, whose methods block until they are done."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from inspect import signature
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from emulator.testing.async_world import INBOX, AsyncInbox, AsyncWorld, Scenario
from emulator.testing.faults import FaultArguments, FaultRule, WorldFault
from emulator.testing.link import REQUEST_TIMEOUT_SECONDS, Link
from emulator.testing.records import (
    HIDES_TRACEBACK,
    Advanced,
    CallbackRecord,
    CallRecord,
    EmulatorError,
    ExplanationRecord,
    Message,
    Snapshot,
)
from emulator.testing.report import story
from emulator.testing.results import result_of

__tracebackhide__ = HIDES_TRACEBACK

App = Callable[..., Any]


class EmulatedInbox:
    """An endpoint inside the emulator: give its ``url`` to a vendor, and read what it receives."""

    def __init__(self, inbox: AsyncInbox) -> None:
        self._inbox = inbox
        self.name = inbox.name
        self.url = inbox.url

    def messages(self) -> list[Message]:
        """Return the requests that it received, oldest first."""
        return result_of(self._inbox.messages())

    def answer(self, *answers: int | dict[str, Any]) -> None:
        """Script the next responses: statuses, or ``{"status", "json" or "body"}``."""
        result_of(self._inbox.answer(*answers))

    def empty(self) -> None:
        """Delete the messages and the scripted responses."""
        result_of(self._inbox.empty())


class EmulatedWorld:
    """A world of one test: its credentials, its addresses, its clock.

    ``aio`` has the same methods for async tests.
    """

    def __init__(
        self,
        blocking: AsyncWorld,
        aio: AsyncWorld,
        link: Link,
        headers: dict[str, str],
        deliver_to: Callable[[App, str], tuple[str, Callable[[], None]]],
    ) -> None:
        self._steps = blocking
        self._link = link
        self._headers = headers
        self._deliver_to = deliver_to
        self._ends: list[Callable[[], None]] = []
        self.aio = aio
        self.name = blocking.name
        self.seed = blocking.seed
        self.credentials = blocking.credentials
        """By platform, with the vendor's own names."""
        self.base_urls = blocking.base_urls
        """By platform: the URL to use in place of the vendor's."""
        self.inbox_url = blocking.inbox_url
        """The common prefix of the URLs of its inboxes."""
        self.dashboard_url = blocking.dashboard_url
        """Where a browser shows this world; None for an emulator without a socket."""

    def control(self, method: str, path: str, **rest: Any) -> Any:
        """Make a request to the control API about this world; EmulatorError if it is refused."""
        return result_of(self._steps.control(method, path, **rest))

    def link(
        self,
        source: str,
        target: str,
        *,
        when: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
    ) -> None:
        """Link two platforms: what happens at one, PLATFORM.SOURCE, starts a target at another.

        ``GET /_emulator/links/kinds`` lists sources and targets; ``when`` are the settings of the
        source, ``settings`` those of the target.
        """
        return result_of(self._steps.link(source, target, when=when, settings=settings))

    def now(self) -> datetime:
        """Return the time of the world's clock."""
        return result_of(self._steps.now())

    def advance(
        self, by: float | timedelta | None = None, *, to: datetime | None = None
    ) -> Advanced:
        """Advance the clock: by seconds, to a time, or until nothing is due.

        Return when everything that this causes has settled, callbacks and retries too.
        """
        return result_of(self._steps.advance(by, to=to))

    def place_calls(
        self,
        *numbers: str,
        platform: str | None = None,
        callback_url: str | None = None,
        **fields: Any,
    ) -> list[CallRecord]:
        """Place a call to each number, as one batch where the vendor has batches.

        ``fields`` are those of the vendor's call request, ``POST /_emulator/calls``. Callbacks go
        to ``callback_url``, or else to the inbox ``inbox``, unless ``fields`` name a bot or a
        workflow that exists already. ``platform`` defaults to the emulator's default vendor.
        """
        placed = self._steps.place_calls(
            *numbers, platform=platform, callback_url=callback_url, **fields
        )
        return result_of(placed)

    def calls(self, **filters: str) -> list[CallRecord]:
        """Return the calls, newest first; filter by ``platform``, ``status`` or ``batch_id``."""
        return result_of(self._steps.calls(**filters))

    def call(self, call_id: str) -> CallRecord:
        """Return a call as it is now."""
        return result_of(self._steps.call(call_id))

    def callbacks(self) -> list[CallbackRecord]:
        """Return the callbacks, oldest first, without their bodies."""
        return result_of(self._steps.callbacks())

    def wait_for_callback(
        self,
        url: str | None = None,
        *,
        event: str | None = None,
        platform: str | None = None,
        timeout: float = 5.0,
    ) -> CallbackRecord:
        """Return the next callback that was delivered or given up, and not returned before.

        A frozen clock advances no further than needed; any other is waited for, up to
        ``timeout`` real seconds. NothingArrivedError lists what arrived instead.
        """
        waited = self._steps.wait_for_callback(url, event=event, platform=platform, timeout=timeout)
        return result_of(waited)

    def behave(self, scenario: Scenario | Sequence[Scenario], **match: str | int) -> None:
        """Set how callees behave from now on; a list gives one scenario for each of the next calls.

        ``match`` selects calls: by ``number``, ``platform``, ``workflow_id``, ``next`` (a count).
        """
        result_of(self._steps.behave(scenario, **match))

    def mix(self, **weights: float) -> None:
        """Draw each call's scenario by these weights: ``answered=80, busy=20``."""
        result_of(self._steps.mix(**weights))

    def fault(self, kind: str, **rule: Unpack[FaultArguments]) -> WorldFault:
        """Add a fault rule; in a ``with`` statement it is deleted at the end.

        ``rule`` says what it matches (``operation="place_calls"``), how often (``times=1``), and
        the fields of the kind (``status=429``). EmulatorError says what does not fit.
        """
        return WorldFault(result_of(self._steps.fault(kind, **rule).add()))

    def unused_faults(self) -> list[FaultRule]:
        """Return the fault rules that were never applied, deleted and expired ones too."""
        return result_of(self._steps.unused_faults())

    def unread_failures(self) -> list[CallbackRecord]:
        """Return failing callbacks that no method has returned as failing yet."""
        return result_of(self._steps.unread_failures())

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Take a snapshot of the world, with its clock and everything pending."""
        return result_of(self._steps.snapshot(name))

    def restore(self, snapshot: Snapshot) -> None:
        """Restore a snapshot; it is kept."""
        result_of(self._steps.restore(snapshot))

    def explain(self, about: CallRecord | CallbackRecord | str) -> ExplanationRecord:
        """Explain a call, a callback, or the call, batch or callback with this id."""
        return result_of(self._steps.explain(about))

    def history(self) -> list[dict[str, Any]]:
        """Return the newest 1,000 entries of the history, oldest first."""
        return result_of(self._steps.history())

    def run(self) -> bytes:
        """Return the run file for ``voicebot-emulator replay``; EmulatorError if there is none."""
        return result_of(self._steps.run())

    def inbox(self, name: str = INBOX) -> EmulatedInbox:
        """Return an inbox of this world."""
        return EmulatedInbox(self._steps.inbox(name))

    def story(self) -> str:
        """Return in lines what happened so far, and what is pending."""
        clock, url = self.control("GET", "/clock"), self.dashboard_url
        callbacks, unused = self.callbacks(), self.unused_faults()
        return story(clock, self.history(), callbacks, unused, url)

    def transport(self) -> httpx.BaseTransport:
        """Return a transport for your own ``httpx.Client``, also to an emulator in process."""
        return self._link.transport()

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return a transport for your own ``httpx.AsyncClient``."""
        return self._link.async_transport()

    def client(self) -> httpx.Client:
        """Return a client of this world, which sends each vendor's credentials."""
        return httpx.Client(transport=self.transport(), **self._options())

    def async_client(self) -> httpx.AsyncClient:
        """Return an async client of this world, which sends each vendor's credentials."""
        return httpx.AsyncClient(transport=self.async_transport(), **self._options())

    def _options(self) -> dict[str, Any]:
        from emulator.vendors import discover  # noqa: PLC0415  # many tests need no client

        headers = [
            (beginning, platform.auth.headers(self.credentials[name]))
            for name, platform in discover().items()
            for beginning in (f"/{name}/", *platform.roots)
        ]

        def add_credentials(request: httpx.Request) -> httpx.Request:
            for beginning, own in headers:
                if request.url.path.startswith(beginning):
                    for name, value in own.items():
                        request.headers.setdefault(name, value)
            return request

        return {
            "base_url": self.inbox_url.partition("/_emulator/")[0],
            "headers": self._headers,
            "auth": add_credentials,
            "timeout": REQUEST_TIMEOUT_SECONDS,
        }

    def deliver_to(self, app: App, base_url: str = "http://app.test") -> str:
        """Deliver callbacks into an ASGI app of this process; return the address of the app.

        The address is ``base_url`` and needs no socket; if the emulator is another process, it is
        a free port of this machine. The app runs in the emulator's event loop, or for an emulator
        in process in the one that awaits ``aio.advance``. Its lifespan is not run.
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
        """Delete the world."""
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
    except ValueError:  # written in another language: it has no signature
        return True
    return True
