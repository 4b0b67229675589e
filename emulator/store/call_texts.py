"""Finds the newest calls by a part of their ids and numbers, without reading all of them."""

from collections.abc import Iterator
from typing import Final

from emulator.domain.calls import Call
from emulator.store.calls import Calls

CALLS_PER_TEXT: Final = 256
SEPARATOR: Final = "\0"


class CallTexts:
    """The ids and numbers of the calls that were last searched, joined for some calls together.

    They never change, so that a search reads the texts of few calls, unless many are new.
    """

    def __init__(self) -> None:
        self._texts: dict[int, tuple[int, str]] = {}
        """By the number of the text: how many calls it is of, and the text."""

    def find(self, part: str, calls: Calls, limit: int) -> Iterator[Call]:
        """Go through those of so many newest calls that have this part, the newest first."""
        stop = len(calls)
        first = max(0, stop - limit)
        oldest, newest = first // CALLS_PER_TEXT, (stop - 1) // CALLS_PER_TEXT
        self._texts = {at: text for at, text in self._texts.items() if at >= oldest}
        for number in range(newest, oldest - 1, -1):
            start = number * CALLS_PER_TEXT
            count = min(CALLS_PER_TEXT, stop - start)
            if part not in self._text(number, calls, count):
                continue
            for call in calls.page(stop - start - count, start + count - max(start, first))[0]:
                if part in call.id or part in call.to_number or part in call.from_number:
                    yield call

    def _text(self, number: int, calls: Calls, count: int) -> str:
        known, text = self._texts.get(number, (0, ""))
        if known != count:
            some = calls.page(len(calls) - number * CALLS_PER_TEXT - count, count)[0]
            text = SEPARATOR.join(
                [
                    *(call.id for call in some),
                    *(call.to_number for call in some),
                    *{call.from_number for call in some},
                ]
            )
            self._texts[number] = count, text
        return text
