"""Calls and callbacks, and what becomes of them."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from emulator.control.responses.fields import ABSENT, ControlView, Json, Marked, Moment
from emulator.domain.batches import BatchStatus
from emulator.domain.callbacks import CallbackStatus
from emulator.domain.calls import CallStatus
from emulator.domain.faults import Effect


class CallView(Marked):
    """A call of any platform, in the emulator's own terms."""

    id: str
    platform: str
    direction: Literal["inbound", "outbound"]
    from_: Annotated[str, Field(alias="from")]
    to: str
    status: CallStatus
    outcome: str | None
    scenario: str
    keys: str | None
    hangup_cause: str | None
    workflow_id: str
    batch_id: str | None
    created_at: Moment
    ringing_at: Moment | None
    answered_at: Moment | None
    ended_at: Moment | None
    talk_seconds: float | None


class ListedCall(CallView):
    """A call in a list."""

    bot: str | None
    """The name of the bot or workflow that the call was placed with."""
    callbacks: dict[CallbackStatus, int]
    """The number of callbacks about the call, by status."""
    callback_faults: dict[Effect, int]
    """The number of these callbacks that a fault was applied to, by kind of fault."""


class CallStep(ControlView):
    """A status of a call, and when it is entered."""

    status: CallStatus
    at: Moment


class CallDetailsView(ListedCall):
    """A call with its steps."""

    steps: list[CallStep]
    planned: list[CallStep]
    allowed: list[CallStatus]
    """The statuses that the call can change to."""
    offered: list[str]
    """The keys that the callee can press."""
    has_recording: bool
    """Whether ``/calls/{id}/recording`` has what was said."""
    details: Json
    """The vendor's own record of the call."""


class RecordedTurn(ControlView):
    """What a side of a call said; times are seconds since the call was answered."""

    speaker: Literal["person", "bot"]
    from_: Annotated[float, Field(alias="from")]
    until: float
    text: str


class RecordedTurnsView(ControlView):
    """Who spoke when in a recording."""

    seconds: float
    """How long the recording is."""
    turns: list[RecordedTurn]


class PlacedCall(CallView):
    """A call that was placed, with the vendor's record of it."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class PlacedCalls(ControlView):
    """A batch that was placed; only its first 1,000 calls are listed."""

    batch_id: str
    calls: list[CallView]


class FirstCallView(ControlView):
    """A call or a batch that was placed without any preparation."""

    batch_id: str | None
    calls: list[CallView]
    inbox: str
    """Where its callbacks go."""


class AttemptView(Marked):
    """One attempt to deliver a callback."""

    number: int
    started_at: Moment
    ended_at: Moment
    status: int | None
    error: str | None
    headers: list[tuple[str, str]]
    body: str


class CallbackView(Marked):
    """A callback without its body."""

    id: str
    platform: str
    event: str
    call_id: str | None
    batch_id: str | None
    method: str
    url: str
    status: CallbackStatus
    copy_of: str | None
    """The callback that this one is an edited copy of."""
    echo_of: str = ABSENT
    """The callback that a fault repeats."""
    created_at: Moment
    due_at: Moment | None
    attempts: list[AttemptView]


class SentRequest(ControlView):
    """A request as a fault changes it."""

    headers: dict[str, str]
    body: str


class CallbackDetails(CallbackView):
    """A callback with its request."""

    headers: dict[str, str]
    body: str | None
    """Null if it is no longer kept."""
    sent: SentRequest = ABSENT


class EventView(ControlView):
    """A transition of a call or a batch."""

    kind: Literal["call", "batch"]
    at: Moment
    platform: str
    call_id: str = ABSENT
    batch_id: str | None
    previous: CallStatus | BatchStatus | None
    status: CallStatus | BatchStatus
