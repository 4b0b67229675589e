"""Which worlds belong to a process that shares them with others."""

from dataclasses import dataclass

from emulator.domain.errors import MisdirectedError
from emulator.ids import shard_of, slot_of
from emulator.settings import Settings


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several processes, each of which has a part of the slots."""

    number: int
    count: int

    @classmethod
    def of(cls, settings: Settings) -> "Shard":
        """Return which process these settings are of; alone it has all slots."""
        return cls(settings.shard or 0, settings.shards or 1)

    def __str__(self) -> str:
        return f"shard {self.number} of {self.count}"

    def owner(self, slot: int) -> int:
        """Return the number of the process that has a slot."""
        return shard_of(slot, self.count)

    def owns(self, name: str) -> bool:
        """Return whether the worlds of this name belong here."""
        return self.owner(slot_of(name)) == self.number

    def other_owner(self, name: str) -> int | None:
        """Return the number of the other process that has a world; None for a world of ours."""
        owner = self.owner(slot_of(name))
        return None if owner == self.number else owner

    def check(self, name: str) -> None:
        """Raise MisdirectedError if the worlds of this name belong to another process."""
        if not self.owns(name):
            raise self.refusal(f"the world {name[:64]}", self.owner(slot_of(name)))

    def refusal(self, what: str, owner: int) -> MisdirectedError:
        """Return the error for what belongs to another process."""
        return MisdirectedError(
            f"{what} belongs to shard {owner} of {self.count}, and this is shard {self.number}"
        )
