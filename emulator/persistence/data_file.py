"""The data file of a server: every change is in it before the request is answered."""

import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from emulator.disk import NO_ROOM
from emulator.domain.errors import StorageFullError
from emulator.persistence.deadline import DeadlineError
from emulator.persistence.record_writer import RecordWriter
from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.worlds import all_tables, keys_of

_log: Final = logging.getLogger("emulator")


class DataFile(RecordWriter[WorldFile]):
    """Keeps worlds in a file, with a write-ahead log beside it."""

    kind = "file"

    def __init__(
        self,
        path: Path,
        *,
        sync: bool,
        checkpoint_bytes: int,
        checkpoint_timeout: float,
        checkpoint_process_bytes: int,
    ) -> None:
        """``checkpoint_bytes``: the least size of the write-ahead log to be checkpointed.

        ``checkpoint_timeout``: real seconds for a checkpoint once the server is told to stop.

        ``checkpoint_process_bytes``: a larger checkpoint is made by another process.
        """
        store = WorldFile(path, sync=sync)
        super().__init__(path, store, sync=sync, checkpoint_timeout=checkpoint_timeout)
        self._checkpoint_bytes = checkpoint_bytes
        self._checkpoint_at = checkpoint_bytes
        self._checkpoint_process_bytes = checkpoint_process_bytes

    def _refusal(self, error: OSError) -> StorageFullError:
        return StorageFullError(f"the world file cannot be written: {error.strerror}")

    def _checkpoint_if_due(self) -> None:
        if self._file.is_checkpointing:
            self._continue_checkpoint()
        elif (
            not self.staged
            and self._file.wal_size > self._checkpoint_at
            and self._file.wal_size > self._file.size  # which asks the system
        ):
            self._checkpoint_if_possible()

    def _checkpoint_if_possible(self) -> None:
        """Make a small checkpoint at once; have another process make a large one."""
        try:
            is_large = self._file.wal_size + self._file.size > self._checkpoint_process_bytes
            if is_large and self._file.start_checkpoint(keys_of(self._tables)):
                return
            self._checkpoint()
            self._checkpoint_at = self._checkpoint_bytes
        except (OSError, DeadlineError):
            # no room or no time: nothing is lost, the write-ahead log has every change
            self._checkpoint_at = 2 * self._file.wal_size

    def _continue_checkpoint(self) -> None:
        """Finish what another process has made: before a commit, little is left to be copied."""
        if self._file.is_checkpoint_over:
            self._finish_checkpoint(in_turns=True)

    def _finish_checkpoint(self, *, in_turns: bool = False) -> None:
        try:
            self._file.finish_checkpoint(in_turns=in_turns)
            self._checkpoint_at = self._checkpoint_bytes
        except OSError:
            # nothing is lost, the write-ahead log has every change
            self._checkpoint_process_bytes = sys.maxsize
            self._checkpoint_at = 2 * self._file.wal_size

    def _checkpoint(self) -> None:
        size = max(self._file.size, self._file.wal_size)  # an estimate; it may become larger
        self._file.checkpoint(all_tables(self._tables), self.deadline.progress_check(size))

    def close(self) -> None:
        """Checkpoint, if there are the time and the room, and close the file.

        If not, the file stays as the last checkpoint left it, with the write-ahead log beside it.
        """
        if self._file.is_checkpoint_over:
            self._finish_checkpoint()
        self._file.cancel_checkpoint()
        try:
            if not self._commit_all() or not self._file.is_checkpointed:
                self._checkpoint()
        except DeadlineError:
            self._close_without_checkpoint(
                "there was no time for a checkpoint", "; --checkpoint-timeout gives it more"
            )
        except OSError as error:
            self._close_without_checkpoint(_problem(error))
        else:
            self._file.close_and_remove_wal()

    def _close_without_checkpoint(self, problem: str, hint: str = "") -> None:
        with suppress(OSError):
            self._file.sync()
        _log.warning(
            "%s of %s into %s: nothing is lost, the next start reads both%s",
            problem,
            self._file.wal,
            self._file.path,
            hint,
        )
        self._file.close()


def _problem(error: OSError) -> str:
    """Say why there was no checkpoint."""
    if error.errno in NO_ROOM:
        return "there was no room for a checkpoint"
    return f"{error.strerror}: there was no checkpoint"
