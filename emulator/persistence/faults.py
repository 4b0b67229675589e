"""Fault rules in the file, with their counts; after a restart their real-time expiry restarts."""

from collections.abc import Iterable, Iterator

from emulator.domain.faults import Effect
from emulator.faults.rules import Faults
from emulator.persistence.tables import CollectionTable, Row


class FaultTable(CollectionTable):
    """The fault rules. They are loaded before the calls, which need to know the capacities."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("faults", faults.rules)
        self._faults = faults

    def load(self, rows: Iterable[Row]) -> None:
        """Load fault rules."""
        super().load(self._checked(rows))
        self._faults.reindex()

    @staticmethod
    def _checked(rows: Iterable[Row]) -> Iterator[Row]:
        from emulator.faults.effects import check_fields  # noqa: PLC0415  # start-up time

        for row in rows:
            check_fields(Effect(row["effect"]), row["fields"])
            yield row

    def copy(self, other: CollectionTable) -> None:
        """Copy the fault rules of another world."""
        super().copy(other)
        self._faults.reindex()


class WaitTable(CollectionTable):
    """Batches and calls that wait for a line of a capacity fault."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("waits", faults.waits)

    def rows(self) -> Iterable[Row]:
        """Return those that wait, in the order of their turns."""
        return sorted(super().rows(), key=lambda row: (row["fault_id"], row["number"]))
