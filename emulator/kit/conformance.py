"""What comes of checking somebody's own service, and how it is reported."""

import re
from enum import StrEnum
from typing import Any, Final

from emulator.domain.callbacks import CallbackResponse

CREDENTIALS: Final = re.compile(r"(?<=://)[^/?#]*@")
"""What a URL may carry that a report must not."""


class Verdict(StrEnum):
    """What a check comes to.

    Skip: there is nothing to check, or an earlier failure keeps from it. Unseen: nobody can tell.
    """

    PASS = "pass"  # not a password
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    UNSEEN = "not seen"


def masked(url: str) -> str:
    """The address without the credentials in it."""
    return CREDENTIALS.sub("***@", url)


def shown_answer(answer: CallbackResponse) -> dict[str, Any]:
    """Write an answer down for programs."""
    return {
        "status": answer.status,
        "error": answer.error,
        "headers": [list(pair) for pair in answer.headers],
        "answer": answer.body.decode(errors="replace"),
    }
