"""Comparing text of the world's languages: what makes two names or words the same.

Ways to write one letter never matter (see ``text_forms``). Marks matter as the script has it:

- Latin: an accent that one side lacks is forgiven (José, Jose), one that differs is not (Adé, Adè).
  A word with a dot below (Yoruba, Igbo, Vietnamese) means what it writes: tones may be missing
  altogether (Bọla, Bọ́lá), but not in part (Bọ́la), and the dot only with all other marks.
- Arabic, Hebrew, Greek, Cyrillic: marks may be missing on either side, letter by letter.
- All others, such as the vowel signs of Indic scripts (राम, रमा), belong to the name.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Final, NamedTuple
from unicodedata import name, normalize

from emulator.domain.text_forms import ZERO_WIDTH_SPACE, is_mark, normalized

__all__ = [
    "folded",
    "has_part",
    "is_same",
    "letters_of",
    "normalized",
    "spelled_words",
    "words",
    "written_words",
]

PARTLY_MARKED: Final = frozenset({"GREEK", "CYRILLIC", "ARABIC", "HEBREW"})
"""Scripts that mark some letters of a word and leave out others."""
OPTIONAL_MARKS: Final = PARTLY_MARKED | {"LATIN"}
"""Scripts that people also write without their marks."""
DOT_BELOW: Final = "\u0323"
LETTER_MARKS: Final = {"\u0438": "\u0306", "\u0443": "\u0306", "\u0456": "\u0308"}
"""Marks that make another letter, which is never written without: й, ў, ї."""


class Letter(NamedTuple):
    """A base character with its marks, and all marks of its word."""

    base: str
    marks: str
    of_word: str


_NONE: Final = Letter("", "", "")


def folded(text: str) -> str:
    """Return the normalized form without the marks that people leave out: a key to find by."""
    plain = normalized(text)
    if plain.isascii():
        return plain
    return "".join(
        f"{base}{'' if _script(base) in OPTIONAL_MARKS else marks}"
        for base, marks in _clusters(plain)
    )


def is_same(one: str, other: str) -> bool:
    """Return whether two texts say the same: marks may be missing on one side, not differ."""
    one, other = normalized(one), normalized(other)
    return one == other or all(
        map(_fit, *zip(*zip_longest(_letters(one), _letters(other), fillvalue=_NONE), strict=True))
    )


def has_part(text: str, part: str) -> bool:
    """Return whether a text contains another one, compared as ``is_same`` does."""
    text, part = normalized(text), normalized(part)
    if folded(part) not in folded(text):
        return False
    if text.isascii() or part in text:
        return True
    letters, wanted = _letters(text), _letters(part)
    return any(
        all(map(_fit, letters[start : start + len(wanted)], wanted))
        for start in range(len(letters) - len(wanted) + 1)
    )


def letters_of(text: str) -> str:
    """Return the normalized form without spaces and punctuation: what a name consists of."""
    return normalized(text).translate(_SPACES).replace(" ", "").replace("_", "")


def words(text: str) -> list[str]:
    """Split folded text into words; marks belong to the letter before them."""
    return [folded(word) for word in spelled_words(text)]


def spelled_words(text: str) -> list[str]:
    """Split normalized text into words, with all their marks."""
    return normalized(text.replace(ZERO_WIDTH_SPACE, " ")).translate(_SPACES).split()


def written_words(text: str) -> list[str]:
    """Split text into words as they are written, composed where they can be."""
    return normalize("NFC", text).translate(_SPACES).split()


def _fit(one: Letter, other: Letter) -> bool:
    if one.base != other.base:
        return False
    if one.marks == other.marks:
        return True
    script = _script(one.base)
    if script in PARTLY_MARKED:
        return set(one.marks) <= set(other.marks) or set(one.marks) >= set(other.marks)
    return script == "LATIN" and _dots_fit(one, other) and _accents_fit(one, other)


def _dots_fit(one: Letter, other: Letter) -> bool:
    if (DOT_BELOW in one.marks) == (DOT_BELOW in other.marks):
        return True
    return not (one if DOT_BELOW in other.marks else other).of_word


def _accents_fit(one: Letter, other: Letter) -> bool:
    mine, others = one.marks.replace(DOT_BELOW, ""), other.marks.replace(DOT_BELOW, "")
    if mine == others:
        return True
    if mine and others:
        return False
    if DOT_BELOW not in one.of_word + other.of_word:
        return True
    return not (other if mine else one).of_word.replace(DOT_BELOW, "")


def _letters(text: str) -> list[Letter]:
    """Return the letters of normalized text, each with the marks of its word."""
    letters: list[Letter] = []
    word: list[tuple[str, str]] = []
    for cluster in (*_clusters(text), (" ", "")):
        word.append(cluster)
        if not cluster[0][:1].isalnum():
            of_word = "".join(marks for _, marks in word)
            letters += [Letter(base, marks, of_word) for base, marks in word]
            word = []
    return letters[:-1]


def _clusters(text: str) -> Iterator[tuple[str, str]]:
    """Walk through normalized text: each base character with its marks."""
    base, marks = "", ""
    for character in text:
        if is_mark(character):
            marks += character
            if LETTER_MARKS.get(base) == character:
                base, marks = f"{base}{character}", marks[:-1]
        else:
            if base or marks:
                yield base, marks
            base, marks = character, ""
    if base or marks:
        yield base, marks


@lru_cache(maxsize=4096)
def _script(base: str) -> str:
    return name(base[0], "").partition(" ")[0] if base else ""


class _Spaces(dict[int, str]):
    """Turns what is in no word into spaces; each character is looked at once."""

    def __missing__(self, code: int) -> str:
        """Decide about a character."""
        character = chr(code)
        in_word = character == "_" or character.isalnum() or is_mark(character)
        self[code] = character if in_word else " "
        return self[code]


_SPACES: Final = _Spaces()
