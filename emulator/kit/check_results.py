"""The results of checking a user's service, and how they are reported."""

import re
from enum import StrEnum
from typing import Any, Final

from emulator.domain.callbacks import CallbackResponse

CREDENTIALS: Final = re.compile(r"(?<=://)[^/?#]*@")
"""The part of a URL that a report must not show."""

UNREACHABLE: Final = ("connection refused", "unknown host", "no secure connection")
"""How the errors begin of an address at which no server responds."""


class CheckResult(StrEnum):
    """The result of one check.

    Skip: there is nothing to check, or an earlier failure prevents it. Unseen: it cannot be seen
    from outside.
    """

    PASS = "pass"  # not a password
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    UNSEEN = "not seen"


def is_unreachable(error: str | None) -> bool:
    """Tell whether an error says that no server responds at an address."""
    return error is not None and error.startswith(UNREACHABLE)


def mask_credentials(url: str) -> str:
    """Return a URL without the credentials in it."""
    return CREDENTIALS.sub("***@", url)


def response_json(answer: CallbackResponse) -> dict[str, Any]:
    """Return an endpoint's response for JSON reports."""
    return {
        "status": answer.status,
        "error": answer.error,
        "headers": [list(pair) for pair in answer.headers],
        "answer": answer.body.decode(errors="replace"),
    }
