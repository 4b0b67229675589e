"""People: which fields of a person mean the same, and which values are equal."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import eq
from typing import Any, Final

from emulator.domain.text import folded, is_same, letters_of
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


@dataclass(slots=True, kw_only=True)
class User:
    """A person who has booked before; ``fields`` have the names that webhooks gave them."""

    id: str
    fields: dict[str, Any] = field(default_factory=dict[str, Any])


def normalized(value: Any) -> str:
    """Return a value in a form in which equal values compare equal: ``12.04.1985``, ``Müller``."""
    text = str(value)
    if found := _GERMAN_DATE.fullmatch(text):
        day, month, year = found.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    return folded(letters_of(text))


def canonical_name(name: str) -> str:
    """Return our name of a field: ``firstname`` for ``first_name`` and ``Vorname``."""
    return _CANONICAL.get(normalized(name), name)


def comparable_fields(fields: dict[str, Any]) -> dict[str, str]:
    """Return the fields that can be compared, by our names, with normalized values."""
    return {
        canonical_name(name): said
        for name, value in fields.items()
        if isinstance(value, str | int) and (said := normalized(value))
    }


class People:
    """Finds users at a cost that does not grow with their number."""

    def __init__(self, users: Collection[User]) -> None:
        self.users = users
        self.reindex()

    def reindex(self) -> None:
        """Compute all indexes from the records."""
        self._by_field: dict[tuple[str, str], dict[str, None]] = {}
        self.listed: TaggedList[User] = TaggedList()
        self.listed.extend([*self.users], 0)
        for user in self.users:
            self._index(user)

    def add(self, user: User) -> User:
        """Add a user."""
        self.users.add(user)
        self.listed.append(user, 0)
        self._index(user)
        return user

    def change(self, user: User, fields: dict[str, Any]) -> None:
        """Update the fields of a user; None removes a field."""
        for name, value in comparable_fields(user.fields).items():
            del self._by_field[name, value][user.id]
        merged = user.fields | fields
        user.fields = {name: value for name, value in merged.items() if value is not None}
        self._index(user)
        self.users.save(user)

    def _index(self, user: User) -> None:
        for name, value in comparable_fields(user.fields).items():
            self._by_field.setdefault((name, value), {})[user.id] = None

    def find(self, asked: dict[str, Any]) -> Iterator[User]:
        """Yield the users of whom at least one field agrees, and none differs.

        Fields that a user lacks do not differ. Names that are spelled as asked, marks and all, come
        alone: only without them are left out marks forgiven.
        """
        wanted = comparable_fields(asked)
        groups = [self._by_field.get(pair, {}) for pair in wanted.items()]
        names = [pair for pair in wanted.items() if pair[0] in {"firstname", "lastname"}]
        must = [self._by_field.get(pair, {}) for pair in names] or groups
        if not must:
            return
        candidates = min(must, key=len) if names else {key: None for group in must for key in group}
        is_found = False
        for fits in (eq, is_same):
            for user in map(self.users.get, () if is_found else candidates):
                if _agrees(user, wanted) and _is_spelled_alike(user, asked, fits):
                    is_found = True
                    yield user


def _agrees(user: User, wanted: dict[str, str]) -> bool:
    have = comparable_fields(user.fields)
    shared = [name for name in wanted if name in have]
    return bool(shared) and all(have[name] == wanted[name] for name in shared)


def _is_spelled_alike(user: User, asked: dict[str, Any], fits: Callable[[str, str], bool]) -> bool:
    """Return whether no name differs in marks that both sides write: Adé is not Adè."""
    have, wanted = _names(user.fields), _names(asked)
    return all(fits(have[name], wanted[name]) for name in have.keys() & wanted.keys())


def _names(fields: dict[str, Any]) -> dict[str, str]:
    found = ((canonical_name(name), value) for name, value in fields.items())
    return {
        name: letters_of(value)
        for name, value in found
        if name in {FIRST_NAME, LAST_NAME} and isinstance(value, str)
    }
