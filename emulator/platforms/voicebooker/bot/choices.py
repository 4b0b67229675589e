"""Choices among what a webhook has listed; the bot skips questions with one option."""

from collections.abc import Sequence

from emulator.platforms.voicebooker.bot.callers import wished_option
from emulator.platforms.voicebooker.bot.conversations import Option
from emulator.platforms.voicebooker.bot.entries import start_of, start_text
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.bot.talk import Talk


def choose_option(talk: Talk, options: Sequence[Option], kind: str, question: Phrase) -> Option:
    """Ask the caller to choose; with one option nothing is asked."""
    wish = talk.conversation.wishes.get(kind)
    found = wished_option(options, wish) if wish else None
    if found is None:
        found = options[talk.draw(kind) % len(options)]
    if len(options) == 1:
        return found
    talk.bot(question, options=talk.names_listed(options))
    if wish and wished_option(options, wish) is None:
        talk.conversation.asked.note(f"no {kind} is called {wish[:60]}")
        talk.caller(Phrase.ANSWER, answer=wish)
        talk.bot(Phrase.NO_OPTION, wish=wish, options=talk.names_listed(options))
    talk.caller(Phrase.CHOICE, name=found.name)
    return found


def agreed_time(talk: Talk) -> str:
    """Return the time of the agreed slot in words."""
    slot = talk.conversation.slot
    return "" if slot is None else talk.time_named(start_of(slot), start_text(slot))
