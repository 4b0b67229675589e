"""Everything that happened in a world, in order."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar, cast, get_args

from emulator.clock import Clock
from emulator.domain.events import BatchTransition, CallTransition
from emulator.domain.faults import Faulted
from emulator.domain.links import LinkFollowed
from emulator.domain.streams import StreamEvent
from emulator.domain.sweeps import CallStep, Sweep
from emulator.domain.ticks import moment, ticks
from emulator.domain.tools import ToolUsed
from emulator.history.call_index import CallIndex
from emulator.history.exchanges import Arrival, Exchange, Position
from emulator.history.header_sets import HeaderSets, size_of
from emulator.store.recent_list import RecentList

OVERHEAD: Final = 2048
"""Bytes counted for what an exchange has besides its bodies."""


class Attempted(NamedTuple):
    """One attempt at a callback, as the history shows it."""

    at: datetime
    platform: str
    callback_id: str
    call_id: str | None
    batch_id: str | None
    event: str
    url: str
    number: int
    status: int | None
    error: str | None
    fault: str | None = None
    """The id of the fault that caused this attempt or changed what it sent."""
    fault_kind: str | None = None


_Event = CallTransition | BatchTransition | Attempted | Faulted | StreamEvent | LinkFollowed
Entry = _Event | Exchange | ToolUsed

ABOUT: Final = ("call_id", "batch_id", "callback_id", "stream_id")
"""The fields that name what an entry is about."""
K = TypeVar("K", Faulted, StreamEvent, LinkFollowed)

MAX_HINTED: Final = 100
"""The newest exchanges with hints that are found at once."""
KINDS: Final = (
    *("exchange", "control", "call", "batch", "attempt", "fault", "stream", "link", "tool"),
)
_NAMES: Final = dict(zip(get_args(_Event | ToolUsed), KINDS[2:], strict=True))


def whole(entry: Entry | CallStep) -> Entry:
    """Tell the step of a call in full."""
    if isinstance(entry, Entry):
        return entry
    tick, call, previous, status = entry
    return CallTransition(moment(tick), call.platform, call.id, call.batch_id, previous, status)


def kind_of(entry: Entry) -> str:
    """Name the kind of an entry: one of KINDS."""
    kinds = (name for kind, name in _NAMES.items() if isinstance(entry, kind))
    return entry.kind if isinstance(entry, Exchange) else next(kinds)


def _is_about(entry: Entry, names: Sequence[str], written: Sequence[bytes]) -> bool:
    """Tell whether an entry is of one of these, or mentions it in what was asked or answered."""
    if not isinstance(entry, Exchange):
        about = (getattr(entry, name, None) for name in ABOUT)
        return not set(about).isdisjoint(names)
    return any(
        name in entry.content or name in entry.answer or name.decode() in entry.target
        for name in written
    )


def tick_of(entry: Entry | CallStep) -> int:
    """When it was written."""
    if isinstance(entry, Entry):
        return ticks(entry.at)
    return entry[0]


class History(RecentList[Entry | CallStep]):
    """The newest entries, numbered from 1 since the world began."""

    exchanges = 0  # how many were ever kept
    faults = 0  # how often one has happened
    stream_events = 0  # how much has happened to streams
    links = 0  # how often one was followed, or could not be
    used_at = 0.0
    """When the last request was kept, in real seconds of a monotonic clock; 0 for never."""

    def __init__(self, limit: int, byte_limit: int) -> None:
        super().__init__(limit, byte_limit)
        self._hinted: deque[int] = deque(maxlen=MAX_HINTED)
        self.header_sets = HeaderSets()
        self.arrivals: dict[int, Position] = {}
        """The positions of the requests that came in the middle of steps, by their entries."""
        self._of_calls = CallIndex()
        """What happened to calls besides their steps."""

    def exchange(
        self, exchange: Exchange, arrival: Arrival | None = None, header_bytes: int | None = None
    ) -> None:
        """Keep a request with its answer; ``header_bytes``: the size of its headers' values."""
        self.exchanges += 1
        self.used_at = Clock.real()
        if arrival is not None:
            last, (after, position) = self.last, arrival
            exchange.caused = max(0, last - after)  # the world may have begun anew since
            if position is not None and not self.evicted:
                self.arrivals[last + 1] = position
        if header_bytes is None:
            header_bytes = size_of(exchange.headers)
        bodies = len(exchange.content) + len(exchange.answer)
        self.add_sized(exchange, OVERHEAD + bodies + header_bytes + len(exchange.target))
        if exchange.hints:
            self._hinted.append(self.last)

    def hinted(self) -> Iterator[tuple[int, Exchange]]:
        """Go through the newest exchanges that have hints, newest first."""
        for number in reversed(self._hinted):
            if isinstance(entry := self.find(number), Exchange):
                yield number, entry

    @property
    def steps_and_attempts(self) -> int:
        """How many entries there were of steps of calls and batches, and of attempts."""
        return self.last - self.exchanges - self.faults - self.stream_events - self.links

    def copy(self, other: "RecentList[Entry | CallStep]") -> None:
        """Replace the entries by those of another history."""
        super().copy(other)
        if isinstance(other, History):
            self._hinted = deque(other._hinted, MAX_HINTED)  # noqa: SLF001  # of its own kind
            self.arrivals = other.arrivals.copy()
            self._of_calls = other._of_calls.copy()  # noqa: SLF001

    def _evict(self, count: int) -> None:
        super()._evict(count)
        self.arrivals.clear()  # no run is left to replay

    def fault(self, entry: Faulted) -> None:
        """Keep that a fault has happened."""
        self.faults += 1
        self.add(entry)
        self._of_calls.add(self.last, entry.call_id, self.evicted)

    def stream(self, event: StreamEvent, size: int = OVERHEAD) -> None:
        """Keep what has happened to a stream."""
        self.stream_events += 1
        self.add_sized(event, size)
        self._of_calls.add(self.last, event.call_id, self.evicted)

    def link(self, entry: LinkFollowed) -> None:
        """Keep that a link was followed, or could not be."""
        self.links += 1
        self.add(entry)
        self._of_calls.add(self.last, entry.call_id or entry.batch_id, self.evicted)

    def sweep(self, sweep: Sweep) -> None:
        """Keep the steps of many calls, as one that stands in the place of each of them."""
        sweep.first = self.last + 1
        self._entries.extend(cast("list[CallStep]", [sweep]) * sweep.size)

    def _entry(self, index: int) -> Entry | CallStep:
        found: Entry | CallStep | Sweep = self._entries[index]
        if isinstance(found, Sweep):
            self._unfold(found)
            return self._entries[index]
        return found

    def _unfold(self, sweep: Sweep) -> None:
        """Put the steps of a sweep in its place, those that are still kept."""
        start = sweep.first - self.evicted - 1
        steps = sweep.steps()[max(0, -start) :]
        start = max(0, start)
        self._entries[start : start + len(steps)] = steps

    def entries_after(self, number: int) -> Iterator[tuple[int, Entry | CallStep | Sweep]]:
        """Go through the entries with a higher number, oldest first; a sweep is given once."""
        index = max(number - self.evicted, 0)
        while index < len(self._entries):
            found: Entry | CallStep | Sweep = self._entries[index]
            yield self.evicted + index + 1, found
            if isinstance(found, Sweep):
                index = found.first + found.size - 1 - self.evicted
            else:
                index += 1

    def near(self, start: int, stop: int) -> Iterator[tuple[int, Entry | CallStep]]:
        """Go through the entries written from a tick up to another, oldest first.

        Found by their time, which hardly ever goes back, however many there are.
        """
        places = range(len(self))
        first = bisect_left(places, start, key=self._tick_at)
        last = bisect_right(places, stop, lo=first, key=self._tick_at)
        return ((self.evicted + at + 1, self._entry(at)) for at in range(first, last))

    def _tick_at(self, index: int) -> int:
        return tick_of(self._entry(index))

    def step_of(self, subject: str, status: str, start: int, stop: int) -> int | None:
        """The number of the entry that tells how a call or batch entered a status."""
        for number, entry in self.near(start, stop):
            match entry:
                case CallTransition():
                    is_it = entry.call_id == subject and entry.status == status
                case BatchTransition():
                    is_it = entry.batch_id == subject and entry.status == status
                case (_, call, _, reached):
                    is_it = call.id == subject and reached == status
                case _:
                    continue
            if is_it:
                return number
        return None

    def about(self, kind: type[K], call: str, start: int, stop: int) -> Iterator[tuple[int, K]]:
        """Go through what happened to a call besides its steps, from a tick up to another."""
        for number in self._of_calls.numbers(call):
            if isinstance(entry := self.find(number), kind) and start <= tick_of(entry) <= stop:
                yield number, entry

    def cause_of(self, number: int) -> tuple[int, Exchange] | None:
        """The request that an entry followed from; None for what came by itself, or is forgotten.

        Its own entry comes after all that followed from it.
        """
        for place, _ in self.sized_from(number):
            exchange = self._entries[place - self.evicted - 1]
            if isinstance(exchange, Exchange) and place - exchange.caused <= number:
                return place, exchange
        return None

    def matching(
        self,
        *,
        after: int | None = None,
        before: int | None = None,
        kind: str | None = None,
        platform: str | None = None,
        call_id: str | None = None,
        status: str | None = None,
        about: Sequence[str] = (),
    ) -> Iterator[tuple[int, Entry] | None]:
        """Go through entries with their numbers; None stands for one that does not match.

        With ``after``: those that follow that number, oldest first. Without: the newest, or those
        before a number, newest first. ``about`` names ids of which an entry must have one, or
        mention it. Entries that are added meanwhile are not given, nor those that are evicted.
        """
        entries = self.backwards(before) if after is None else self.after(after)
        names = [name.encode() for name in about]
        for number, bare in entries:
            entry = whole(bare)
            yield (
                (number, entry)
                if (
                    (kind is None or kind_of(entry) == kind)
                    and (platform is None or entry.platform == platform)
                    and (call_id is None or getattr(entry, "call_id", None) == call_id)
                    and (status is None or str(getattr(entry, "status", None)) == status)
                    and (not about or _is_about(entry, about, names))
                )
                else None
            )
