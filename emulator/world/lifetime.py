"""How a world ends: at once for those who use it, in pieces for the memory that it takes."""

from collections.abc import Iterator
from typing import Final

from emulator.engine.records import CallRecords
from emulator.history.coverage import Coverage
from emulator.store.disposal import dispose
from emulator.store.meter import Meter
from emulator.world.coverage import WorldCoverage

MAX_BYTES_FREED_AT_ONCE: Final = 1 << 19
"""A world that has counted more is freed in pieces."""


class Lifetime:
    """The end of a world and of its parts."""

    calls: CallRecords
    coverage: WorldCoverage
    meter: Meter
    total_coverage: Coverage | None
    """Where coverage is added when the world ends or is reset; None for a snapshot."""

    def clear(self) -> None:
        """Replace every part by a new one, to load something into."""
        self._stop(closed=False)
        self._add_coverage()
        self.meter.release()
        former, is_large = [*vars(self).values()], self._is_large
        self._make_parts()
        if is_large:
            dispose(former)

    def close(self) -> None:
        """End this world: nothing happens in it any more."""
        for _ in self.closing():
            pass

    def closing(self) -> Iterator[None]:
        """End this world in pieces: nothing happens in it after the first one."""
        self._stop(closed=True)
        if self.total_coverage is not None:
            yield
            for _ in self.calls.catching_up():
                yield
            self._add_coverage()
            self.total_coverage = None

    def __del__(self) -> None:
        """Free what is large in pieces."""
        parts = vars(self)
        if "meter" in parts and self._is_large:
            left = [*parts.values()]
            parts.clear()
            dispose(left)

    @property
    def _is_large(self) -> bool:
        """Whether freeing it at once would keep other requests waiting."""
        return self.meter.used + self.meter.released > MAX_BYTES_FREED_AT_ONCE

    def _add_coverage(self) -> None:
        if self.total_coverage is not None:
            self.coverage.add_to(self.total_coverage)

    def _stop(self, *, closed: bool) -> None:
        """Stop the parts there are."""
        raise NotImplementedError

    def _make_parts(self) -> None:
        """Make new parts."""
        raise NotImplementedError
