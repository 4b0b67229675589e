"""The messages of a conversation."""

from collections.abc import Callable

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.records import Texts
from emulator.platforms.bimpe.records.conversations import BimpeMessage

with on_first_use():
    from emulator.platforms.bimpe.schemas import lists as list_schemas


class Thread:
    """The messages of one conversation, in order."""

    __slots__ = ("_find", "_texts", "ids")

    def __init__(self, find: Callable[[str], BimpeMessage]) -> None:
        self.ids: list[str] = []
        self._find = find
        self._texts: Texts[str] | None = None
        """Created by the first search."""

    def add(self, message: BimpeMessage) -> None:
        """Add a message at the end."""
        self.ids.append(message.id)
        if self._texts is not None:
            self._texts.put(message.id, message.message)

    def page(self, query: "list_schemas.ListQuery") -> tuple[list[BimpeMessage], int]:
        """The messages of a page, with how many match in all."""
        ids = self._matching(query.search) if query.search else self.ids
        _, descending = query.order
        first, last = query.offset, query.offset + query.limit
        if descending:
            first, last = max(0, len(ids) - last), max(0, len(ids) - first)
        found = [self._find(each) for each in ids[first:last]]
        return found[::-1] if descending else found, len(ids)

    def _matching(self, part: str) -> list[str]:
        if self._texts is None:
            self._texts = Texts()
            for each in self.ids:
                self._texts.put(each, self._find(each).message)
        return self._texts.find(part)
