"""Choosing among what a webhook has named; what is a matter of course is not asked."""

from collections.abc import Sequence

from emulator.platforms.voicebooker.bot.callers import wished
from emulator.platforms.voicebooker.bot.conversations import Option
from emulator.platforms.voicebooker.bot.reading import start_of, start_text
from emulator.platforms.voicebooker.bot.talk import Talk


def choose(talk: Talk, options: Sequence[Option], kind: str, ask: str) -> Option:
    """Have the caller choose; nothing is asked when there is only one."""
    wish = talk.it.wishes.get(kind)
    found = wished(options, wish) if wish else None
    if found is None:
        found = options[talk.draw(kind) % len(options)]
    if len(options) == 1:
        return found
    talk.bot(f"{ask}: {listed(options)}?")
    if wish and wished(options, wish) is None:
        talk.it.asked.note(f"no {kind} is called {wish[:60]}")
        talk.caller(f"{wish}.")
        talk.bot(f"I am sorry, there is no {wish}. There is {listed(options)}.")
    talk.caller(f"{found.name}, please.")
    return found


def listed(options: Sequence[Option]) -> str:
    """Name them, the last after an ``or``."""
    names = [option.name for option in options]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def agreed_time(talk: Talk) -> str:
    """When the appointment is that was agreed on, in words."""
    slot = talk.it.slot
    return "" if slot is None else talk.time_named(start_of(slot), start_text(slot))
