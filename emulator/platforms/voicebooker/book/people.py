"""People: what is known of them under whichever name, and whether two values mean the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import combining, normalize

from emulator.kit.records import Collection, TaggedList

FIRST_NAME: Final = "firstname"
LAST_NAME: Final = "lastname"
BIRTHDAY: Final = "dateOfBirth"

_ALIASES: Final = {
    FIRST_NAME: ("firstname", "forename", "givenname", "vorname"),
    LAST_NAME: ("lastname", "surname", "familyname", "nachname"),
    BIRTHDAY: ("dateofbirth", "birthdate", "birthday", "dob", "geburtsdatum"),
    "phone": ("phone", "phonenumber", "telephone", "mobile", "telefon", "telefonnummer"),
    "email": ("email", "emailaddress", "mail"),
    "street": ("street", "strasse"),
    "zip": ("zip", "zipcode", "postcode", "postalcode", "plz"),
    "city": ("city", "town", "ort"),
    "address": ("address", "adresse"),
}
_CANONICAL: Final = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_GERMAN_DATE: Final = re.compile(r"\s*(\d{1,2})\.(\d{1,2})\.(\d{4})\s*", re.ASCII)
_NOT_WORD: Final = re.compile(r"[\W_]+")


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody who has booked before; ``fields`` are spelt as the webhooks spell them."""

    id: str
    fields: dict[str, Any] = field(default_factory=dict[str, Any])


def plain(value: Any) -> str:
    """Write a value so that two ways to say the same compare equal: ``12.04.1985``, ``Müller``."""
    text = str(value)
    if found := _GERMAN_DATE.fullmatch(text):
        day, month, year = found.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    folded = normalize("NFKD", text.casefold())
    return _NOT_WORD.sub("", "".join(sign for sign in folded if not combining(sign)))


def canonical(name: str) -> str:
    """The name we know a field by: ``first_name`` and ``Vorname`` are ``firstname``."""
    return _CANONICAL.get(plain(name), name)


def known(fields: dict[str, Any]) -> dict[str, str]:
    """What can be compared of a person: our name for each field, and its plain value."""
    return {
        canonical(name): said
        for name, value in fields.items()
        if isinstance(value, str | int) and (said := plain(value))
    }


class People:
    """The users, and how to find one at a cost that does not grow with their number."""

    def __init__(self, users: Collection[User]) -> None:
        self.users = users
        self.reindex()

    def reindex(self) -> None:
        """Work out all that follows from the records."""
        self._by_field: dict[tuple[str, str], dict[str, None]] = {}
        self.listed: TaggedList[User] = TaggedList()
        self.listed.extend([*self.users], 0)
        for user in self.users:
            self._index(user)

    def add(self, user: User) -> User:
        """Keep a new user."""
        self.users.add(user)
        self.listed.append(user, 0)
        self._index(user)
        return user

    def change(self, user: User, fields: dict[str, Any]) -> None:
        """Learn more of a user; a field that is None is forgotten."""
        for name, value in known(user.fields).items():
            del self._by_field[name, value][user.id]
        merged = user.fields | fields
        user.fields = {name: value for name, value in merged.items() if value is not None}
        self._index(user)
        self.users.save(user)

    def _index(self, user: User) -> None:
        for name, value in known(user.fields).items():
            self._by_field.setdefault((name, value), {})[user.id] = None

    def find(self, asked: dict[str, Any]) -> Iterator[User]:
        """Those of whom nothing known differs from what is asked, and something agrees.

        What is not known of a user does not speak against it.
        """
        wanted = known(asked)
        groups = [self._by_field.get(pair, {}) for pair in wanted.items()]
        names = [pair for pair in wanted.items() if pair[0] in {"firstname", "lastname"}]
        must = [self._by_field.get(pair, {}) for pair in names] or groups
        if not must:
            return
        candidates = min(must, key=len) if names else {key: None for group in must for key in group}
        for key in candidates:
            if _agrees(user := self.users.get(key), wanted):
                yield user


def _agrees(user: User, wanted: dict[str, str]) -> bool:
    have = known(user.fields)
    shared = [name for name in wanted if name in have]
    return bool(shared) and all(have[name] == wanted[name] for name in shared)
