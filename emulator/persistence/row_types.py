"""What the rows of each table look like in a file."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from emulator.clock import ClockMode
from emulator.domain.batches import BatchStatus
from emulator.domain.callbacks import CallbackStatus
from emulator.domain.calls import CallStatus, Direction
from emulator.domain.faults import Effect
from emulator.faults.effects import check_fields
from emulator.persistence.row_fields import (
    MAX_COUNT,
    Body,
    Count,
    Headers,
    Seconds,
    Status,
    Time,
    check_plan,
    member_of,
)


class Checked(BaseModel):
    """A row; its values must have exactly these types."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)

    world: str = ""


class PaceRow(BaseModel):
    """How the clock of a world advances."""

    model_config = Checked.model_config

    mode: Annotated[str, member_of(ClockMode)]
    speed: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]


class StartRow(PaceRow):
    """How the clock of a world starts."""

    now: Time | None


class ClockRow(PaceRow):
    """What the clock of a world showed."""

    now: Time
    wall: Annotated[float, Field(ge=0, le=MAX_COUNT, allow_inf_nan=False)] | None
    boot: str = ""
    uptime: Annotated[float, Field(ge=0, le=MAX_COUNT, allow_inf_nan=False)] = 0


class LinkRow(Checked):
    """A link between two platforms of a world."""

    source: str
    target: str
    when: dict[str, Any]
    settings: dict[str, Any]


class WorldRow(Checked):
    """A world."""

    id: str
    of: str | None
    origins: list[str]
    inboxes_at: str
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)]
    auth: Literal["open", "strict"]
    calls_per_second: Annotated[float, Field(ge=0.001, le=1_000_000, allow_inf_nan=False)]
    options: dict[str, dict[str, Any]]
    links: list[LinkRow] = []
    expires_at: Annotated[float, Field(ge=0, le=MAX_COUNT, allow_inf_nan=False)] | None = None
    control_nonce: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    start: StartRow
    clock: ClockRow
    counters: dict[str, Count]
    last_step: Count
    began: Time
    vendors: list[str]


class RuleRow(BaseModel):
    """A scenario rule."""

    model_config = Checked.model_config

    scenario: str
    platform: str | None
    number: str | None
    workflow_id: str | None
    next: Count | None
    choice: str | None = None


class RulesRow(Checked):
    """The scenario rules, the outcome mix and the quota."""

    id: str
    rules: list[RuleRow]
    mix: Annotated[
        dict[str, Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]], Field(min_length=1)
    ]
    quota: Annotated[dict[str, Annotated[int, Field(gt=0, le=100_000)]], Field(min_length=1)] = {}
    dealt: Count = 0


class WakeRow(Checked):
    """A scheduled step of a vendor."""

    id: Annotated[str, Field(pattern="^[0-9]{1,16}$")]
    due_at: Time
    platform: str
    step: str
    subject: str


class CommonRow(Checked):
    """What the calls of a batch share."""

    id: str
    platform: str
    workflow_id: str
    direction: Annotated[str, member_of(Direction)]
    from_: str = Field(alias="from")
    options: list[str]
    created_at: Time


class BatchRow(CommonRow):
    """A batch."""

    status: Annotated[str, member_of(BatchStatus)]
    ended_at: Time | None
    dialled: Count
    next_dial_at: Time | None


class DialledRow(Checked):
    """What each call has of its own."""

    id: str
    to: str
    scenario: str
    chosen: str | None = None
    status: Annotated[str, member_of(CallStatus)]
    ringing_at: Time | None = None
    plan: Annotated[list[Any], AfterValidator(check_plan)] | None = None


class BatchedCallRow(DialledRow):
    """A call of a batch."""

    batch_id: str


class SingleCallRow(CommonRow, DialledRow):
    """A call of its own."""

    batch_id: None = None


class BodyRow(Checked):
    """The body of a callback."""

    id: str
    body: Body


class ResponseRow(BaseModel):
    """What came of an attempt."""

    model_config = Checked.model_config

    status: Status | None
    headers: Headers
    body: Body
    error: str | None
    refused: bool


class AttemptRow(ResponseRow):
    """One attempt at a callback."""

    number: Annotated[int, Field(ge=1, le=MAX_COUNT)]
    started_at: Time
    ended_at: Time
    fault: str | None = None


class TamperingRow(BaseModel):
    """What a fault does to a callback."""

    model_config = Checked.model_config

    id: str
    effect: Annotated[str, member_of(Effect)]
    fields: dict[str, Any]

    @model_validator(mode="after")
    def _has_fields_of_effect(self) -> Self:
        check_fields(Effect(self.effect), self.fields)
        return self


class CallbackRow(Checked):
    """A callback."""

    id: str
    platform: str
    event: str
    status: Annotated[str, member_of(CallbackStatus)]
    method: str
    url: str
    content_type: str
    headers: Headers
    call_id: str | None
    batch_id: str | None
    accepts: Annotated[
        list[Annotated[int, Field(ge=0, le=1000)]], Field(min_length=2, max_length=2)
    ]
    retry_seconds: list[Seconds]
    answer_to: str | None
    timeout: Seconds | None = None
    copy_of: str | None = None
    created_at: Time | None
    due_at: Time | None
    step: Count
    attempts: list[AttemptRow]
    response: ResponseRow | None = None
    fault: TamperingRow | None = None
    echo_of: str | None = None


class ScriptedRow(BaseModel):
    """A scripted response of an inbox."""

    model_config = Checked.model_config

    status: Status
    body: Body
    content_type: str


class InboxRow(Checked):
    """An inbox."""

    id: str
    emptied: Count
    answers: list[ScriptedRow]


class MessageRow(Checked):
    """A message of an inbox."""

    id: str
    inbox: str
    number: Annotated[int, Field(ge=1, le=MAX_COUNT)]
    received_at: Time
    method: str
    path: str
    headers: Headers
    body: Body


ROW_TYPES: Final[dict[str, Any]] = {
    "worlds": WorldRow,
    "rules": RulesRow,
    "wakes": WakeRow,
    "batches": BatchRow,
    "bodies": BodyRow,
    "callbacks": CallbackRow,
    "inboxes": InboxRow,
    "messages": MessageRow,
}
"""The type of a table's rows; calls have two, and vendors' records have types of their own."""
