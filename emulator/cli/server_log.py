"""The log of ``serve``: a line per request, transition, and attempt at a callback.

It reads the histories of the worlds ten times a second, so that a request costs nothing for it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from emulator.cli.log_lines import LogLine, bulk_line, line_of, rest_line
from emulator.cli.log_stream import LogStream
from emulator.domain.events import CallTransition
from emulator.domain.sweeps import CallStep, Sweep
from emulator.history.entries import Attempted, Entry, History, kind_of, whole
from emulator.history.exchanges import Exchange
from emulator.world.world import World
from emulator.worlds import Worlds

MAX_LINES_AT_ONCE: Final = 100
"""Lines of one world in a tenth of a second; what is beyond is counted in one line."""
MAX_CALLS_SHOWN: Final = 50
"""Calls of a batch whose transitions are lines; of larger batches the progress is shown."""


class ServerLog:
    """Writes what the histories of all worlds say since the last look."""

    def __init__(self, stream: LogStream) -> None:
        self._stream = stream
        self._worlds: Worlds | None = None
        self._read: dict[World, tuple[History, int]] = {}
        """The history of each world, and the number of its last entry that was written."""

    def follow(self, worlds: Worlds) -> None:
        """Write what happens in these worlds from now on, also in those that end meanwhile."""
        self._worlds = worlds
        for world in worlds.all():
            self._read[world] = world.history, world.history.last
        worlds.watch(self._end)

    def write(self) -> None:
        """Write what has happened; called a few times a second."""
        worlds = [] if self._worlds is None else self._worlds.all()
        for world in worlds:
            self._write_world(world)
        if len(self._read) > len(worlds):  # some have been deleted
            present = set(worlds)
            self._read = {each: read for each, read in self._read.items() if each in present}
        self._stream.flush()

    def close(self, last: str) -> None:
        """Write the rest, and a last line, unless nothing reads them."""
        self.write()
        self._stream.close(last)

    def _end(self, world: World) -> None:
        """Write the rest of a history that its world is about to lose."""
        self._write_world(world)

    def _write_world(self, world: World) -> None:
        history = world.history
        known, last = self._read.get(world, (history, history.copied))
        if known is not history:
            last = history.copied
        if history.last == last:
            return
        self._read[world] = history, history.last
        for line in self._lines(world, history, last):
            self._stream.write(world.name, line)

    def _lines(self, world: World, history: History, last: int) -> Iterator[LogLine]:
        left = MAX_LINES_AT_ONCE
        rest: Counter[str] = Counter()
        batches: Counter[str | None] = Counter()
        if history.evicted > last:
            rest["evicted"] = history.evicted - last
        for number, entry in history.entries_after(last):
            if left <= 0 and type(entry) is Exchange:
                rest[entry.kind] += 1
            elif isinstance(entry, Sweep):
                batches[entry.calls[0].batch_id] += entry.size
            elif (batch_id := _large_batch(world, entry)) is not None:
                batches[batch_id] += 1
            elif left > 0 or (left > -MAX_LINES_AT_ONCE and isinstance(entry, Attempted)):
                left -= 1
                record = _record(world, number, whole(entry))
                yield line_of(record, world.server.base_url, world.name)
            else:
                rest["call" if type(entry) is tuple else kind_of(whole(entry))] += 1
        if batches or rest:
            from emulator.control.request import iso  # noqa: PLC0415  # start-up time

            at = iso(world.clock.now()) or ""
        for batch_id, steps in batches.items():
            yield bulk_line({"at": at, "steps": steps} | _progress(world, batch_id))
        if rest:
            yield rest_line(at, rest)


def _large_batch(world: World, entry: Entry | CallStep) -> str | None:
    """Return the batch of a call's step, if it has so many calls that only its progress counts."""
    match entry:
        case CallTransition():
            batch = world.batches.find(entry.batch_id)
        case (_, call, _, _):
            if call.batch_id is None:
                return None
            batch = world.batches.find(call.batch_id)
        case _:
            return None
    return batch.id if batch is not None and len(batch.calls) > MAX_CALLS_SHOWN else None


def _record(world: World, number: int, entry: Entry) -> dict[str, Any]:
    from emulator.control.shown_entries import shown_entry  # noqa: PLC0415  # start-up time

    record = {"number": number, **shown_entry(entry, brief=True)}
    if isinstance(entry, CallTransition):
        call = world.calls.find(entry.call_id)
        record["to"] = None if call is None else call.to_number
    if isinstance(entry, Attempted):
        callback = world.courier.log.find(entry.callback_id)
        if callback is not None:
            record["failed"] = entry.status not in callback.accepts
    return record


def _progress(world: World, batch_id: str | None) -> dict[str, Any]:
    batch = world.batches.find(batch_id)
    if batch is None:
        return {"batch_id": None}
    total = len(batch.calls)
    return {"batch_id": batch.id, "ended": total - batch.open, "calls": total}
