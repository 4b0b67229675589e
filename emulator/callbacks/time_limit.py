"""How long something may take: as ``asyncio.timeout`` limits it, in a third of the time."""

import asyncio
from types import TracebackType


class TimeLimit:
    """Raises TimeoutError in the present task if what is done within it takes longer."""

    __slots__ = ("_cancelling", "_has_ended", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task has time limits")
        self._task = task
        self._cancelling = task.cancelling()
        self._has_ended = False
        self._timer = asyncio.get_running_loop().call_later(seconds, self._end)

    def _end(self) -> None:
        self._has_ended = True
        self._task.cancel()

    def __enter__(self) -> None:
        """Begin; the time runs since this was made."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if (
            self._has_ended
            and self._task.uncancel() <= self._cancelling
            and kind is asyncio.CancelledError
        ):
            raise TimeoutError from error
