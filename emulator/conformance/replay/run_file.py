"""Run files: the start of a world, and its history line by line."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from emulator.conformance.replay.run_types import ENTRY_TYPES, Entry, Head
from emulator.domain.callbacks import CallbackResponse
from emulator.history.exchanges import Position
from emulator.persistence.row_errors import first_problem
from emulator.persistence.runs import FORMAT, hash_of
from emulator.persistence.values import load_bytes, load_headers
from emulator.world.tape import TapeEvent

Json = dict[str, Any]


class RunError(ValueError):
    """A run cannot be replayed; the message says why."""


@dataclass(slots=True)
class Run:
    """A run file that was read."""

    head: Json
    lines: list[bytes]
    entries: list[Json]

    @classmethod
    def read(cls, content: bytes) -> "Run":
        """Read a run file; RunError says what is wrong with it."""
        content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        first, *lines = content.split(b"\n")
        try:
            head = from_json(first)
            version = head["run"]
        except (ValueError, TypeError, LookupError):
            raise RunError("this is not a run file: `history export` writes one") from None
        if version != FORMAT:
            raise RunError(f"the run file has format {version}; this emulator reads {FORMAT}")
        _check(Head, head, "the first line")
        lines = [line for line in lines if line]
        if head.get("hash") not in (None, hash_of(lines)):
            raise RunError(
                "the run file was cut off or changed since it was written: its hash does not "
                'match; to change one on purpose, delete "hash" in its first line'
            )
        return cls(head, lines, [_entry(place, line) for place, line in enumerate(lines, 2)])

    @property
    def requests(self) -> list[Json]:
        """Return every request, in the order they arrived."""
        found = [each for each in self.entries if each["kind"] in {"exchange", "control"}]
        return sorted(found, key=lambda each: (each["after"], -each["number"]))

    @property
    def tape(self) -> list[TapeEvent] | None:
        """Return what bots have sent, in order; None if none can be dialled."""
        rows = self.head.get("bots")
        return None if rows is None else [_event(each) for each in rows]

    @property
    def arrivals(self) -> dict[int, Position] | None:
        """Return the positions of the requests that came in the middle of steps, by their entries.

        None for a run of an earlier version, which does not say.
        """
        rows = self.head.get("arrivals")
        if rows is None:
            return None
        return {each["number"]: (each["steps"], each["is_advancing"]) for each in rows}

    @property
    def callback_responses(self) -> dict[tuple[str, int], CallbackResponse]:
        """Return the response to each attempt, by the callback's id and the attempt's number."""
        return {
            (each["callback_id"], each["attempt"]): CallbackResponse(
                status=each["status"],
                headers=load_headers(each["answer"]["headers"]),
                body=load_bytes(each["answer"]["body"]),
                error=each["error"],
                refused=each["answer"]["refused"],
            )
            for each in self.entries
            if each["kind"] == "attempt"
        }


def _event(row: Json) -> TapeEvent:
    content = load_bytes(row["content"])
    is_text = row["kind"] != "bytes"
    return TapeEvent(**row | {"content": content.decode() if is_text else content})


def _entry(place: int, line: bytes) -> Json:
    """Read a line; RunError names what a replay needs of it, and cannot use."""
    try:
        entry: Json = from_json(line, allow_inf_nan=False)
        kind = ENTRY_TYPES.get(entry["kind"], Entry)
    except (ValueError, TypeError, LookupError, AttributeError):
        raise RunError(f"line {place} is not a history entry") from None
    _check(kind, entry, f"line {place}")
    return entry


def _check(kind: type[BaseModel], value: Any, where: str) -> None:
    try:
        kind.model_validate(value)
    except ValidationError as error:
        path, problem = first_problem(error)
        field = ".".join(str(each)[:80] for each in path)
        raise RunError(f"{where}, field {field}: {problem[:1].lower()}{problem[1:]}") from None
