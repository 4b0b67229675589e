"""Flushes what was appended to a log: once for all that wait for it.

A request appends its changes and waits; those that append meanwhile share the next flush.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from errno import EIO
from functools import partial
from typing import Any, Final, Protocol

from emulator.clock import Clock

MAX_DIRECT_SECONDS: Final = 0.002
"""A flush that takes longer is made by a thread, which others need not wait for."""
RETRY_SECONDS: Final = 1.0
"""When to try again what could not be flushed, unless it is asked for before."""

Round = asyncio.Future[OSError | None]


class OneFlush(Protocol):
    """A flush of the changes that were appended before it."""

    count: int
    """How many these are."""

    def make(self) -> None:
        """Flush them, in any thread; OSError if they are not safe."""

    def make_soon(self) -> bool:
        """Flush them if that keeps others waiting for some milliseconds at most; else False."""


class FlushedLog(Protocol):
    """A log whose changes are safe only once they are flushed."""

    @property
    def is_flushed(self) -> bool:
        """Every change is safe."""

    def flush(self) -> None:
        """Flush what was appended; OSError if it cannot be."""

    def start_flush(self) -> Any:
        """Return a flush of what was appended; OSError if there can be none."""

    def end_flush(self, flush: Any, *, has_failed: bool) -> None:
        """Note that a flush is made."""


class LogFlush:
    """The flush under way, and the one that follows it."""

    def __init__(self, frames: FlushedLog) -> None:
        self._frames = frames
        self._loop: asyncio.AbstractEventLoop | None = None
        self._present: Round | None = None
        self._coming: Round | None = None
        self._seconds = 0.0
        """What the last flush took."""
        self._was_alone = True
        """The last flush was of a single change."""
        self._executor: ThreadPoolExecutor | None = None

    def request(self) -> None:
        """Flush what was appended in this turn of the event loop once it ends.

        At once without an event loop; OSError then.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._frames.flush()
            return
        if loop is not self._loop:
            self._loop, self._present, self._coming = loop, None, None
        if self._coming is None:
            self._coming = loop.create_future()
            if self._present is None:
                loop.call_soon(self._start, loop)

    async def wait(self) -> None:
        """Wait until everything that was appended is on the disk; OSError if it cannot be."""
        if self._coming is None and self._present is None and not self._frames.is_flushed:
            self.request()
        waiting = self._coming or self._present
        if waiting is None:
            return
        error = await asyncio.shield(waiting)
        if error is not None:
            raise OSError(error.errno, error.strerror)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop is not self._loop:
            return
        self._present, self._coming = self._coming, None
        try:
            flush: OneFlush = self._frames.start_flush()
        except OSError as error:
            self._end(loop, error)
            return
        is_alone = flush.count <= 1
        is_direct = is_alone and self._was_alone and self._seconds < MAX_DIRECT_SECONDS
        self._was_alone = is_alone
        if is_direct and self._is_made_soon(loop, flush):
            return
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, "flush")
        done = loop.run_in_executor(self._executor, self._timed, flush)
        done.add_done_callback(lambda each: self._end_flush(loop, flush, each.result()))

    def _is_made_soon(self, loop: asyncio.AbstractEventLoop, flush: OneFlush) -> bool:
        """Make a flush in this thread, and end it; False if it has to be made by the other."""
        started, problem = Clock.real(), None
        try:
            if not flush.make_soon():
                return False
        except OSError as error:
            problem = error
        self._seconds = Clock.real() - started
        self._end_flush(loop, flush, problem)
        return True

    def _timed(self, flush: OneFlush) -> OSError | None:
        """Make a flush; return what went wrong."""
        started = Clock.real()
        try:
            flush.make()
        except OSError as error:
            return error
        finally:
            self._seconds = Clock.real() - started
        return None

    def _end_flush(
        self, loop: asyncio.AbstractEventLoop, flush: OneFlush, error: OSError | None
    ) -> None:
        self._frames.end_flush(flush, has_failed=error is not None)
        self._end(loop, error)

    def _end(self, loop: asyncio.AbstractEventLoop, error: OSError | None) -> None:
        if loop is not self._loop:
            return
        present, self._present = self._present, None
        if present is not None:
            present.set_result(error)
        if error is not None:
            loop.call_later(RETRY_SECONDS, partial(self._retry, loop))
        if self._coming is not None:
            self._start(loop)

    def _retry(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop is self._loop and not self._frames.is_flushed:
            self.request()

    def close(self) -> None:
        """End the thread once it has nothing to do; those who wait learn how it ended."""
        error = None if self._frames.is_flushed else OSError(EIO, os.strerror(EIO))
        for waiting in (self._present, self._coming):
            if waiting is not None and not waiting.get_loop().is_closed():
                waiting.set_result(error)
        self._loop = self._present = self._coming = None
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None
