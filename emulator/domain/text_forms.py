"""Letters of the world's languages: one form for each, however a keyboard or program writes it.

Composed and decomposed, full-width and presentation forms become one (NFKD), and so do letter
case, digits of any script, kinds of apostrophes and hyphens, keyboard variants of Arabic letters,
and Indic letters that older text writes with a joiner. A stroke through a Latin letter becomes a
mark (``ø`` is ``o`` with one). Invisible characters are left out.
https://www.unicode.org/reports/tr15/
"""

import re
from typing import Final
from unicodedata import category, decimal, normalize

ZERO_WIDTH_SPACE: Final = "\u200b"
"""It separates words where a script writes no spaces."""
_JOINER: Final = "\u200d"
_VIRAMA: Final = "\u0d4d"
_WITH_JOINER: Final = {
    **{
        f"{letter}{_VIRAMA}{_JOINER}": chillu
        for letter, chillu in zip("ണനരലളക", "ൺൻർൽൾൿ", strict=True)
    },
    "ত\u09cd\u200d": "ৎ",
}
"""Malayalam's final consonants and Bengali's khanda ta, as text before Unicode 5.1 has them."""
_APOSTROPHES: Final = (
    "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb"
    "\u2018\u2019\u201b\u2032\u05f3\ua78c\uff07"
)
_HYPHENS: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be\u058a"
_STROKE: Final = "\u0335"
_VARIANTS: Final = {
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_HYPHENS, "-"),
    "\u0640": "",  # tatweel: stretches a word
    "\u034f": "",  # grapheme joiner
    "\u0329": "\u0323",  # Yoruba's line below, for the dot below
    "\u0326": "\u0327",  # Romanian's comma below, for the cedilla of older text
    "\u0671": "\u0627",  # Arabic alef, with wasla
    "\u06a9": "\u0643",  # Persian and Urdu kaf
    "\u06cc": "\u064a",  # Persian and Urdu yeh
    "\u06c1": "\u0647",  # Urdu heh
    "\u06c3": "\u0629",  # Urdu teh marbuta
    "\u0131": "i",  # Turkish dotless i, as "I" may be its capital
    "\u0237": "j",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    **{
        letter: f"{plain}{_STROKE}"
        for letter, plain in zip("øłđðħŧƀǥɨ", "olddhtbgi", strict=True)
    },
}  # fmt: skip
_DOT_OF_I: Final = re.compile("i\u0307+")
"""What is left of Turkish ``İ`` as a small letter."""


def normalized(text: str) -> str:
    """Return the form in which equal texts are equal strings: decomposed, in one case."""
    if text.isascii():
        return text.replace("`", "'").casefold()
    if _JOINER in text:
        for written, letter in _WITH_JOINER.items():
            text = text.replace(written, letter)
    while (more := _decomposed(text)) != text:
        text = more
    return text


def is_mark(character: str) -> bool:
    """Return whether a character belongs to the letter before it."""
    return category(character)[0] == "M"


def _decomposed(text: str) -> str:
    plain = normalize("NFKD", text.translate(_FORMS)).casefold()
    return _DOT_OF_I.sub("i", normalize("NFKD", plain.translate(_FORMS)))


class _Forms(dict[int, str]):
    """The form of each character; each is looked at once."""

    def __missing__(self, code: int) -> str:
        """Decide about a character."""
        self[code] = form = _form_of(chr(code))
        return form


def _form_of(character: str) -> str:
    if character in _VARIANTS:
        return _VARIANTS[character]
    if category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    digit = decimal(character, None)
    return character if digit is None else str(digit)


_FORMS: Final = _Forms()
