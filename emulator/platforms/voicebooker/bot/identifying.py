"""Telling users apart: which attribute to ask for next, and whom an answer leaves."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from emulator.platforms.voicebooker.book.people import (
    BIRTHDAY,
    FIRST_NAME,
    LAST_NAME,
    canonical,
    plain,
)
from emulator.platforms.voicebooker.bot.conversations import Option

FIRST: Final = (FIRST_NAME, LAST_NAME, BIRTHDAY, "phone", "email", "zip", "city", "street")
"""What callers are asked for rather than for anything else."""

SPOKEN: Final = {
    FIRST_NAME: "first name",
    LAST_NAME: "last name",
    BIRTHDAY: "date of birth",
    "phone": "phone number",
    "email": "e-mail address",
    "zip": "postal code",
    "city": "town",
    "street": "street",
    "address": "address",
}


def attribute_for(
    users: Sequence[Option], said: Mapping[str, str], tried: Collection[str]
) -> str | None:
    """The next attribute that does not have the same value for all, as the webhook spells it."""
    known = {canonical(name) for name in (*said, *tried)}
    names = dict.fromkeys(
        name
        for user in users
        for name, value in user.raw.items()
        if isinstance(value, str | int)
        and name not in {"id", "userId", "name", "title"}
        and canonical(name) not in known
    )
    telling = [name for name in names if len({plain(user.raw.get(name, "")) for user in users}) > 1]
    ranks = {name: rank for rank, name in enumerate(FIRST)}
    return min(telling, key=lambda name: ranks.get(canonical(name), len(FIRST)), default=None)


def matching(users: Sequence[Option], field: str, answer: str) -> list[Option]:
    """Those of whom the answer is true."""
    return [user for user in users if plain(user.raw.get(field, "")) == plain(answer)]


def spoken_name(field: str) -> str:
    """How a bot names a field: ``insuranceNumber`` is the insurance number."""
    spoken = SPOKEN.get(canonical(field))
    if spoken is not None:
        return spoken
    words = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in field)
    return " ".join(words.replace("_", " ").replace("-", " ").split())[:100]
