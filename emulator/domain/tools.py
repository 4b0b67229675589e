"""What a bot looks up with a tool during a call, as the history has it."""

from datetime import datetime
from typing import Literal, NamedTuple


class ToolUsed(NamedTuple):
    """A bot has used a tool, and has its result or knows that there is none."""

    at: datetime
    platform: str
    call_id: str
    tool: str
    """Its name."""
    status: Literal["succeeded", "failed"]
    text: str
    """The result in a few words, or why there is none."""
    callback_id: str | None = None
    """The request to the user's endpoint, if one was made."""
