"""What a vendor's reference says besides its operations: hosts, security, errors, webhooks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import Basis
from emulator.kit.operation import Operation

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ErrorResponse:
    """An error that an operation may be answered with."""

    when: str
    basis: Basis = "documented"
    source: str = ""
    body: Any = None
    """The type of its body, where that is not the reference's ``error_body``."""
    content_type: str = ""
    """Its content type, where that is not the reference's ``error_as``."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A request that the vendor sends: a callback of an operation, or a webhook."""

    name: str
    summary: str
    body: Any
    """The type of what is sent."""
    content_type: str = "application/json"
    docs: str
    basis: Basis = "documented"
    method_basis: Basis = "documented"
    """How we know that it is a POST."""
    note: str = ""
    response: Any = None
    """The type of the response that the vendor reads; None if it reads none."""
    callback_of: Mapping[str, str] = field(default_factory=dict)
    """The operations that lead to it, by id, each with the expression for its URL."""


class PlainError(BaseModel):
    """The body of an error of a vendor that has no ``render_error``."""

    model_config = ConfigDict(defer_build=True)

    code: str
    message: str
    status: int


def _body(operation: Operation) -> Any:
    return operation.body_model


def _response(operation: Operation) -> Any:
    return operation.response_model


def _no_others(operation: Operation) -> dict[int, Any]:  # noqa: ARG001  # a default
    return {}


def _no_tag(operation: Operation) -> str:  # noqa: ARG001  # a default
    return ""


def _nothing(operation: Operation) -> tuple[Json, ...]:  # noqa: ARG001  # a default
    return ()


def _assumed(operation: Operation) -> Basis:  # noqa: ARG001  # a default
    return "assumed"


def _refusals(operation: Operation) -> dict[int, ErrorResponse]:
    found = {401: ErrorResponse(when="the credential is missing or wrong", basis="assumed")}
    if operation.takes is not None or operation.query is not None:
        found[400] = ErrorResponse(when="fields of the request are wrong", basis="assumed")
    if operation.names:
        found[404] = ErrorResponse(when="there is no such record", basis="assumed")
    return found


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a vendor's module ``reference`` defines; only documents and coverage need it."""

    hosts: tuple[str, ...] = ()
    """The vendor's own base URLs, the usual one first."""
    security: Mapping[str, Json] = field(default_factory=dict)
    """The security schemes, by name; those of ``Auth.security`` if there are none here."""
    requires: Callable[[Operation], list[dict[str, list[str]]]] | None = None
    """The security schemes of an operation, one of which is enough; by default, all of them."""
    takes: Callable[[Operation], Any] = _body
    """The type of a request's body; None if it has none."""
    response: Callable[[Operation], Any] = _response
    """The type of the whole response, with its envelope."""
    others: Callable[[Operation], Mapping[int, Any]] = _no_others
    """The types of responses with another status of success, by that status."""
    optional_bodies: frozenset[str] = frozenset()
    """The operations that take a request without its body too, by id."""
    error_body: Any = PlainError
    """The type of every error."""
    error_as: str = "application/json"
    """The content type of every error."""
    status_basis: Callable[[Operation], Basis] = _assumed
    """How we know the status of an operation's success."""
    errors: Callable[[Operation], Mapping[int, ErrorResponse]] = _refusals
    """The errors of an operation, by status."""
    headers: Mapping[str, Json] = field(default_factory=dict)
    """The headers that every response has."""
    parameters: Callable[[Operation], tuple[Json, ...]] = _nothing
    """The headers that an operation reads."""
    notices: tuple[Notice, ...] = ()
    creates: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """The path parameter that names what an operation creates, and where the response has it."""
    tag: Callable[[Operation], str] = _no_tag
    """The group that an operation is shown in."""
    note: str = ""
    """A remark for the beginning of the document."""
