"""An operation: one line of a vendor's API reference; and the table that finds it by path."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import nlargest
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.basis import Basis
from emulator.kit.errors import ApiError
from emulator.lazy_imports import on_first_use
from emulator.wire.paths import Found, Parameter, PathError, PathTree, Segment, read_template

with on_first_use():
    import pydantic

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
PLACE_CALLS: Final = "place_calls"
"""The alias of every operation that places calls."""
NEAREST: Final = "X-Emulator-Nearest"
"""The header of a 404 that names the operations most like the request."""

MAX_CACHED_PATHS: Final = 256
MAX_CACHED_PATH: Final = 256
"""The characters of a path and its host that are cached."""

Handler = Callable[[Request], Awaitable[Response]]
Model: TypeAlias = "type[pydantic.BaseModel]"
GivenModel: TypeAlias = "Model | Callable[[], Model]"
"""A model, or a function that returns it: ``lambda: schemas.CreateCall`` of a module that is
imported on first use."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Operation:
    """What a vendor's page says under one heading, and how we know."""

    method: str
    path: str
    """Under the vendor's host; a segment is text, ``{name}`` or ``{name}.json``."""
    handler: Handler
    docs: str = ""
    """The address of the page; none for the control API."""
    basis: Basis = "documented"
    note: str = ""
    ticket: str = ""
    """The query field that authenticates a request without a credential in its headers."""
    public: bool = False
    """In an open world, requests need no credential."""
    host: str = ""
    """Serve only requests whose Host begins with this: one path, two hosts."""
    query: "GivenModel | None" = None
    takes: "GivenModel | None" = None
    """The fields of the request's body."""
    takes_as: str = "application/json"
    """The content type of the body: JSON, or one that ``read_form`` reads."""
    gives: "GivenModel | None" = None
    """The response, without the vendor's envelope; of a list, one entry."""
    gives_as: str = "application/json"
    also_gives_as: str = ""
    """Another content type, if a query asks for it."""
    status: int = 200
    """The status of a success."""
    many: bool = False
    """The response is a list without pages."""
    action_field: str = ""
    """The field of the body that tells apart what the operation does, if it does many things."""
    alias: str = ""
    """The name that fault rules may use for all operations that do the same, at any vendor."""
    label: str = field(init=False)
    """Unique within its vendor."""
    segments: tuple[Segment, ...] = field(init=False)
    names: tuple[str, ...] = field(init=False)
    """The parameters of its path."""

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise PathError(
                f"path {self.path!r} has the method {self.method!r}; write {', '.join(METHODS)}"
            )
        segments = read_template(self.path)
        names = tuple(each.name for each in segments if isinstance(each, Parameter))
        host = f" ({self.host})" if self.host else ""
        object.__setattr__(self, "label", f"{self.method} {self.path}{host}")
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "segments", segments)

    @property
    def query_model(self) -> "Model | None":
        """The model of its query."""
        return _model(self.query)

    @property
    def body_model(self) -> "Model | None":
        """The model of the request's body."""
        return _model(self.takes)

    @property
    def response_model(self) -> "Model | None":
        """The model of the response."""
        return _model(self.gives)

    @property
    def shape(self) -> tuple[str, ...]:
        """The path without the names of its parameters: equal for paths that are the same."""
        return tuple(
            each if isinstance(each, str) else f"{{}}{each.suffix}" for each in self.segments
        )

    def leading_segments(self, parts: list[str]) -> int:
        """Count the segments at the beginning of a path that fit this operation's."""
        count = 0
        for segment, part in zip(self.segments, parts, strict=False):
            if part != segment if isinstance(segment, str) else not part.endswith(segment.suffix):
                break
            count += 1
        return count

    def leading_params(self, parts: list[str]) -> dict[str, str]:
        """Return the parameters in those segments."""
        fitting = zip(self.segments[: self.leading_segments(parts)], parts, strict=False)
        return {
            segment.name: part.removesuffix(segment.suffix)
            for segment, part in fitting
            if isinstance(segment, Parameter) and part
        }

    @property
    def summary(self) -> str:
        """The first sentence of its handler, in Markdown."""
        return (self.handler.__doc__ or "").partition("\n")[0].replace("``", "`")

    @property
    def id(self) -> str:
        """The name of its handler; operations that share a handler share it."""
        return getattr(self.handler, "__name__", "operation")

    @property
    def other_names(self) -> tuple[str, ...]:
        """What else a fault rule may call it: its alias, or its method and path."""
        return (self.alias, self.label) if self.alias else (self.label,)


def _model(given: "GivenModel | None") -> "Model | None":
    return given if given is None or isinstance(given, type) else given()


