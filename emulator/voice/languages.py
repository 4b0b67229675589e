"""The language of a text, for the voice that speaks it: a script tells more than a setting."""

from typing import Final

ENGLISH: Final = "en"
SCRIPTS: Final = {
    range(0x0400, 0x0530): ("ru", "uk", "bg", "sr", "mk", "be"),
    range(0x0590, 0x0600): ("he",),
    range(0x0600, 0x0780): ("ar", "ur", "fa", "sd"),
    range(0x0900, 0x0980): ("hi", "mr", "ne", "kok"),
    range(0x0980, 0x0A00): ("bn", "as"),
    range(0x0A00, 0x0A80): ("pa",),
    range(0x0A80, 0x0B00): ("gu",),
    range(0x0B00, 0x0B80): ("or",),
    range(0x0B80, 0x0C00): ("ta",),
    range(0x0C00, 0x0C80): ("te",),
    range(0x0C80, 0x0D00): ("kn",),
    range(0x0D00, 0x0D80): ("ml",),
    range(0x0D80, 0x0E00): ("si",),
    range(0x0E00, 0x0E80): ("th",),
    range(0x1200, 0x1400): ("am", "ti"),
}
"""The languages of scripts other than Latin; the first is spoken if the setting has none of them.
"""
_OTHER_THAN_LATIN: Final = {each for languages in SCRIPTS.values() for each in languages}
MAX_LETTERS: Final = 200
"""How far a text is looked at."""


def language_of(text: str, wanted: str = "") -> str:
    """Return the language to speak a text in: the wanted one, if it is written in its script."""
    wanted = wanted.replace("_", "-").partition("-")[0].lower()
    for letter in text[:MAX_LETTERS]:
        for script, languages in SCRIPTS.items():
            if ord(letter) in script:
                return wanted if wanted in languages else languages[0]
    return ENGLISH if not wanted or wanted in _OTHER_THAN_LATIN else wanted
