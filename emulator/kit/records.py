"""Collections for a vendor's records: by id, and lists with pages of constant cost."""

from emulator.store.collection import Collection
from emulator.store.sorted_index import SortedIndex
from emulator.store.tagged_list import TaggedList
from emulator.store.texts import Texts

__all__ = ["Collection", "SortedIndex", "TaggedList", "Texts"]
