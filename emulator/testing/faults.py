"""Fault rules of a test's world, as context managers: added at the start, deleted at the end."""

from collections.abc import Generator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict

from emulator.testing.records import HIDES_TRACEBACK
from emulator.testing.results import result_of

if TYPE_CHECKING:
    from emulator.testing.async_world import AsyncWorld

__tracebackhide__ = HIDES_TRACEBACK

MATCH: Final = (
    *("platform", "operation", "number", "workflow_id", "event", "nth", "every", "probability"),
)
LIMITS: Final = ("times", "starts_in", "expires_in", "expires_in_real")


class FaultArguments(TypedDict, total=False):
    """What a rule matches, how often and when, and the fields of its kind."""

    platform: str
    operation: str
    """A name that ``voicebot-emulator operations`` lists; ``place_calls``: all that place calls."""
    number: str
    workflow_id: str
    event: str
    nth: int
    every: int
    probability: float
    times: int
    starts_in: float
    expires_in: float
    expires_in_real: float | None
    status: int | str
    message: str
    retry_after: int
    body: Any
    content_type: str
    seconds: float
    calls: int
    copies: int
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """A fault rule, as it was when it was read."""

    id: str
    kind: str
    match: dict[str, Any]
    seen: int
    """The number of requests, calls or callbacks that matched."""
    hits: int
    """The number of matches to which it was applied."""
    why_unused: str | None
    """Why it was never applied; None if it was."""
    fields: dict[str, Any]
    """All fields of ``GET /_emulator/faults``."""

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "FaultRule":
        """Make one from the control API's JSON."""
        names = ("id", "match", "seen", "hits", "why_unused")
        own = {name: shown[name] for name in names}
        return cls(**own, kind=shown["effect"]["kind"], fields=shown)

    @property
    def summary(self) -> str:
        """Return one line about it."""
        match = ", ".join(f"{name} {value}" for name, value in self.match.items())
        applied = f"was never applied: {self.why_unused}"
        if self.why_unused is None:
            applied = f"was applied {self.hits} of {self.seen} times"
        return f"fault {self.kind}{f' ({match})' if match else ''} {applied}"


def fault_body(kind: str, given: FaultArguments) -> dict[str, Any]:
    """Return the body of ``POST /_emulator/faults``."""
    rest: dict[str, Any] = dict(given)
    match = {name: rest.pop(name) for name in MATCH if name in rest}
    limits = {name: rest.pop(name) for name in LIMITS if name in rest}
    return {"effect": {"kind": kind} | rest, "match": match} | limits


class AsyncFault:
    """A fault rule: ``await`` adds it, and ``async with`` deletes it at the end, too."""

    def __init__(self, world: "AsyncWorld", kind: str, given: FaultArguments) -> None:
        self._world = world
        self._body = fault_body(kind, given)
        self.kind = kind
        self.id = ""
        """Empty until it is added."""

    async def add(self) -> Self:
        """Add the rule; EmulatorError says what does not fit."""
        self.id = (await self._world.control("POST", "/faults", json=self._body))["id"]
        return self

    async def rule(self) -> FaultRule:
        """Return the rule as it is now, with its counts."""
        return FaultRule.of(await self._world.control("GET", f"/faults/{self.id}"))

    async def delete(self) -> None:
        """Delete the rule, unless it has expired."""
        rules = await self._world.control("GET", "/faults")
        if any(each["id"] == self.id for each in rules):
            await self._world.control("DELETE", f"/faults/{self.id}")

    def __await__(self) -> Generator[Any, Any, Self]:
        return self.add().__await__()

    async def __aenter__(self) -> Self:
        return self if self.id else await self.add()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.delete()


class WorldFault:
    """A fault rule that was added; ``with`` deletes it at the end."""

    def __init__(self, fault: AsyncFault) -> None:
        self._fault = fault
        self.id = fault.id
        self.kind = fault.kind

    def rule(self) -> FaultRule:
        """Return the rule as it is now, with its counts."""
        return result_of(self._fault.rule())

    def delete(self) -> None:
        """Delete the rule, unless it has expired."""
        result_of(self._fault.delete())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.delete()
