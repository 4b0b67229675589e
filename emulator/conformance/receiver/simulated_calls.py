"""Where the callbacks come from that an endpoint is checked with: simulated calls, each anew."""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, Final

from emulator.callbacks.transport import Transports
from emulator.clock import ClockMode
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.faults import CallbackShape, Effect
from emulator.faults.bodies import value_of
from emulator.faults.callbacks import Outgoing, Sending, can_apply, outgoing, sendings
from emulator.faults.effects import FIELDS
from emulator.kit.platform import Platform
from emulator.kit.receiver_check import ReceiverCheck
from emulator.settings import Settings
from emulator.vendors import discover
from emulator.worlds import Worlds

APART: Final = 1_000_000
"""Between the seeds of two courses that begin with different seeds."""
EACH: Final = 1000
"""Courses that a check takes at most."""
NOWHERE: Final = "http://check-receiver.invalid/"
"""Where simulated calls are told to report to: nothing leaves for it."""


class Recorder:
    """Keeps what would be sent, and acknowledges it."""

    def __init__(self) -> None:
        self.sent: list[tuple[Callback, dict[str, str]]] = []

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Keep a callback."""
        self.sent.append((callback, headers))
        return CallbackResponse(status=200)

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, kw_only=True)
class ExpectedCallback:
    """One callback as it should be."""

    callback: Callback
    sent: Outgoing
    headers: Mapping[str, str]
    """All that are sent of a callback as it should be."""
    shape: CallbackShape
    is_last: bool
    """It tells how what it is about has ended."""
    subject: str
    """The id of what it is about."""

    @property
    def body(self) -> dict[str, Any]:
        """What it says."""
        body: dict[str, Any] = value_of(self.sent.content, self.sent.content_type)
        return body

    def can_meet(self, effect: Effect, **fields: Any) -> bool:
        """Whether a fault makes any difference to it."""
        return can_apply(effect, _complete(effect, fields), self.sent, self.shape)

    def sendings(self, effect: Effect, **fields: Any) -> list[Sending]:
        """What an endpoint gets instead of it."""
        return sendings(effect, _complete(effect, fields), self.sent, self.shape)


def _complete(effect: Effect, fields: dict[str, Any]) -> dict[str, Any]:
    return FIELDS[effect].model_validate(fields).model_dump(mode="json")


Course = list[ExpectedCallback]
"""All callbacks about one thing, in order."""


@dataclass(slots=True)
class Stage:
    """Has a vendor send callbacks about something new, as often as is asked."""

    platform: Platform
    receiver_check: ReceiverCheck
    seed: int
    signature_header: str | None = None
    """The header that proves who sends; None: the one that the vendor documents."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Sent along with every callback."""
    _recorder: Recorder = field(default_factory=Recorder)
    begun: int = 0
    """How many there were before."""

    def after(self, checks: int) -> "Stage":
        """Where a check gets what is new, whatever came of those before it."""
        return replace(self, begun=checks * EACH)

    async def course(self) -> Course:
        """Simulate something to the end."""
        self._recorder.sent.clear()
        worlds = Worlds(
            Settings(seed=self.seed * APART + self.begun, clock=ClockMode.FROZEN),
            discover(),
            Transports(self._recorder),
        )
        self.begun += 1
        self.receiver_check.place(worlds.default, NOWHERE)
        await worlds.default.advance(None)
        await worlds.stop()
        sent = self._recorder.sent
        last = self.receiver_check.last or {callback.event for callback, _ in sent[-1:]}
        return [self._expected(callback, headers, last) for callback, headers in sent]

    def _expected(
        self, callback: Callback, headers: Mapping[str, str], last: AbstractSet[str]
    ) -> ExpectedCallback:
        sent = outgoing(callback)
        return ExpectedCallback(
            callback=callback,
            sent=sent._replace(headers=(*sent.headers, *self.headers.items())),
            headers=headers,
            shape=self.shape,
            is_last=callback.event in last,
            subject=self._subject_of(callback, sent),
        )

    def _subject_of(self, callback: Callback, sent: Outgoing) -> str:
        if self.receiver_check.subject is None:
            return callback.call_id or callback.batch_id or callback.id
        return str(value_of(sent.content, sent.content_type)[self.receiver_check.subject])

    @property
    def shape(self) -> CallbackShape:
        """What can be said of the callbacks, and of what proves who sends them."""
        shape = self.platform.hooks.shape
        return (
            shape
            if self.signature_header is None
            else shape._replace(signature=self.signature_header)
        )
