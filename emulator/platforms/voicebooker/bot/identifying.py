"""Telling users apart: which attribute to ask for next, and whom an answer leaves."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

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

INTERNAL: Final = re.compile(
    r"_.*|version|etag|uuid|.*[a-z](At|_at|Timestamp|_timestamp)|"
    r"(created|updated|modified|changed|deleted)([A-Z_].*)?"
)
"""assumed: what such fields hold, callers are not asked for."""

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
        if _can_be_asked(name, value) and canonical(name) not in known
    )
    telling = [name for name in names if len({_plainly(user, name) for user in users}) > 1]
    ranks = {name: rank for rank, name in enumerate(FIRST)}
    return min(telling, key=lambda name: ranks.get(canonical(name), len(FIRST)), default=None)


def matching(users: Sequence[Option], field: str, answer: str) -> list[Option]:
    """Those of whom the answer is true."""
    return [user for user in users if _is_true(user, field, plain(answer))]


def _is_true(user: Option, field: str, answer: str) -> bool:
    """Whether the answer says the same; of an address in parts it has to name each."""
    value = user.raw.get(field, "")
    if isinstance(value, dict):
        return bool(value) and all(plain(part) in answer for part in _parts(value))
    return plain(value) == answer


def _plainly(user: Option, field: str) -> str:
    value = user.raw.get(field, "")
    return plain(" ".join(_parts(value)) if isinstance(value, dict) else value)


def _parts(value: Mapping[str, Any]) -> list[str]:
    return [str(part) for part in value.values() if isinstance(part, str | int)]


def _can_be_asked(name: str, value: Any) -> bool:
    """Whether a caller may know of it: nothing that a webhook keeps for itself."""
    if name in {"id", "userId", "name", "title"} or INTERNAL.fullmatch(name):
        return False
    return isinstance(value, str | int | dict) and not isinstance(value, bool)


def spoken_name(field: str) -> str:
    """How a bot names a field: ``insuranceNumber`` is the insurance number."""
    spoken = SPOKEN.get(canonical(field))
    if spoken is not None:
        return spoken
    words = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in field)
    return " ".join(words.replace("_", " ").replace("-", " ").split())[:100]
