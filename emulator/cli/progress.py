"""Progress of what takes longer than a second: how far, how fast, and the time left."""

import sys
from threading import Event, Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from emulator.cli.output import echo
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
        self._over = Event()
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.hide()

    def show_while_busy(self) -> None:
        """Show the line in a while, although nothing calls ``update`` until ``hide``."""
        if self._is_wanted:
            Thread(target=self._show_later, daemon=True).start()

    def _show_later(self) -> None:
        self._over.wait(DELAY_SECONDS)
        with self._lock:
            if not self._over.is_set():
                self.update(0)

    def hide(self) -> None:
        """Remove the line; the next update shows it again."""
        self._over.set()
        with self._lock:
            if self._shown is not None:
                self._shown.stop()
                self._shown = None

    def say(self, text: str) -> None:
        """Print a text to standard error, above the line."""
        with self._lock:
            if self._shown is not None:
                self._shown.stop()
            echo(text, err=True)
            if self._shown is not None:
                self._shown.start()

    def update(self, done: float, total: float | None = None, note: str = "") -> None:
        """Show that so many units are done."""
        self._total = self._total if total is None else total
        seconds = Clock.real() - self._began
        if not self._is_wanted or seconds < DELAY_SECONDS:
            return
        if self._shown is None:
            self._show()
        rate = f"{done / seconds:,.0f} {self._unit}/s" if done >= seconds else ""
        whole = "" if self._total is None else f"of {self._total:,.0f} "
        count = f"{done:,.0f} {whole}{self._unit}" if done else ""
        self._shown.update(
            self._task, completed=done, total=self._total, count=count, rate=rate, note=note
        )

    def _show(self) -> None:
        from rich.progress import (  # noqa: PLC0415  # most commands end before
            BarColumn,
            Progress as Shown,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._shown = Shown(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[count]}", markup=False),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[note]}", markup=False),
            console=console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._shown.add_task(
            self._title, total=self._total, count="", rate="", note=""
        )
        self._shown.start()
