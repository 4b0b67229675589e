"""Copies what was appended to a log during a checkpoint to the log that follows it.

A thread copies while more is appended, so that little is left for the moment when one takes the
place of the other.
"""

import errno
import os
from contextlib import suppress
from threading import Event, Thread
from typing import Final

CHUNK_BYTES: Final = 1 << 20
MAX_REST_BYTES: Final = 1 << 20
"""So much is copied at once; more is copied by a thread."""


class LogCopy:
    """The bytes of a log from one place on, in another file."""

    def __init__(self, source: int, target: int, start: int) -> None:
        """``target``: a descriptor that this closes, unless it is released."""
        self.start = start
        self._source = source
        self._target = target
        self._end = start
        """The byte of the log up to which it is copied."""
        self._thread: Thread | None = None
        self._error: OSError | None = None
        self._canceled = Event()

    @property
    def is_running(self) -> bool:
        """A thread copies."""
        return self._thread is not None and self._thread.is_alive()

    def catch_up(self, size: int) -> bool:
        """Have a thread copy what is missing of a log of this size; False if that is little.

        OSError if the bytes before could not be copied. No thread may run.
        """
        self._join()
        if size - self._end <= MAX_REST_BYTES:
            return False
        self._thread = Thread(target=self._copy_in_thread, args=(size,), daemon=True)
        self._thread.start()
        return True

    def finish(self, size: int) -> None:
        """Copy what is missing of a log of this size; OSError if it cannot be copied."""
        self._join()
        self._copy(size)

    def release(self) -> int:
        """Hand over the descriptor."""
        target, self._target = self._target, -1
        return target

    def cancel(self) -> None:
        """Stop copying, and close the file."""
        self._canceled.set()
        with suppress(OSError):
            self._join()
        if self._target >= 0:
            os.close(self.release())

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._error is not None:
            raise self._error

    def _copy_in_thread(self, size: int) -> None:
        try:
            self._copy(size)
        except OSError as error:
            self._error = error

    def _copy(self, size: int) -> None:
        """Copy up to a byte, which no frame crosses, down to the disk."""
        while self._end < size and not self._canceled.is_set():
            chunk = os.pread(self._source, min(CHUNK_BYTES, size - self._end), self._end)
            if not chunk:
                raise OSError(errno.EIO, "the log is shorter than it was")
            write_all(self._target, chunk)
            self._end += len(chunk)
        os.fsync(self._target)


def write_all(file: int, content: bytes) -> None:
    """Write all bytes; one ``os.write`` may write only a part."""
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]
