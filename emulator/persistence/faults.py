"""Fault rules in the file, with how often they have happened; their real time begins anew."""

from collections.abc import Iterable

from emulator.faults.rules import Faults
from emulator.persistence.tables import CollectionTable, Row


class FaultTable(CollectionTable):
    """The rules. Loaded before the calls, which have to know what lines there are."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("faults", faults.rules)
        self._faults = faults

    def load(self, rows: Iterable[Row]) -> None:
        """Read rules."""
        super().load(rows)
        self._faults.reindex()

    def copy(self, other: CollectionTable) -> None:
        """Take copies of another world's rules."""
        super().copy(other)
        self._faults.reindex()


class WaitTable(CollectionTable):
    """What waits for lines."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("waits", faults.waits)

    def rows(self) -> Iterable[Row]:
        """All that waits, first come first."""
        return sorted(super().rows(), key=lambda row: (row["fault_id"], row["number"]))
