"""Progress of a campaign: how many tests have ended, how fast, and the time left."""

from typing import Any, Final

import pytest

from emulator.clock import Clock
from emulator.domain.durations import shown_duration

LINE_SECONDS: Final = 5.0
"""Real seconds between two lines."""


class CampaignProgress:
    """Prints a line now and then, with pytest-xdist or without."""

    def __init__(self, config: pytest.Config) -> None:
        self._terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._began = self._shown = Clock.real()
        self._total = 0
        self._ended = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the tests that are to run."""
        self._total = max(self._total, len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Count the tests that the workers are to run."""
        self._total = len(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print a line, if the last one is some time ago."""
        if report.when != "teardown":
            return
        self._ended += 1
        now = Clock.real()
        if now - self._shown >= LINE_SECONDS and self._terminal is not None:
            self._shown = now
            self._terminal.ensure_newline()
            self._terminal.write_line(progress_line(self._ended, self._total, now - self._began))


def progress_line(ended: int, total: int, seconds: float) -> str:
    """Say how many tests have ended, how fast, and how long the others take at that rate."""
    left = seconds / ended * max(0, total - ended)
    rate = f"{ended / seconds:.2g}/s" if seconds else "-"
    passed = shown_duration(seconds)
    return f"{ended} of {total} tests in {passed}, {rate}, {shown_duration(left)} left"
