"""What the lines of a run file look like."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.persistence.row_fields import Body, Count, Headers, Status, Time
from emulator.persistence.row_types import PaceRow

MAX_BYTES: Final = 1 << 40


def _latin(text: str) -> str:
    """Check that a text can be part of the head of a request."""
    text.encode("latin-1")
    return text


Latin = Annotated[str, AfterValidator(_latin)]
Pair = Annotated[list[Latin], Field(min_length=2, max_length=2)]
Size = Annotated[int, Field(gt=0, le=MAX_BYTES)]


class RunLine(BaseModel):
    """A line; fields that no replay needs may be anything."""

    model_config = ConfigDict(strict=True, defer_build=True)


class ServerSettings(RunLine):
    """The settings of the server that the run depends on."""

    public_url: str
    max_body: Size
    keep: Size
    keep_bytes: Size


class ChapterClock(PaceRow):
    """The clock at the start of a chapter."""

    now: Time


class ChapterSettings(RunLine):
    """The settings of a world; the others follow from the type of settings."""

    name: str
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)]
    calls_per_second: Annotated[float, Field(ge=0.001, le=1_000_000, allow_inf_nan=False)]
    options: dict[str, dict[str, Any]]


class RunChapter(RunLine):
    """From one change of the world's settings or clock to the next."""

    after: Count
    settings: ChapterSettings
    clock: ChapterClock


class BotRow(RunLine):
    """A socket of a bot opened or ended, or a message came on it."""

    round: Count
    socket: Count
    kind: Literal["open", "end", "text", "bytes"]
    content: Body
    code: Annotated[int, Field(ge=0, le=65_535)] | None
    is_late: bool


class ArrivalRow(RunLine):
    """A request came in the middle of steps."""

    number: Count
    """Of its entry."""
    steps: Count
    """How many were taken."""
    is_advancing: bool
    """An advance was under way."""


class Head(RunLine):
    """The first line."""

    run: Literal[1]
    emulator: str
    server: ServerSettings
    began: Time
    bots: list[BotRow] | None = None
    """None where no bot can be dialled."""
    arrivals: list[ArrivalRow] | None = None
    """None in runs of earlier versions."""
    chapters: Annotated[list[RunChapter], Field(min_length=1)]


class Entry(RunLine):
    """An entry that a replay writes by itself."""

    number: Count
    kind: str


class RequestEntry(Entry):
    """A request."""

    after: Count
    platform: str | None
    operation: str | None
    method: Latin
    target: Latin
    headers: list[Pair]
    body: Body
    status: Status | None
    answer: Body
    answer_bytes: Count
    fault: str | None


class Response(RunLine):
    """What an endpoint responded, besides its status."""

    headers: Headers
    body: Body
    refused: bool


class AttemptEntry(Entry):
    """An attempt at a callback."""

    callback_id: str
    attempt: Count
    status: Status | None
    error: str | None
    answer: Response


ENTRY_TYPES: Final[dict[str, type[Entry]]] = {
    "exchange": RequestEntry,
    "control": RequestEntry,
    "attempt": AttemptEntry,
}
"""The types of the entries that a replay reads, by kind."""
