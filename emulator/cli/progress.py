"""Progress of what takes longer than a second: how far, how fast, and the time left."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from emulator.cli.terminal import console, is_terminal
from emulator.clock import Clock

if TYPE_CHECKING:
    from rich.progress import TaskID

DELAY_SECONDS: Final = 1.0
"""Real seconds before anything is shown."""


class Progress:
    """A line on standard error, if that is a terminal; it disappears at the end."""

    def __init__(self, title: str, unit: str, total: float | None = None) -> None:
        """``total``: how much there is to do in units; None if that is not known."""
        self._title = title
        self._unit = unit
        self._total = total
        self._shown: Any = None
        self._task: TaskID | None = None
        self._began = Clock.real()
        self._is_wanted = is_terminal(sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.hide()

    def hide(self) -> None:
        """Remove the line; the next update shows it again."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None

    def update(self, done: float, total: float | None = None, note: str = "") -> None:
        """Show that so many units are done."""
        self._total = self._total if total is None else total
        seconds = Clock.real() - self._began
        if not self._is_wanted or seconds < DELAY_SECONDS:
            return
        if self._shown is None:
            self._show()
        rate = f"{done / seconds:,.0f} {self._unit}/s" if done >= seconds else ""
        self._shown.update(self._task, completed=done, total=self._total, rate=rate, note=note)

    def _show(self) -> None:
        from rich.progress import (  # noqa: PLC0415  # most commands end before
            BarColumn,
            Progress as Shown,
            TextColumn,
            TimeRemainingColumn,
        )

        count = TextColumn(f"{{task.completed:,.0f}} {self._unit}", markup=False)
        if self._total is not None:
            form = f"{{task.completed:,.0f}} of {{task.total:,.0f}} {self._unit}"
            count = TextColumn(form, markup=False)
        self._shown = Shown(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            count,
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[note]}", markup=False),
            console=console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._shown.add_task(self._title, total=self._total, rate="", note="")
        self._shown.start()
