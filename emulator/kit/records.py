"""A platform's own records: by id, and in lists any page of which costs the same."""

from emulator.store.collection import Collection
from emulator.store.ordered import Ordered
from emulator.store.tagged import TaggedList
from emulator.store.texts import Texts

__all__ = ["Collection", "Ordered", "TaggedList", "Texts"]
