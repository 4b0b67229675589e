"""Personas: who calls, and what they know of themselves."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from emulator.kit.world import World
from emulator.platforms.voicebooker.book.people import FIRST_NAME, LAST_NAME, canonical, plain
from emulator.platforms.voicebooker.bot.conversations import Intent

FIRST: Final = ("Anna", "Ben", "Clara", "David", "Emil", "Frieda", "Greta", "Hannes")
LAST: Final = ("Becker", "Fischer", "Hartmann", "Koch", "Lehmann", "Neumann", "Richter", "Vogt")
KNOWN: Final = {
    "firstname": "Erika",
    "lastname": "Mustermann",
    "dateOfBirth": "1985-04-12",
    "phone": "+493515550101",
}
"""A patient of the demo business, who has an appointment to move or to cancel."""
HOME: Final = {"street": "Hauptstraße 12", "zip": "01067", "city": "Dresden"}


def persona_for(
    world: World, call_id: str, intent: Intent, phone: str, given: Mapping[str, str]
) -> dict[str, str]:
    """Who calls: what is given, and the rest drawn; to change something, the patient's."""
    draw = world.ids.draw("voicebooker.persona", call_id)
    if intent is Intent.BOOK:
        draw, first = divmod(draw, len(FIRST))
        draw, last = divmod(draw, len(LAST))
        born = date(1950, 1, 1) + timedelta(days=draw % 20_000)
        who = {
            FIRST_NAME: FIRST[first],
            LAST_NAME: LAST[last],
            "dateOfBirth": born.isoformat(),
            "phone": phone,
        }
    else:
        who = dict(KNOWN)
    return completed(who | {"email": _mailbox(who)} | HOME | {"address": _address(HOME)}, given)


def completed(made_up: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """All that is given, and of what is made up only what does not speak against it."""
    known = {canonical(name) for name in given}
    if "address" in known:
        known |= HOME.keys()
    whole = {name: said for name, said in made_up.items() if canonical(name) not in known}
    whole |= given
    if known & {FIRST_NAME, LAST_NAME} and "email" in made_up and "email" not in known:
        whole["email"] = _mailbox(whole)
    if known & HOME.keys() and "address" in made_up and "address" not in known:
        whole["address"] = _address(whole)
    return whole


def _mailbox(persona: Mapping[str, str]) -> str:
    names = (plain(told(persona, name) or "") for name in (FIRST_NAME, LAST_NAME))
    name = ".".join(names).encode("ascii", "ignore").decode().strip(".")
    return f"{name[:60].rstrip('.') or 'caller'}@example.com"


def _address(persona: Mapping[str, str]) -> str:
    street, code, city = (told(persona, part) for part in HOME)
    return f"{street}, {code} {city}"


def told(persona: Mapping[str, str], field: str) -> str | None:
    """What a caller answers who is asked for this, by whichever of its names."""
    if field in persona:
        return persona[field]
    wanted = canonical(field)
    return next((value for name, value in persona.items() if canonical(name) == wanted), None)
