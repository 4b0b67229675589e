"""Telling users apart: which attribute the caller is asked for, and which users it matches."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from emulator.platforms.voicebooker.book.people import (
    BIRTHDAY,
    FIRST_NAME,
    LAST_NAME,
    canonical_name,
    normalized,
)
from emulator.platforms.voicebooker.bot.conversations import Option

PREFERRED_ATTRIBUTES: Final = (
    FIRST_NAME,
    LAST_NAME,
    BIRTHDAY,
    "phone",
    "email",
    "zip",
    "city",
    "street",
)
"""The attributes that callers are asked for first."""

INTERNAL_FIELDS: Final = re.compile(
    r"_.*|version|etag|uuid|.*[a-z](At|_at|Timestamp|_timestamp)|"
    r"(created|updated|modified|changed|deleted)([A-Z_].*)?"
)
"""assumed: callers are not asked for these fields."""


def next_attribute(
    users: Sequence[Option], said: Mapping[str, str], tried: Collection[str]
) -> str | None:
    """Return the next attribute whose values differ, as the webhook spells it, or None."""
    known = {canonical_name(name) for name in (*said, *tried)}
    names = dict.fromkeys(
        name
        for user in users
        for name, value in user.raw.items()
        if _can_be_asked(name, value) and canonical_name(name) not in known
    )
    telling = [name for name in names if len({_normalized_value(user, name) for user in users}) > 1]
    ranks = {name: rank for rank, name in enumerate(PREFERRED_ATTRIBUTES)}
    return min(
        telling,
        key=lambda name: ranks.get(canonical_name(name), len(PREFERRED_ATTRIBUTES)),
        default=None,
    )


def matching_users(users: Sequence[Option], field: str, answer: str) -> list[Option]:
    """Return the users whose attribute has the caller's answer as its value."""
    return [user for user in users if _matches(user, field, normalized(answer))]


def _matches(user: Option, field: str, answer: str) -> bool:
    """Compare an attribute with the caller's answer, which must have every part of an address."""
    value = user.raw.get(field, "")
    if isinstance(value, dict):
        return bool(value) and all(normalized(part) in answer for part in _parts(value))
    return normalized(value) == answer


def _normalized_value(user: Option, field: str) -> str:
    value = user.raw.get(field, "")
    return normalized(" ".join(_parts(value)) if isinstance(value, dict) else value)


def _parts(value: Mapping[str, Any]) -> list[str]:
    return [str(part) for part in value.values() if isinstance(part, str | int)]


def _can_be_asked(name: str, value: Any) -> bool:
    """Check whether a caller can know an attribute; internal ones are not asked for."""
    if name in {"id", "userId", "name", "title"} or INTERNAL_FIELDS.fullmatch(name):
        return False
    return isinstance(value, str | int | dict) and not isinstance(value, bool)
