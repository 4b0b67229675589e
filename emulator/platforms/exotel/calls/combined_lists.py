"""Lists of the calls that meet several filters at once, each kept up to date once it was read."""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Final

from emulator.kit.records import TaggedList
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall

MAX_LISTS: Final = 8
"""Lists that one account's calls are kept in; the one that was read last longest ago goes."""

Condition = Callable[[VoiceCall], bool]


class CombinedList:
    """The calls that meet some conditions, by their places."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self.calls: TaggedList[VoiceCall] = TaggedList()
        self._conditions = tuple(conditions)

    def add(self, call: VoiceCall, tag: int) -> None:
        """Add a call if it meets the conditions, as it may once it is billed."""
        if all(meets(call) for meets in self._conditions):
            index = self._index(call)
            if not self._has(call, index):
                self.calls.insert(index, call, tag)

    def retag(self, call: VoiceCall, tag: int) -> None:
        """Change the tag of a call, if it is one of these."""
        index = self._index(call)
        if self._has(call, index):
            self.calls.retag(index, tag)

    def _index(self, call: VoiceCall) -> int:
        return bisect_left(self.calls, call.place, key=lambda each: each.place)

    def _has(self, call: VoiceCall, index: int) -> bool:
        return index < len(self.calls) and self.calls[index] is call


class CombinedLists:
    """The lists that were read last, by their filters."""

    def __init__(self) -> None:
        self._lists: OrderedDict[Hashable, CombinedList] = OrderedDict()

    def find(self, filters: Hashable) -> CombinedList | None:
        """Return the list of some filters, if it is kept."""
        if filters in self._lists:
            self._lists.move_to_end(filters)
        return self._lists.get(filters)

    def keep(self, filters: Hashable, made: CombinedList) -> None:
        """Keep a list from now on."""
        self._lists[filters] = made
        if len(self._lists) > MAX_LISTS:
            self._lists.popitem(last=False)

    def add(self, call: VoiceCall, tag: int) -> None:
        """Add a call to the lists whose conditions it meets."""
        for each in self._lists.values():
            each.add(call, tag)

    def retag(self, call: VoiceCall, tag: int) -> None:
        """Change the tag of a call."""
        for each in self._lists.values():
            each.retag(call, tag)
