"""Flags and arguments that are durations."""

from typing import Any

import click

from emulator.domain.durations import duration, shown_duration


class Duration(click.ParamType[float]):
    """Reads 90, 90s, 10m or 1h30m as seconds."""

    name = "duration"

    def __init__(self, at_least: float | None = None, at_most: float | None = None) -> None:
        self._at_least = at_least
        self._at_most = at_most

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds; a usage error says what is allowed."""
        try:
            seconds = duration(value) if isinstance(value, str) else float(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if self._at_least is not None and not seconds >= self._at_least:
            self.fail(f"must be at least {shown_duration(self._at_least)}", param, ctx)
        if self._at_most is not None and not seconds <= self._at_most:
            self.fail(f"must be at most {shown_duration(self._at_most)}", param, ctx)
        return seconds
