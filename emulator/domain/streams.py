"""What happens to the stream of a call to a bot, as the history has it: never an entry a chunk."""

from datetime import datetime
from typing import Literal, NamedTuple

StreamEventKind = Literal["handshake", "start", "stop", "close", "finding"]


class StreamEvent(NamedTuple):
    """A handshake, the start, the stop or the close of a stream, or a finding about its bot."""

    at: datetime
    platform: str
    call_id: str
    stream_id: str
    event: StreamEventKind
    text: str
    """What there is to say, in a few words."""
    attempt: int | None = None
    """The number of a handshake."""
    code: str | None = None
    """The code of a finding, or the code with which the bot closed the WebSocket."""
    status: str | None = None
    """How a stream has ended, in the vendor's word."""
    fault: str | None = None
    """The id of the fault that changed where the stream leads."""
    fault_kind: str | None = None