class OperationTable:
    """Finds the operation of a request at a cost that does not grow with their number."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._trees: dict[str, PathTree[_Ranked]] = {}
        for place, operation in enumerate(self.operations):
            tree = self._trees.setdefault(operation.method, PathTree())
            tree.add(operation.segments, _Ranked(*_rank(operation), place, operation))
        self._by_path: dict[tuple[str, str], Operation] = {}
        """Most operations without parameters, by method and path: found without a tree."""
        self._by_head: dict[tuple[str, str], Operation] = {}
        """Most with a single one that is last, by method and the path before it."""
        self._searched = lru_cache(MAX_CACHED_PATHS)(self._search)
        """The latest found by a tree: a client often places calls for one account."""
        for each in self.operations:
            if not each.host and self._trees[each.method].is_alone(each.segments):
                head, _, last = each.path.rpartition("/")
                if not each.names and last:
                    self._by_path[each.method, each.path] = each
                elif each.names and last == f"{{{each.names[0]}}}" and "{" not in head:
                    self._by_head[each.method, head] = each

    def find(self, method: str, path: str, host: str) -> tuple[Operation, dict[str, str]]:
        """Find the operation and its path parameters, or raise ApiError 404 or 405.

        The path is still percent-encoded. Of several operations that fit,
        the one with the fewest parameters is found, then one whose parameters have suffixes, then
        one that is for this host.
        """
        method = "GET" if method == "HEAD" else method
        if "%" not in path:
            if (found := self._by_path.get((method, path))) is not None:
                return found, {}
            head, _, last = path.rpartition("/")
            if last and (found := self._by_head.get((method, head))) is not None:
                return found, {found.names[0]: last}
        if len(path) + len(host) > MAX_CACHED_PATH:
            return self._search(method, path, host)
        operation, params = self._searched(method, path, host)
        return operation, params.copy()

    def _search(self, method: str, path: str, host: str) -> tuple[Operation, dict[str, str]]:
        parts = [unquote(part) if "%" in part else part for part in path.split("/")[1:]]
        tree = self._trees.get(method)
        if tree is not None and (fitting := _fitting(tree.find(parts), host)):
            ranked, texts = fitting[0] if len(fitting) == 1 else min(fitting, key=_by_rank)
            operation = ranked.operation
            return operation, dict(zip(operation.names, texts, strict=True)) if texts else {}
        error = self._refusal(method, path, parts, host)
        error.operation, error.path = self.closest(path)[0].label, path
        raise error

    def _refusal(self, method: str, path: str, parts: list[str], host: str) -> ApiError:
        found = (tree.find(parts) for tree in self._trees.values())
        others = [ranked for each in found for ranked, _ in _fitting(each, host)]
        if others:
            return _method_not_allowed(method, others)
        message = f"there is no operation {method} {path[:200]}"
        near = ", ".join(nearest(method, path, self.operations))
        return ApiError(404, "no_operation", message, headers={NEAREST: near})

    def closest(self, path: str) -> tuple[Operation, dict[str, str]]:
        """Return the operation whose path begins like this one the longest, and those parameters.

        For a path that has no operation: it may still name an account.
        """
        parts = [unquote(part) if "%" in part else part for part in path.split("/")[1:]]
        return max(
            ((each, each.leading_params(parts)) for each in self.operations),
            key=lambda found: (found[0].leading_segments(parts), len(found[1])),
        )


class _Ranked(NamedTuple):
    """An operation after what decides which of several is found: the least."""

    parameters: int
    without_suffix: int
    any_host: bool
    place: int
    operation: Operation


_Fitting = tuple[_Ranked, tuple[str, ...]]
"""An operation, and the texts that a path has for its parameters."""


def _fitting(found: Found[_Ranked], host: str) -> list[_Fitting]:
    """Return the operations of a path that are for this host."""
    if len(found) == 1 and len(found[0][0]) == 1 and not found[0][0][0].operation.host:
        entries, texts = found[0]  # as nearly everywhere
        return [(entries[0], texts)]
    return [
        (ranked, texts)
        for entries, texts in found
        for ranked in entries
        if not (own := ranked.operation.host) or host.lower().startswith(own)
    ]


def _rank(operation: Operation) -> tuple[int, int, bool]:
    parameters = [each for each in operation.segments if isinstance(each, Parameter)]
    return len(parameters), sum(not each.suffix for each in parameters), not operation.host


def _by_rank(found: _Fitting) -> tuple[int, int, bool, int]:
    return found[0][:4]


def _method_not_allowed(method: str, served: list[_Ranked]) -> ApiError:
    """Name the methods of the most specific path; others fit by a parameter that takes anything."""
    least = min(ranked[:2] for ranked in served)
    allow = ", ".join(sorted({each.operation.method for each in served if each[:2] == least}))
    message = f"method {method} is not allowed here, only {allow}"
    return ApiError(405, "method_not_allowed", message, headers={"Allow": allow})


def nearest(method: str, path: str, operations: Iterable[Operation], before: str = "") -> list[str]:
    """Name the three operations that are most like a request, with this before their paths.

    A parameter is like any text that the request has in its place.
    """
    parts = path[:200].split("/")
    matcher = SequenceMatcher(b=f"{method} {'/'.join(parts)}", autojunk=False)

    def likeness(operation: Operation) -> float:
        filled = [
            own
            if isinstance(own, str)
            else own.filled_with(parts[place] if place < len(parts) else "{}")
            for place, own in enumerate(operation.segments, 1)
        ]
        matcher.set_seq1(f"{operation.method} /{'/'.join(filled)}")
        return matcher.ratio()

    near = {f"{each.method} {before}{each.path}": likeness(each) for each in operations}
    return nlargest(3, near, key=near.__getitem__)
