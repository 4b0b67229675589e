"""Collections for a vendor's records: by id, and lists with pages of constant cost."""

from emulator.store.collection import Collection
from emulator.store.ordered import Ordered
from emulator.store.tagged import TaggedList
from emulator.store.texts import Texts

__all__ = ["Collection", "Ordered", "TaggedList", "Texts"]
