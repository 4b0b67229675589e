"""Requests with their responses, as the history keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

KEPT_OF_ANSWER: Final = 65536
Position = tuple[int, bool]
"""How many steps were taken, and whether an advance was under way."""
Arrival = tuple[int, Position | None]
"""The last entry of the history when a request arrived, and its position among the steps, if more
followed by themselves."""


@dataclass(slots=True, eq=False)
class Exchange:
    """One request to a vendor's API (or a change asked of the control API) and its answer.

    The fields without a default may be given by place, which takes a third of the time.
    """

    at: datetime
    kind: str
    platform: str | None
    operation: str | None
    method: str
    target: str
    """Path and query as they arrived."""
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes
    status: int | None
    """None when the connection was broken off instead."""
    answer: bytes
    """At most the first 64 KiB."""
    problem: str | None = None
    """The traceback, when the emulator itself failed."""
    more: int = 0
    """By how many bytes the whole answer was longer: a small number, which takes no memory."""
    caused: int = 0
    """How many entries were written since it began, before its own: they followed from it."""
    fault: str | None = None
    """The id of the fault that it met."""
    fault_kind: str | None = None
    nearest: str | None = None
    """The operations that are most like a request to none."""
    hints: tuple[str, ...] = ()
    """What the emulator says about the request besides the vendor's answer."""
    callback_id: str | None = None  # the emulator's own callback that it is

    @property
    def size(self) -> int:
        """Bytes the whole answer had."""
        return len(self.answer) + self.more
