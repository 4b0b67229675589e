"""What a vendor's reference says besides its operations: hosts, security, errors, webhooks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from emulator.kit.basis import Basis
from emulator.kit.operation import Operation

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An answer other than a result."""

    when: str
    basis: Basis = "documented"
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A request that the vendor makes: a callback of an operation, or else a webhook."""

    name: str
    summary: str
    body: Any
    """The type of what is sent."""
    docs: str
    basis: Basis = "documented"
    note: str = ""
    answer: Any = None
    """The type of what is read of the answer; None if nothing is."""
    callback_of: Mapping[str, str] = field(default_factory=dict)
    """The operations it follows from, by id, with the expression that gives its address."""


class PlainError(BaseModel):
    """An error as ``Hooks.render_error`` writes it unless the vendor has its own."""

    code: str
    message: str
    status: int


def _body(operation: Operation) -> Any:
    return operation.takes


def _response(operation: Operation) -> Any:
    return operation.gives


def _nothing(operation: Operation) -> tuple[Json, ...]:  # noqa: ARG001  # a default
    return ()


def _refusals(operation: Operation) -> dict[int, Refusal]:
    found = {401: Refusal(when="the credential is missing or wrong", basis="assumed")}
    if operation.takes is not None or operation.query is not None:
        found[400] = Refusal(when="fields of the request are wrong", basis="assumed")
    if operation.names:
        found[404] = Refusal(when="there is no such record", basis="assumed")
    return found


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Imported when a document is asked for: no request to the vendor needs it."""

    hosts: tuple[str, ...] = ()
    """The vendor's own, the usual one first."""
    security: Mapping[str, Json] = field(default_factory=dict)
    """The security schemes, by name; those of ``Auth.security`` if there are none here."""
    requires: Callable[[Operation], list[dict[str, list[str]]]] | None = None
    """Which of them an operation asks for: any one of the list. By default, each of them."""
    takes: Callable[[Operation], Any] = _body
    """The type of a request's body; None if it has none."""
    answer: Callable[[Operation], Any] = _response
    """The type of the whole of a response in JSON."""
    problem: Any = PlainError
    """The type of every error."""
    refusals: Callable[[Operation], Mapping[int, Refusal]] = _refusals
    """The errors of an operation, by status."""
    headers: Mapping[str, Json] = field(default_factory=dict)
    """What every response has."""
    parameters: Callable[[Operation], tuple[Json, ...]] = _nothing
    """The headers an operation reads."""
    notices: tuple[Notice, ...] = ()
    makes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Operations that make a record: the path parameter it is found by, and where its id is."""
    note: str = ""
    """What the documents do not show."""
