"""An operation: one line of a vendor's reference; and the table that finds it by path."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from heapq import nlargest
from typing import Final
from urllib.parse import unquote

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.basis import Basis
from emulator.kit.errors import ApiError

NEAREST: Final = "X-Emulator-Nearest"
"""The header that names what is nearest to a path that is none."""

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a vendor's page says under one heading, and how we know."""

    method: str
    path: str
    """Under the vendor's host; ``{name}`` stands for one segment."""
    handler: Handler
    docs: str = ""
    """The address of the page; none for the control API."""
    basis: Basis = "documented"
    note: str = ""
    ticket: str = ""
    """A field of the query that shows who asks, where no header does."""
    public: bool = False
    """Asks for no credential in an open world."""
    host: str = ""
    """Only for requests whose Host begins so: one path, two hosts."""
    query: type[BaseModel] | None = None
    takes: type[BaseModel] | None = None
    takes_as: str = "application/json"
    gives: type[BaseModel] | None = None
    """What it shows, out of the envelope of its vendor; or, of a list, one entry."""
    gives_as: str = "application/json"
    status: int = 200
    """Of a success."""
    many: bool = False
    """Whether it shows a list without pages."""
    label: str = field(init=False)
    """What tells it from the others of its vendor."""
    segments: tuple[str | None, ...] = field(init=False)
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        parts = self.path.split("/")[1:]
        names = tuple(part[1:-1] for part in parts if part.startswith("{"))
        segments = tuple(None if part.startswith("{") else part for part in parts)
        host = f" ({self.host})" if self.host else ""
        object.__setattr__(self, "label", f"{self.method} {self.path}{host}")
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "segments", segments)

    @property
    def summary(self) -> str:
        """The first sentence of its handler."""
        return (self.handler.__doc__ or "").partition("\n")[0]

    @property
    def id(self) -> str:
        """Its name in our words."""
        return getattr(self.handler, "__name__", "operation")


class OperationTable:
    """Finds the operation of a request at a cost that does not grow with their number."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._by_shape: dict[tuple[str, int], list[Operation]] = {}
        for each in sorted(self.operations, key=_most_specific_first):
            self._by_shape.setdefault((each.method, len(each.segments)), []).append(each)

    def find(self, method: str, path: str, host: str) -> tuple[Operation, dict[str, str]]:
        """Find the operation and its path parameters, or raise ApiError 404 or 405.

        The path is still percent-encoded, the host in lower case.
        """
        method = "GET" if method == "HEAD" else method
        parts = [unquote(part) if "%" in part else part for part in path.split("/")[1:]]
        for operation in self._by_shape.get((method, len(parts)), ()):
            if (params := _match(operation, parts, host)) is not None:
                return operation, params
        same_length = (each for each in self.operations if len(each.segments) == len(parts))
        served = [each for each in same_length if _match(each, parts, host) is not None]
        if served:
            # a path that is written out goes before one with parameters that it would fit too
            least = min(len(each.names) for each in served)
            allow = ", ".join(sorted({each.method for each in served if len(each.names) == least}))
            message = f"method {method} is not allowed here, only {allow}"
            raise ApiError(405, "method_not_allowed", message, headers={"Allow": allow})
        message = f"there is no operation {method} {path[:200]}"
        near = ", ".join(nearest(method, path, self.operations))
        raise ApiError(404, "no_operation", message, headers={NEAREST: near})


def nearest(method: str, path: str, operations: Iterable[Operation], before: str = "") -> list[str]:
    """Name the three operations that are most like a request, with this before their paths.

    What stands for a parameter is like whatever the request has in its place.
    """
    parts = path[:200].split("/")
    matcher = SequenceMatcher(b=f"{method} {'/'.join(parts)}", autojunk=False)

    def likeness(operation: Operation) -> float:
        filled = [
            own if own is not None else parts[place] if place < len(parts) else "{}"
            for place, own in enumerate(operation.segments, 1)
        ]
        matcher.set_seq1(f"{operation.method} /{'/'.join(filled)}")
        return matcher.ratio()

    near = {f"{each.method} {before}{each.path}": likeness(each) for each in operations}
    return nlargest(3, near, key=near.__getitem__)


def _most_specific_first(operation: Operation) -> tuple[int, bool]:
    return sum(segment is None for segment in operation.segments), not operation.host


def _match(operation: Operation, parts: list[str], host: str) -> dict[str, str] | None:
    if not host.startswith(operation.host):
        return None
    values: list[str] = []
    for segment, part in zip(operation.segments, parts, strict=True):
        if segment is None:
            if not part:
                return None
            values.append(part)
        elif segment != part:
            return None
    return dict(zip(operation.names, values, strict=True))
