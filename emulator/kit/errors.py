"""Errors of the vendors' APIs and of the control API.

ApiError is what a vendor documents; DomainError is what the world refuses and becomes one here;
anything else is a mistake of ours.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from emulator.domain.errors import (
    DomainError,
    EndedError,
    MisdirectedError,
    PlacementError,
    StorageFullError,
    UnknownError,
)
from emulator.kit.basis import Basis
from emulator.kit.patterns import NAME, PHONE
from emulator.kit.unknown_fields import UnknownField
from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic

Problem = tuple[str, str]
"""The path of a field ("" for the whole body) and what is wrong with it."""

MAX_SHOWN_PROBLEMS: Final = 5
"""Problems that one message names."""

MESSAGES: Final = {
    "missing": "is required",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "list_type": "must be an array",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} entries",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "string_pattern_mismatch": "does not have the required form",
    "timezone_aware": "must have a time zone, such as Z",
    "datetime_parsing": "must be a time such as 2026-01-01T00:00:00Z",
    "datetime_from_date_parsing": "must be a time such as 2026-01-01T00:00:00Z",
    "extra_forbidden": "is not a field of this request",
}
"""What is wrong with a field, by pydantic's type of error."""
MAX_SHOWN_CHARACTERS: Final = 60
"""Of a wrong value that a message quotes."""
LARGE: Final = 10**18
"""From here on, a number is not quoted."""
QUOTED: Final = frozenset(
    {"literal_error", "enum", "greater_than", "greater_than_equal", "less_than", "less_than_equal"}
)
"""The types of errors whose message quotes the wrong value."""


class KnownError(NamedTuple):
    """An error of a vendor's API."""

    word: str
    """What the vendor calls it; a word of ours, where its pages have none."""
    status: int
    """Its status, unless an option changes it."""
    basis: Basis = "assumed"
    codes: tuple[str, ...] = ()
    """The ``ApiError.code`` of what it is the answer to."""


PLAIN_ERRORS: Final = (
    KnownError("unauthorized", 401, codes=("missing_credential", "wrong_credential")),
    KnownError("invalid", 400, codes=("invalid",)),
    KnownError("not_found", 404, codes=("not_found", "no_operation")),
    KnownError("method_not_allowed", 405, codes=("method_not_allowed",)),
    KnownError("conflict", 409, codes=("conflict",)),
)
"""The errors of a vendor that has no module ``errors``."""


class ApiError(Exception):
    """An error response: its HTTP status, our code for it, and a sentence."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: dict[str, str] | None = None,
        problems: tuple[Problem, ...] = (),
        hint: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """``hint``: what to do about it, in place of the control API's hint for this code."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.problems = problems
        self.hint = hint
        self.details = details or {}
        """What there is to see besides, for the control API's answer."""
        self.remarks: Mapping[str, str] = {}
        """What the control API adds to problems, by field: the wrong value, a suggestion."""
        self.request_id: str | None = None
        """The ``X-Request-Id`` of the request."""
        self.operation = ""
        """The label of the operation it answers, or of the one that its path is most like."""
        self.path = ""
        """The path of the request, under the vendor's host and still percent-encoded."""


def invalid(*problems: Problem) -> ApiError:
    """Return the error for a request whose fields have these problems."""
    message = "; ".join(f"{path} {text}" for path, text in problems[:MAX_SHOWN_PROBLEMS])
    return ApiError(400, "invalid", message, problems=problems)


def as_api_error(error: DomainError) -> ApiError:
    """Return the response for what the world refuses."""
    if isinstance(error, UnknownError):
        return ApiError(404, "no_world" if error.kind == "world" else "not_found", str(error))
    if isinstance(error, StorageFullError):
        return ApiError(507, "no_room", str(error), hint=error.hint)
    if isinstance(error, EndedError):
        return ApiError(410, "ended", str(error))
    if isinstance(error, MisdirectedError):
        return ApiError(421, "misdirected", str(error))
    if isinstance(error, PlacementError):
        return invalid(("name", str(error)))
    return ApiError(409, "conflict", str(error))


def as_invalid(
    error: "pydantic.ValidationError", whole: str = "the body", unknown: Iterable[UnknownField] = ()
) -> ApiError:
    """Return an error that names every field that does not fit its model.

    ``unknown``: the fields that the model lacks, for suggestions.
    """
    found = [(field_path(each["loc"]), each) for each in error.errors(include_url=False)]
    problems = {
        path or whole: _words(each["type"], each["msg"], each.get("ctx", {}))
        for path, each in found
    }
    refused = invalid(*problems.items())
    remarks = {each.path: f"; did you mean {each.likely}?" for each in unknown if each.likely}
    quoted = {path: _quoted(each) for path, each in found if each["type"] in QUOTED}
    refused.remarks = remarks | quoted
    return refused


def _quoted(problem: Mapping[str, Any]) -> str:
    """Quote a wrong value, and suggest the choice that is spelt most like it."""
    value = problem["input"]
    if isinstance(value, float):
        return f", not {value:g}"
    if isinstance(value, int):
        return f", not {value}" if abs(value) < LARGE else ""
    if not isinstance(value, str):
        return ""
    choices = re.findall("'([^']+)'", str(problem.get("ctx", {}).get("expected", "")))
    if not choices:
        return f", not {value[:MAX_SHOWN_CHARACTERS]}"  # a number in a query or a flag
    near = get_close_matches(value[:MAX_SHOWN_CHARACTERS], choices, n=1)
    suggestion = f"; did you mean {near[0]}?" if near else ""
    return f", not {value[:MAX_SHOWN_CHARACTERS]!r}{suggestion}"


UNION_TAGS: Final = frozenset({"str", "constrained-str", "int", "dict[str,any]", "OwnScenario"})
"""The parts of a path that pydantic adds for a field of several types."""


def field_path(loc: tuple[int | str, ...]) -> str:
    """Write the path of a field as JavaScript does: ``a.b[0].c``; long keys are cut."""
    path = ""
    for part in loc:
        if part in UNION_TAGS:
            continue
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part[:40]}" if path else part[:40]
    return path


def _words(kind: str, message: str, given: dict[str, Any]) -> str:
    if kind == "string_pattern_mismatch" and given["pattern"] == PHONE:
        return "must be a phone number"
    if kind == "string_pattern_mismatch" and given["pattern"] == NAME:
        return "must have 1 to 64 letters, digits, dots, hyphens or underscores"
    if kind in {"string_too_short", "too_short"} and given["min_length"] == 1:
        return "must not be empty"
    if kind == "value_error":
        return str(given["error"])
    if kind in MESSAGES:
        whole = {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in given.items()
        }
        return MESSAGES[kind].format(**whole).replace("'", "")
    return message[:1].lower() + message[1:]
