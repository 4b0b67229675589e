"""What the bot and its callers can say, whatever the language.

assumed: all of the wording; the pages show no conversation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from emulator.platforms.voicebooker.book.people import canonical_name


class Phrase(StrEnum):
    """A sentence, or a part of one, that is said in the language of the conversation."""

    APOLOGY = auto()
    WHOSE = auto()
    GREETING = auto()
    OUTBOUND_GREETING = auto()
    HELLO = auto()
    STILL_THERE = auto()
    CANNOT_HEAR = auto()
    GOODBYE = auto()
    THANKS = auto()
    PUTTING_THROUGH = auto()
    WANTS_BOOKING = auto()
    WANTS_MOVE = auto()
    WANTS_CANCELLATION = auto()
    AT_TIME = auto()
    AT_TEXT = auto()
    AT_UNKNOWN = auto()
    ANSWER = auto()
    CHOICE = auto()
    NO_OPTION = auto()
    WHICH_NEW_TYPE = auto()
    WHICH_TYPE = auto()
    NO_TYPES = auto()
    WHICH_AGENT = auto()
    WITH_AGENT = auto()
    NO_PREFERENCE = auto()
    NO_AGENT = auto()
    ANYBODY = auto()
    WHICH_PRODUCT = auto()
    NO_PRODUCTS = auto()
    WHICH_DAY = auto()
    MOVE_TO = auto()
    DAY = auto()
    DAY_NOT_BEFORE = auto()
    NOTHING_FREE = auto()
    ONLY_OTHER_TIMES = auto()
    DAY_IS_FINE = auto()
    OFFER = auto()
    TAKEN = auto()
    NO_TIME = auto()
    UNCHANGED = auto()
    FOR_YOU = auto()
    FOR_ANOTHER = auto()
    ASK_FIELD = auto()
    CANNOT_TELL = auto()
    BOOKED = auto()
    ASK_NAME = auto()
    SEVERAL_ENTRIES = auto()
    NOT_FOUND = auto()
    NO_APPOINTMENT = auto()
    IS_IT_THAT = auto()
    ANOTHER = auto()
    APPOINTMENT_NOT_FOUND = auto()
    WHICH_APPOINTMENT = auto()
    THAT_ONE = auto()
    CONFIRM_MOVE = auto()
    CONFIRMED = auto()
    MOVED = auto()
    CONFIRM_CANCELLATION = auto()
    YES = auto()
    CANCELLED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """The phrases of one language, and how it names days, lists and fields."""

    phrases: Mapping[Phrase, str]
    """With the values to fill in, in braces."""
    weekdays: Sequence[str]
    """From Monday to Sunday."""
    months: Sequence[str]
    day: str
    """Of ``weekday``, ``day`` and ``month``."""
    either: str
    """What is said between the last two names of a list."""
    fields: Mapping[str, tuple[str, str]]
    """What callers are asked for: their own, and the participant's."""
    other_field: tuple[str, str]
    """The same for fields without a name here, of ``name`` or of the ``field`` as it is sent."""

    def say(self, phrase: Phrase, **values: str) -> str:
        """Return a phrase with its values."""
        return self.phrases[phrase].format(**values)

    def name_day(self, named: date) -> str:
        """Return a day in words, without the year."""
        weekday, month = self.weekdays[named.weekday()], self.months[named.month - 1]
        return self.day.format(weekday=weekday, day=named.day, month=month)

    def name_list(self, names: Sequence[str]) -> str:
        """Return names as a spoken list."""
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}{self.either}{names[-1]}"

    def name_field(self, field: str, *, is_own: bool = True) -> str:
        """Return how the bot names a field: ``insuranceNumber`` is "your insurance number"."""
        forms = self.fields.get(canonical_name(field), self.other_field)
        return forms[0 if is_own else 1].format(name=_words(field), field=field)


def _words(field: str) -> str:
    words = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in field)
    return " ".join(words.replace("_", " ").replace("-", " ").split())[:100]
