"""Personas: who calls, and what they know about themselves."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from emulator.kit.world import World
from emulator.platforms.voicebooker.book.people import (
    FIRST_NAME,
    LAST_NAME,
    canonical_name,
    normalized,
)
from emulator.platforms.voicebooker.bot.conversations import Intent

FIRST_NAMES: Final = ("Anna", "Ben", "Clara", "David", "Emil", "Frieda", "Greta", "Hannes")

LAST_NAMES: Final = (
    "Becker",
    "Fischer",
    "Hartmann",
    "Koch",
    "Lehmann",
    "Neumann",
    "Richter",
    "Vogt",
)

PATIENT: Final = {
    "firstname": "Erika",
    "lastname": "Mustermann",
    "dateOfBirth": "1985-04-12",
    "phone": "+493515550101",
}
"""A patient of the demo business with an appointment to move or cancel."""

HOME_ADDRESS: Final = {"street": "Hauptstraße 12", "zip": "01067", "city": "Dresden"}


def persona_for(
    world: World, call_id: str, intent: Intent, phone: str, given: Mapping[str, str]
) -> dict[str, str]:
    """Return the given fields, completed by drawn ones, or by those of a patient."""
    draw = world.ids.draw("voicebooker.persona", call_id)
    if intent is Intent.BOOK:
        draw, first = divmod(draw, len(FIRST_NAMES))
        draw, last = divmod(draw, len(LAST_NAMES))
        born = date(1950, 1, 1) + timedelta(days=draw % 20_000)
        who = {
            FIRST_NAME: FIRST_NAMES[first],
            LAST_NAME: LAST_NAMES[last],
            "dateOfBirth": born.isoformat(),
            "phone": phone,
        }
    else:
        who = dict(PATIENT)
    return completed_persona(
        who | {"email": _mailbox(who)} | HOME_ADDRESS | {"address": _address(HOME_ADDRESS)}, given
    )


def completed_persona(invented: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the given fields, and the invented ones that do not contradict them."""
    known = {canonical_name(name) for name in given}
    if "address" in known:
        known |= HOME_ADDRESS.keys()
    whole = {name: said for name, said in invented.items() if canonical_name(name) not in known}
    whole |= given
    if known & {FIRST_NAME, LAST_NAME} and "email" in invented and "email" not in known:
        whole["email"] = _mailbox(whole)
    if known & HOME_ADDRESS.keys() and "address" in invented and "address" not in known:
        whole["address"] = _address(whole)
    return whole


def _mailbox(persona: Mapping[str, str]) -> str:
    names = (normalized(persona_answer(persona, name) or "") for name in (FIRST_NAME, LAST_NAME))
    name = ".".join(names).encode("ascii", "ignore").decode().strip(".")
    return f"{name[:60].rstrip('.') or 'caller'}@example.com"


def _address(persona: Mapping[str, str]) -> str:
    street, code, city = (persona_answer(persona, part) for part in HOME_ADDRESS)
    return f"{street}, {code} {city}"


def persona_answer(persona: Mapping[str, str], field: str) -> str | None:
    """Return what a persona answers to a question for a field, by any of its names."""
    if field in persona:
        return persona[field]
    wanted = canonical_name(field)
    return next((value for name, value in persona.items() if canonical_name(name) == wanted), None)
