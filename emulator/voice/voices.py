"""The languages and voices that persons can have: those of eSpeak NG 1.52.

They are known without the extra ``voice``, so that a world means the same with it and without.
"""

from difflib import get_close_matches
from typing import Final

_CODES: Final = """
af am an ar as az ba be bg bn bpy bs ca ca-ba ca-nw ca-va cmn cmn-latn-pinyin cs cv cy
da de el en en-029 en-gb-scotland en-gb-x-gbclan en-gb-x-gbcwmd en-gb-x-rp en-shaw en-us
en-us-nyc eo es es-419 et eu fa fa-latn fi fr fr-be fr-ch ga gd gn grc gu hak haw he hi
hr ht hu hy hyw ia id io is it ja jbo ka kk kl kn ko kok ku ky la lb lfn lt ltg lv mi mk
ml mr ms mt mto my nb nci ne nl nog om or pa pap piqd pl pt pt-br py qdb qu quc qya ro
ru ru-cl ru-lv sd shn si sjn sk sl smj sq sr sv sw ta te th ti tk tn tr tt ug uk ur uz
vi vi-vn-x-central vi-vn-x-south yue
"""
LANGUAGES: Final = tuple(_CODES.split())
"""What texts can be spoken in."""
OTHER_NAMES: Final = {"zh": "cmn", "no": "nb"}
"""Languages that eSpeak NG has by another name."""
VOICES: Final = (*(f"m{number}" for number in range(1, 9)), "f1", "f4", "croak")
"""Voices of men, of women, and another.

Those with breath in them (f2, f3, f5, whisper, whisperf) are left out: eSpeak NG reads memory that
it never wrote when it speaks with them, so that two processes do not hear the same bytes.
"""


def checked_language(name: str) -> str:
    """Return a language by its tag, such as sw-KE; ValueError for one that no person can speak."""
    tag = name.replace("_", "-").lower()
    base = tag.partition("-")[0]
    for each in (tag, base, OTHER_NAMES.get(base, base)):
        if each in LANGUAGES:
            return each
    raise ValueError(f"must be {_one_of(tag, LANGUAGES)}, not {name[:35]!r}")


def checked_voice(name: str) -> str:
    """Return a voice; ValueError for one that there is not."""
    if name in VOICES:
        return name
    raise ValueError(f"must be {_one_of(name.lower(), VOICES)}, not {name[:35]!r}")


def _one_of(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name[:35], known, n=1, cutoff=0.5)
    suggestion = f" (did you mean {near[0]}?)" if near else ""
    return f"one of {', '.join(known)}{suggestion}"
