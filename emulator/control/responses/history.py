"""The history, the timeline, summaries, searches and explanations."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from emulator.control.explanations.story import StepKind
from emulator.control.responses.fields import ABSENT, ControlView, FaultMark, Marked, Moment
from emulator.control.responses.worlds import ClockView
from emulator.domain.batches import BatchStatus
from emulator.domain.callbacks import CallbackStatus
from emulator.domain.calls import CallStatus
from emulator.domain.faults import Effect
from emulator.domain.streams import StreamEventKind


class Numbered(ControlView):
    """An entry of the history."""

    number: int
    at: Moment


class HistoryCall(Numbered):
    """A transition of a call."""

    kind: Literal["call"]
    platform: str
    call_id: str
    batch_id: str | None
    previous: CallStatus | None
    status: CallStatus


class HistoryBatch(Numbered):
    """A transition of a batch."""

    kind: Literal["batch"]
    platform: str
    batch_id: str
    previous: BatchStatus | None
    status: BatchStatus


class HistoryFault(Numbered):
    """A fault rule was applied."""

    kind: Literal["fault"]
    platform: str
    fault_id: str
    fault: FaultMark
    effect: Effect
    operation: str | None
    call_id: str | None
    batch_id: str | None
    callback_id: str | None


class HistoryAttempt(Numbered, Marked):
    """An attempt to deliver a callback."""

    kind: Literal["attempt"]
    platform: str
    callback_id: str
    call_id: str | None
    batch_id: str | None
    event: str
    url: str
    attempt: int
    status: int | None
    error: str | None


class HistoryStream(Numbered, Marked):
    """Something happened to the stream of a call to a bot."""

    kind: Literal["stream"]
    platform: str
    call_id: str
    stream_id: str
    event: StreamEventKind
    text: str
    attempt: int | None
    """The number of a handshake."""
    code: str | None
    """The code of a finding, or the code with which the bot closed the WebSocket."""
    status: str | None
    """How the stream has ended."""


class HistoryLink(Numbered):
    """A link was followed, or could not be."""

    kind: Literal["link"]
    platform: str
    """The platform of the target."""
    source: str
    target: str
    call_id: str | None
    batch_id: str | None
    error: str | None
    """Why the target has done nothing."""


class HistoryTool(Numbered):
    """A bot has used a tool during a call."""

    kind: Literal["tool"]
    platform: str
    call_id: str
    tool: str
    status: Literal["succeeded", "failed"]
    text: str
    """The result in a few words, or why there is none."""
    callback_id: str | None


class HistoryExchange(Numbered, Marked):
    """A request with its response; headers and bodies are left out with ``brief``."""

    kind: Literal["exchange", "control"]
    platform: str | None
    operation: str | None
    method: str
    target: str
    status: int | None
    action: str = ABSENT
    """What the request asks for, where an operation does many things."""
    callback_id: str = ABSENT
    """The callback that the request is, if the emulator sent it to itself."""
    headers: list[tuple[str, str]] = ABSENT
    body: str = ABSENT
    answer: str = ABSENT
    hints: list[str] = ABSENT
    nearest: list[str] = ABSENT
    """The nearest operations, if the request matches none."""
    problem: str = ABSENT


EntryView = Annotated[
    HistoryCall
    | HistoryBatch
    | HistoryFault
    | HistoryAttempt
    | HistoryStream
    | HistoryLink
    | HistoryTool
    | HistoryExchange,
    Field(discriminator="kind"),
]


class PendingStep(Marked):
    """A step of the timeline."""

    due: Moment
    kind: Literal["call", "batch", "callback", "fault", "wake"]
    id: str
    platform: str | None
    status: CallStatus | None = ABSENT
    to: str = ABSENT
    left: int = ABSENT
    event: str = ABSENT
    attempt: int = ABSENT
    effect: str = ABSENT
    step: str = ABSENT


class EntryCounts(ControlView):
    """The numbers of history entries."""

    last: int
    """The number of the newest entry."""
    dropped: int
    """The number of evicted entries."""


class SummaryView(ControlView):
    """A summary of a world; may have fields of older versions too."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    world: str
    worlds: int
    snapshots: int
    clock: ClockView
    next: list[PendingStep]
    waiting: int
    """The steps of the timeline."""
    history: EntryCounts
    calls: int
    batches: int
    callbacks: int
    exchanges: int
    inboxes: int
    messages: int


class EventMessage(ControlView):
    """A message of the stream of summaries."""

    id: str
    event: Literal["world"]
    data: str
    """A summary as JSON."""


class FoundCall(Marked):
    """A call that a search found."""

    kind: Literal["call"]
    id: str
    platform: str
    status: CallStatus
    from_: Annotated[str, Field(alias="from")]
    to: str
    at: Moment


class FoundCallback(Marked):
    """A callback that a search found."""

    kind: Literal["callback"]
    id: str
    platform: str
    status: CallbackStatus
    event: str
    at: Moment


class FoundBatch(ControlView):
    """A batch that a search found."""

    kind: Literal["batch"]
    id: str
    platform: str
    status: BatchStatus
    calls: int
    at: Moment


FoundView = Annotated[FoundCall | FoundCallback | FoundBatch, Field(discriminator="kind")]


class ExplanationStep(ControlView):
    """A step of an explanation, with what it is about."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    step: StepKind
    at: Moment | None
    text: str
    entry: Any = ABSENT
    """The number of the history entry."""


class ExplanationView(ControlView):
    """What happened to a call, a batch or a callback, and why."""

    kind: Literal["call", "batch", "callback"]
    id: str
    platform: str
    status: str
    world: str
    now: Moment
    steps: list[ExplanationStep]
    text: str
    """The whole explanation as readable text."""
