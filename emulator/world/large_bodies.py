"""Writes large bodies of callbacks to the data file before the commit that has the callbacks.

To write megabytes at once would keep every other request waiting.
"""

from collections.abc import Callable, Collection, Iterator

from emulator.world.turns import end_turn


class LargeBodies:
    """The bodies that wait, of which each turn writes a piece."""

    def __init__(self, waiting: Collection[object], write: Callable[[], Iterator[None]]) -> None:
        """``write`` writes those that wait, piece by piece, and removes them."""
        self._waiting = waiting
        self._write = write
        self._pieces: Iterator[None] | None = None
        """What writes them, while some is left."""

    def write_piece(self) -> bool:
        """Write a piece; return False if none was left."""
        if self._pieces is None:
            if not self._waiting:
                return False
            self._pieces = self._write()
        for _ in self._pieces:
            return True
        self._pieces = None
        return False

    async def write(self) -> bool:
        """Write all pieces, each in a turn of its own; return whether there were any."""
        has_written = False
        while self.write_piece():
            has_written = True
            await end_turn()
        return has_written

    def stop(self) -> None:
        """Delete what was written of bodies that are not whole."""
        self._pieces = None
