"""People: what is known of them under whichever name, and whether two values mean the same."""

import re
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import combining, normalize

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
