"""Comparing text of the world's languages: what makes two names or words the same.

Letter case, and composed or decomposed forms, never matter. Marks matter as the script has it: an
accent that a Latin name lacks is forgiven (José, Jose), one that differs is not (Yoruba Adé, Adè);
vowel signs of Indic scripts are letters of the name (राम, रमा) and are never forgiven.
https://www.unicode.org/reports/tr15/
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Final
from unicodedata import category, name, normalize

OPTIONAL_MARKS: Final = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW"})
"""Scripts that people also write without their marks."""
JOINERS: Final = "\u200c\u200d"
"""They shape letters of Indic scripts and Persian, and tell no words apart."""
Letter = tuple[str, str]
"""A base character with its marks."""


def normalized(text: str) -> str:
    """Return the form in which equal texts are equal strings: decomposed, in one case."""
    if text.isascii():
        return text.casefold()
    return normalize("NFKD", normalize("NFKD", text).casefold()).translate(_WITHOUT_JOINERS)


def folded(text: str) -> str:
    """Return the normalized form without the marks that people leave out: a key to find by."""
    plain = normalized(text)
    if plain.isascii():
        return plain
    return "".join(
        f"{base}{marks if _keeps_marks(base) else ''}" for base, marks in _letters(plain)
    )


def is_same(one: str, other: str) -> bool:
    """Return whether two texts say the same: marks may be missing on one side, not differ."""
    pairs = zip_longest(_letters(normalized(one)), _letters(normalized(other)), fillvalue=("", ""))
    return all(
        base == other_base and _fit(base, marks, more)
        for (base, marks), (other_base, more) in pairs
    )


def letters_of(text: str) -> str:
    """Return the normalized form without spaces and punctuation: what a name consists of."""
    return normalized(text).translate(_SPACES).replace(" ", "").replace("_", "")


def words(text: str) -> list[str]:
    """Split folded text into words; marks belong to the letter before them."""
    return folded(text).translate(_SPACES).split()


def _fit(base: str, marks: str, other: str) -> bool:
    if marks == other:
        return True
    return not _keeps_marks(base) and (not marks or not other)


def _letters(text: str) -> Iterator[Letter]:
    """Walk through normalized text, letter by letter."""
    base, marks = "", ""
    for character in text:
        if _is_mark(character):
            marks += character
        else:
            if base or marks:
                yield base, marks
            base, marks = character, ""
    if base or marks:
        yield base, marks


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    return category(character)[0] == "M"


@lru_cache(maxsize=4096)
def _keeps_marks(base: str) -> bool:
    return name(base, "").partition(" ")[0] not in OPTIONAL_MARKS if base else True


class _Spaces(dict[int, str]):
    """Turns what is in no word into spaces; each character is looked at once."""

    def __missing__(self, code: int) -> str:
        """Decide about a character."""
        character = chr(code)
        in_word = character == "_" or character.isalnum() or _is_mark(character)
        self[code] = character if in_word else " "
        return self[code]


_SPACES: Final = _Spaces()
_WITHOUT_JOINERS: Final = dict.fromkeys(map(ord, JOINERS))
