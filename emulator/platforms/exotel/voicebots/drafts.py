"""Drafts of bots, read from texts: the same text always gives the same draft.

assumed: the page shows no more of a generated bot than its name and languages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Final

from emulator.domain.text import written_words

GREETING: Final = "Hello! How can I help you today?"
"""As in the page's sample of a transcript."""
MAX_NAME_CHARACTERS: Final = 80
MAX_INTENTS: Final = 10
MAX_INTENT_WORDS: Final = 4
MAX_NAME_WORDS: Final = 6

LANGUAGES: Final = {
    "english": "en", "hindi": "hi", "tamil": "ta", "telugu": "te", "kannada": "kn",
    "malayalam": "ml", "marathi": "mr", "bengali": "bn", "bangla": "bn", "gujarati": "gu",
    "punjabi": "pa", "odia": "or", "oriya": "or", "assamese": "as", "urdu": "ur", "nepali": "ne",
    "sinhala": "si", "arabic": "ar", "french": "fr", "spanish": "es", "german": "de",
    "portuguese": "pt", "italian": "it", "dutch": "nl", "russian": "ru", "japanese": "ja",
    "korean": "ko", "mandarin": "zh", "chinese": "zh", "thai": "th", "vietnamese": "vi",
    "indonesian": "id", "malay": "ms", "tagalog": "tl", "filipino": "fil", "swahili": "sw",
    "hausa": "ha", "yoruba": "yo", "igbo": "ig", "zulu": "zu", "amharic": "am",
}  # fmt: skip

_FAIL: Final = re.compile(r"\[\[\s*fail\s*(?::([^\[\]]*))?\]\]", re.IGNORECASE)
_QUOTED: Final = r"[\"“]([^\"“”\n]{1,200})[\"”]"
_STOPS: Final = ".;:!?\n\u0964\u0965\u061f\u061b\u06d4\u3002\uff01\uff1f"
"""What ends a sentence: Latin, Indic (danda), Arabic, Urdu and Chinese signs."""
_NAMED: Final = re.compile(
    rf"\b(?:called|named)\s+(?:{_QUOTED}|(?=([^\s\"“”,{_STOPS}][^,{_STOPS}]{{0,200}})))"
)
_SENTENCE: Final = re.compile(f"[{_STOPS}]")
_CLAUSE: Final = re.compile(f"[,\u060c\u3001\uff0c{_STOPS}]")
_KIND: Final = re.compile(
    r"\b(?:an?|the|our|my)\s+((?:[^\s,.;:!?]+ ){0,5}(?:voice ?bot|bot|assistant|agent))\b",
    re.IGNORECASE,
)
_GREETED: Final = re.compile(
    rf"\b(?:greet\w*|greeting|say\w*|start\w* with|begin\w* with|open\w* with)\b"
    rf"[^\"“.\n]{{0,60}}{_QUOTED}",
    re.IGNORECASE,
)
_SCRIPTED: Final = re.compile(
    r"^\s*(?:bot|agent|assistant|greeting)\s*:\s*(\S[^\n]{0,299})", re.IGNORECASE | re.MULTILINE
)
_LANGUAGE: Final = re.compile(rf"\b({'|'.join(LANGUAGES)})\b", re.IGNORECASE)
_CARE: Final = (
    r"(?:handl(?:es?|ing)|answer(?:s|ing)?|supports|manag(?:es?|ing)|process(?:es|ing)?"
    r"|help(?:s|ing)?(?: \w+){0,2}? (?:with|to)|deals? with|assists?(?: \w+){0,2}? with)"
)
_VERB: Final = r"(?:book|schedul|track|cancel|confirm|collect|tak)(?:es?|s|l?ing)?"
_TASK: Final = re.compile(rf"\b(?:{_CARE}\s+(?=\w)|(?={_VERB}\s+\w))", re.IGNORECASE)
_LEAD: Final = re.compile(rf"^(?:(?:can|will|to|that|which|it|also) )*{_CARE}\s+", re.IGNORECASE)
_ABOUT: Final = re.compile(r"\b(?:about|regarding|on)\s+", re.IGNORECASE)
_AND: Final = re.compile(r"\s*(?:,|/|&|\band\b|\bor\b|\bas well as\b)\s*", re.IGNORECASE)
_END: Final = re.compile(
    r"\b(?:in|for|from|by|via|over|using|when|while|if|so|then|with)\b", re.IGNORECASE
)
_HUMAN: Final = re.compile(
    r"\b(?:human|live agent|representative|operator|escalat\w+|hand[- ]?off)\b", re.IGNORECASE
)
_FILLERS: Final = frozenset(
    {"a", "an", "the", "our", "my", "your", "their", "his", "her", "its", "all", "any", "some"}
    | {"customer", "customers", "caller", "callers", "user", "users", "patient", "patients"}
    | {"people", "them", "to", "of", "about", "related", "it", "basic", "can", "will", "common"}
    | {"simple", "general"}
)
_LANGUAGE_WORDS: Final = frozenset(LANGUAGES)
VERBS: Final = frozenset({"book", "schedule", "track", "cancel", "confirm", "collect", "take"})
_FORMS: Final = {
    form: verb for verb in VERBS for form in (verb, f"{verb}s", f"{verb.removesuffix('e')}ing")
} | {"cancelling": "cancel"}
_ASKS: Final = frozenset({"status", "balance", "price", "hour", "information", "detail", "bill"})
_KNOWN: Final = {"order_inquiry": "order_status_inquiry"}
"""An inquiry about an order is about its status, as in the page's sample."""


