"""Passages of a corpus: the one that a question shares most words with answers it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from emulator.domain.text import words
from emulator.platforms.exotel.tools.records.corpora import CorpusDocument

MAX_PASSAGE_CHARACTERS: Final = 600
_PARAGRAPH: Final = re.compile(r"\n[ \t\r]*\n")
_SENTENCE: Final = re.compile(r"(?<=[.!?।؟。])\s+|\n")


class Passage(NamedTuple):
    """A part of a document."""

    text: str
    document: str


class PassageIndex:
    """The passages of a corpus by their words."""

    def __init__(self, documents: Iterable[CorpusDocument]) -> None:
        self._passages: list[Passage] = []
        self._places: dict[str, list[int]] = {}
        for document in documents:
            for text in _passages(document.text):
                for word in set(words(text)):
                    self._places.setdefault(word, []).append(len(self._passages))
                self._passages.append(Passage(text, document.name))

    def find(self, question: str) -> Passage | None:
        """Return the passage with most of the words, the first of several; None if none has any."""
        shared: Counter[int] = Counter()
        for word in set(words(question)):
            shared.update(self._places.get(word, ()))
        if not shared:
            return None
        return self._passages[min(shared, key=lambda place: (-shared[place], place))]


def _passages(text: str) -> Iterator[str]:
    """Yield paragraphs; those that are long are split between sentences."""
    for paragraph in _PARAGRAPH.split(text):
        whole = paragraph.strip()
        if len(whole) <= MAX_PASSAGE_CHARACTERS:
            if whole:
                yield whole
            continue
        part = ""
        for sentence in _SENTENCE.split(whole):
            if part and len(part) + len(sentence) > MAX_PASSAGE_CHARACTERS:
                yield part
                part = ""
            part = f"{part} {sentence.strip()}".strip()
        if part:
            yield part
