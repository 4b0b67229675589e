"""The people in whose names the checks book."""

from typing import Final

DEFAULT_PERSONA: Final = {
    "firstname": "Vera",
    "lastname": "Testfall",
    "dateOfBirth": "1985-04-12",
    "phone": "+493515550111",
    "email": "vera.testfall@example.com",
    "street": "Hauptstraße 12",
    "zip": "01067",
    "city": "Dresden",
    "address": "Hauptstraße 12, 01067 Dresden",
}
"""The person who books, unless the options name another."""

SECOND_PERSONA: Final = {
    "firstname": "Viktor",
    "lastname": "Zweitfall",
    "dateOfBirth": "1979-09-30",
    "phone": "+493515550112",
    "email": "viktor.zweitfall@example.com",
}
"""The person who asks for a slot that is taken."""

THIRD_PERSONA: Final = {
    "firstname": "Dora",
    "lastname": "Drittfall",
    "dateOfBirth": "1992-01-17",
    "phone": "+493515550113",
    "email": "dora.drittfall@example.com",
}
"""The person who asks for a slot at the same time as the second."""

UNKNOWN_PERSONA: Final = {"firstname": "Quirinalda", "lastname": "Xantippowski"}