@dataclass(frozen=True, slots=True)
class BotDraft:
    """What a bot is created from."""

    name: str
    greeting: str
    languages: tuple[str, ...]
    intents: tuple[str, ...]
    text: str


def failure_in(text: str) -> str | None:
    """Return the reason of the marker ``[[fail: reason]]``, which makes a job fail, or None."""
    found = _FAIL.search(text)
    if found is None:
        return None
    return (found[1] or "").strip()[:200] or "the text could not be turned into a bot"


def draft_bot(text: str) -> BotDraft:
    """Draft the bot that a text asks for."""
    languages = tuple(dict.fromkeys(LANGUAGES[word.lower()] for word in _LANGUAGE.findall(text)))
    return BotDraft(_name(text), _greeting(text), languages or ("en",), _intents(text), text)


def _name(text: str) -> str:
    for quoted, plain in _NAMED.findall(text):
        if name := quoted.strip() or " ".join(_name_words(plain)):
            return name[:MAX_NAME_CHARACTERS]
    found = _KIND.search(text)
    words = found[1] if found else re.split("[.!?\n\u0964\u0965]", text.strip(), maxsplit=1)[0]
    titled = " ".join(word[:1].upper() + word[1:] for word in words.split())
    return titled[:MAX_NAME_CHARACTERS].strip() or "Voicebot"


def _name_words(text: str) -> Iterator[str]:
    """Return the words that begin a text as names are written: not with a small letter."""
    named = takewhile(lambda word: word[0].isalpha() and not word[0].islower(), written_words(text))
    return islice(named, MAX_NAME_WORDS)


def _greeting(text: str) -> str:
    found = _GREETED.search(text) or _SCRIPTED.search(text)
    return found[1].strip() if found and found[1].strip() else GREETING


def _intents(text: str) -> tuple[str, ...]:
    phrases = [*_phrases(text)] or [*_clauses_of_other_scripts(text)]
    found = dict.fromkeys(slug for phrase in phrases if (slug := _slug(phrase)))
    intents = [*found][:MAX_INTENTS]
    if _HUMAN.search(text):
        intents.append("agent_transfer")
    return tuple(intents) or ("general_inquiry",)


def _phrases(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(text):
        if (found := _TASK.search(sentence)) is not None:
            for phrase in _AND.split(sentence[found.end() :]):
                task = _LEAD.sub("", phrase.strip())
                yield _END.split(_ABOUT.split(task, maxsplit=1)[-1], maxsplit=1)[0]


def _clauses_of_other_scripts(text: str) -> Iterator[str]:
    """Return what may be tasks in a text whose verbs are not known: its clauses."""
    for clause in _CLAUSE.split(text):
        if any(letter.isalpha() and not letter.islower() for letter in clause.lower()):
            yield clause


def _slug(phrase: str) -> str | None:
    """Return a phrase as the page writes intents: ``order_status_inquiry``."""
    if _HUMAN.search(phrase):
        return None
    words = [
        _singular(word)
        for word in written_words(phrase.lower().replace("_", " "))
        if word not in _FILLERS and word not in _LANGUAGE_WORDS
    ][:MAX_INTENT_WORDS]
    if not words:
        return None
    if (verb := _FORMS.get(words[0])) is not None:
        return "_".join([verb, *words[1:]]) if words[1:] else None
    if words[-1] in _ASKS:
        words.append("inquiry")
    elif words[-1] in {"question", "query", "enquiry"}:
        words[-1] = "inquiry"
    elif words[-1] not in {"inquiry", "request"}:
        words.append("request")
    slug = "_".join(words)
    return _KNOWN.get(slug, slug)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ss", "us", "is")) or len(word) < 4:  # noqa: PLR2004  # "bus", "gas"
        return word
    return word.removesuffix("s")
