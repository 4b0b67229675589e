"""Calls as JSON, in lists and in the callback of a batch, which may have a hundred thousand.

To write all of them when the last one ends would keep every other request waiting, so those that
have ended are written before. They do not change any more.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Final

from emulator.domain.batches import STATUS
from emulator.domain.calls import COMPLETED, TERMINAL, Call, CallStatus
from emulator.domain.ticks import SECOND, moment
from emulator.platforms.intron.params import WorkflowParams
from emulator.platforms.intron.schemas.words import STATUS_WORDS, wire_time

CALLS_PER_CHUNK: Final = 250
"""So few that their text stays in the cache of the processor while it is written."""
CALLS_PER_TURN: Final = 20 * CALLS_PER_CHUNK
MINUTE: Final = 60 * SECOND
"""Ticks in a minute."""
MINUTES_END: Final = len("2026-01-01T00:00:")
SECONDS_OF_MINUTE: Final = tuple(f"{second:02}Z" for second in range(60))
"""The end of a time, by its second."""
UNKNOWN: Final = None, "", ""
Ending = tuple[CallStatus, str, str]
"""A status, and the texts before the number of a call that reached it and after its tags."""
Endings = dict[int, Ending]
"""How the last call with a plan went, by the identity of the plan."""


class WrittenCalls:
    """A body that begins with what is known of a batch only at its end, and has its calls.

    All is in one buffer: to copy many megabytes would take long.
    """

    def __init__(self, calls: Sequence[Call], params: WorkflowParams, head: bytes) -> None:
        """``head``: what is expected to be its beginning."""
        self._calls, self._params = calls, params
        self._count = 0
        """How many calls are written."""
        self._head_bytes = len(head)
        self._content = BytesIO()
        self._content.write(head)
        self._endings: Endings = {}

    def _next_calls(self) -> Sequence[Call]:
        return self._calls[self._count : self._count + CALLS_PER_CHUNK]

    def _write(self, calls: Sequence[Call]) -> None:
        tags = self._params.tags(self._count, self._count + len(calls))
        comma = "," if self._count else ""
        self._content.write((comma + serialize_calls(calls, tags, self._endings)).encode())
        self._count += len(calls)

    def writing_ended(self) -> Iterator[None]:
        """Write calls up to the first that has not ended, a turn at a time."""
        while (calls := self._next_calls()) and {*map(STATUS, calls)} <= TERMINAL:
            self._write(calls)
            if self._count % CALLS_PER_TURN == 0:
                yield

    def whole(self, head: bytes, end: bytes) -> bytes:
        """Write the other calls; return the body with this beginning and end."""
        while calls := self._next_calls():
            self._write(calls)
        self._content.write(end)
        if len(head) != self._head_bytes:
            return head + self._content.getbuffer()[self._head_bytes :]
        self._content.seek(0)
        self._content.write(head)
        return self._content.getvalue()


def serialize_calls(calls: Iterable[Call], tags: Iterable[str], endings: Endings) -> str:
    """Return calls as JSON without brackets, each with the tags that came with its number.

    The text is put together by hand, as a callback may have a hundred thousand calls: but for the
    tags, which are JSON already, no value in it needs escaping. A call is created when it is
    dialed: in the sample, five seconds after its batch. Many calls end in the same text;
    ``endings`` keeps it, and must not outlive the calls' plans.
    """
    shown: list[str] = []
    begin = end = minute = 0  # ticks: of the second that ``created`` tells, and of its minute
    created = start = ""
    for call, tagged in zip(calls, tags, strict=True):
        plan, status, rang = call.plan, call.status, call.rang
        known, middle, ending = endings.get(id(plan), UNKNOWN)
        if known is not status:
            _, middle, ending = endings[id(plan)] = _ending(call)
        if rang is None:
            begin, end, created = 0, 0, wire_time(call.created_at)
        elif not begin <= rang < end:
            begin = rang - rang % SECOND
            end = begin + SECOND
            if not minute <= begin < minute + MINUTE or not start:
                minute = begin - begin % MINUTE
                start = moment(minute).isoformat()[:MINUTES_END]
            created = start + SECONDS_OF_MINUTE[(begin - minute) // SECOND]
        shown.append(
            f'{{"id":"{call.id}","batch_id":"{call.batch_id}{middle}{call.to_number}'
            f'","user_tag_identifiers":{tagged}{ending}{created}"}}'
        )
    return ",".join(shown)


def _ending(call: Call) -> Ending:
    plan, status, keys, seconds = call.plan, call.status, "null", "null"
    if plan is not None and status in TERMINAL:
        seconds = str(round(plan.talk / SECOND))
        if plan.keys is not None and status is COMPLETED:
            keys = f'"{plan.keys}"'
    return _ending_of(status, seconds, keys)


@lru_cache(maxsize=4096)
def _ending_of(status: CallStatus, seconds: str, keys: str) -> Ending:
    """Return one and the same ending for many plans: there are fewer to fetch from memory."""
    return (
        status,
        f'","status":"{STATUS_WORDS[status]}","phone_number":"',
        f',"call_result_duration":{seconds},"call_result_options_selected":{keys},"created_at":"',
    )
