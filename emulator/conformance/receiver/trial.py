"""One check of an endpoint: what is sent to it, and what is found amiss on the way."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final

from emulator.callbacks.transport import Transport
from emulator.clock import Clock
from emulator.conformance.receiver.report import ReceiverExchange
from emulator.conformance.receiver.service_state import Known, UnreadableError, Window, change, said
from emulator.conformance.receiver.simulated_calls import Course, ExpectedCallback, Stage
from emulator.domain.callbacks import SUCCESS_STATUSES, Callback, CallbackResponse
from emulator.domain.faults import Effect
from emulator.faults.callbacks import Outgoing
from emulator.kit.check_results import CheckResult

NO_WINDOW: Final = "give --state to check what your service does then"
REFUSALS: Final = range(400, 500)
DENIALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class NothingError(Exception):
    """There is nothing to check; the message says why."""


class SilentError(Exception):
    """No response comes: the rest of a check would only wait as long again."""


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """What is checked, and how it is reached."""

    url: str
    transport: Transport
    window: Window | None = None
    settle: float = 0
    """Real seconds that its service has to do what it was told."""
    blind: str | None = None
    """Why nothing can be told by what it knows, once that is found out."""
    refusal: str | None = None
    """Why the emulator itself let a request not leave."""

    @property
    def is_open(self) -> bool:
        """Something can be told by what its service knows."""
        return self.window is not None and self.blind is None


@dataclass(slots=True)
class Trial:
    """Sends callbacks, and writes down what is wrong, odd, or cannot be seen."""

    endpoint: Endpoint
    stage: Stage
    exchanges: list[ReceiverExchange] = field(default_factory=list[ReceiverExchange])
    wrong: list[str] = field(default_factory=list[str])
    odd: list[str] = field(default_factory=list[str])
    unseen: list[str] = field(default_factory=list[str])
    right: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    """Why there is nothing to check."""
    known: dict[str, tuple[ExpectedCallback, Known]] = field(
        default_factory=dict[str, tuple[ExpectedCallback, Known]]
    )
    """What the service knew when it was asked last, by what a callback is about."""

    @property
    def result(self) -> tuple[CheckResult, str]:
        """What it came to, and why."""
        found = (
            (CheckResult.FAIL, self.wrong),
            (CheckResult.WARN, self.odd),
            (CheckResult.SKIP, self.missing),
            (CheckResult.UNSEEN, [*self.right, *self.unseen] if self.unseen else []),
        )
        for result, reasons in found:
            if reasons:
                return result, "; ".join(dict.fromkeys(reasons))
        return CheckResult.PASS, "; ".join(dict.fromkeys(self.right)) or "acknowledged"

    async def course(self) -> Course:
        """Callbacks about something new."""
        return await self.stage.course()

    async def _ask(self, request: Callback, headers: dict[str, str], what: str) -> CallbackResponse:
        began = Clock.real()
        answer = await self.endpoint.transport.send(request, headers)
        self.exchanges.append(
            ReceiverExchange(
                what=what,
                method=request.method,
                url=request.url,
                headers=headers,
                content=request.content or b"",
                answer=answer,
                seconds=Clock.real() - began,
            )
        )
        if answer.refused:
            self.endpoint.refusal = answer.error
            raise SilentError
        return answer

    async def send(
        self, expected: ExpectedCallback, request: Outgoing, what: str
    ) -> CallbackResponse:
        """Send what is made of a callback, and give its service time to act on it."""
        headers = {
            **expected.headers,
            "Content-Type": request.content_type,
            **dict(request.headers),
        }
        asked = replace(expected.callback, url=self.endpoint.url, content=request.content)
        answer = await self._ask(asked, headers, what)
        if self.endpoint.settle and self.endpoint.window is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), self.endpoint.settle)
        return answer

    async def good(self, expected: ExpectedCallback, when: str = "as it should be") -> None:
        """Send a callback as it should be; anything but its acknowledgement is wrong."""
        answer = await self.send(expected, expected.sent, when)
        if answer.status not in expected.callback.accepts:
            self.wrong.append(f"a callback {when}: {said(answer)}{_wanted(expected, answer)}")
        self._end_if_silent(answer)

    async def good_ones(self, course: Sequence[ExpectedCallback]) -> None:
        """Send callbacks as they should be, in this order."""
        for expected in course:
            await self.good(expected)

    async def acknowledged(self, expected: ExpectedCallback, request: Outgoing, what: str) -> None:
        """Send something that should be acknowledged; to refuse it is odd, to fall over wrong."""
        answer = await self.send(expected, request, what)
        if answer.status not in expected.callback.accepts:
            reasons = self.odd if answer.status in REFUSALS else self.wrong
            reasons.append(f"{what}: {said(answer)}{_wanted(expected, answer)}")
        self._end_if_silent(answer)

    async def survived(self, expected: ExpectedCallback, request: Outgoing, what: str) -> bool:
        """Send something that may be refused too; to fall over is wrong. True if it is taken."""
        answer = await self.send(expected, request, what)
        if answer.status not in SUCCESS_STATUSES and answer.status not in REFUSALS:
            self.wrong.append(f"{what}: {said(answer)}")
        self._end_if_silent(answer)
        return answer.status in SUCCESS_STATUSES

    async def denied(self, expected: ExpectedCallback, request: Outgoing, what: str) -> bool:
        """Send something that must be refused, with 401 or 403. True if it is refused."""
        answer = await self.send(expected, request, what)
        if answer.status not in REFUSALS:
            self.wrong.append(f"{what}: {said(answer)}")
        elif answer.status not in DENIALS:
            self.odd.append(f"{what}: {said(answer)}, not 401 or 403")
        self._end_if_silent(answer)
        return answer.status in REFUSALS

    @staticmethod
    def _end_if_silent(answer: CallbackResponse) -> None:
        if answer.status is None:
            raise SilentError

    async def look(self, expected: ExpectedCallback) -> Known:
        """What the service knows of what a callback is about; UnreadableError if it hides it."""
        window = self.endpoint.window
        if window is None:
            raise UnreadableError(NO_WINDOW)
        if self.endpoint.blind is not None:
            raise UnreadableError(self.endpoint.blind)
        request = window.asked(expected)
        answer = await self._ask(request, {"Accept": "application/json"}, "what is known")
        if answer.status is None:
            self.endpoint.blind = f"the state cannot be read: {said(answer)}"
        known = window.read(answer, expected)
        self.known[expected.subject] = (expected, known)
        return known

    async def look_again(self) -> bool:
        """Ask once more, when all checks have ended; return whether something has changed."""
        for expected, before in list(self.known.values()):
            after = await self.look(expected)
            if after != before:
                self.wrong.append(f"changed after the check had ended: {change(before, after)}")
        return bool(self.wrong)

    async def seen(self, expected: ExpectedCallback) -> Known:
        """The same, of something that must be known by now."""
        known = await self.look(expected)
        if known is None:
            raise UnreadableError("the state does not know what the endpoint has acknowledged")
        return known

    def keeps(self, before: Known, after: Known, why: str) -> None:
        """What was known has to be known still."""
        if before != after:
            self.wrong.append(f"{why}: {change(before, after)}")
        else:
            self.right.append("acknowledged, and the state did not change")

    def alike(self, usual: Known, other: Known, why: str) -> None:
        """What is known of one thing should be what is known of another like it."""
        if usual == other:
            self.right.append("acknowledged, and the state is the same at the end")
            return
        window = self.endpoint.window
        is_chosen = window is not None and window.fields
        more = "" if is_chosen else " (--field names the fields to compare)"
        (self.wrong if is_chosen else self.odd).append(f"{why}: {change(usual, other)}{more}")


def pick(course: Course, effect: Effect) -> ExpectedCallback | None:
    """The callback of a course that a fault is shown with: the last word if it can be."""
    able = [expected for expected in course if expected.can_meet(effect)]
    return next((expected for expected in able if expected.is_last), next(iter(able), None))


def _wanted(expected: ExpectedCallback, answer: CallbackResponse) -> str:
    if answer.status is None or answer.status not in SUCCESS_STATUSES:
        return ""
    return f", and only {expected.callback.accepts.start} acknowledges"
