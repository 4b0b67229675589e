"""Phone numbers: one number in its several spellings, an account's ExoPhones, and metadata.

https://developer.exotel.com/docs/voice-v1/api-reference/number-metadata
"""

from functools import lru_cache
from hashlib import blake2b
from re import fullmatch
from typing import Final

NUMBER_PATTERN: Final = (
    r"^(\+?[0-9]{7,15}|sips?:[^\x00-\x20\x7f-\xa0@<>]{1,64}@[^\x00-\x20\x7f-\xa0@<>]{1,255})$"
)
"""E.164, the national form with 0, or a SIP address, in any dialect of patterns the same."""
NATIONAL_DIGITS: Final = 10
COUNTRY: Final = "91"

CIRCLES: Final = {
    "AP": "Andhra Pradesh",
    "AS": "Assam",
    "BR": "Bihar and Jharkhand",
    "CH": "Chennai",
    "DL": "Delhi",
    "GJ": "Gujarat",
    "HP": "Himachal Pradesh",
    "HR": "Haryana",
    "JK": "Jammu and Kashmir",
    "KA": "Karnataka",
    "KL": "Kerala",
    "KO": "Kolkata",
    "MH": "Maharashtra and Goa",
    "MP": "Madhya Pradesh and Chhattisgarh",
    "MU": "Mumbai",
    "NE": "North East",
    "OR": "Orissa",
    "PB": "Punjab",
    "RJ": "Rajasthan",
    "TN": "Tamil Nadu",
    "UE": "Uttar Pradesh (East) and Uttarakhand",
    "UW": "Uttar Pradesh (West)",
    "WB": "West Bengal",
}
OPERATORS: Final = {"A": "Airtel", "B": "BSNL", "R": "Reliance", "T": "Tata", "V": "Vodafone"}
"""Those that both pages have alike."""
DND: Final = ("Yes", "No", "Unavailable")


def is_number(value: str) -> bool:
    """Return whether a text is a phone number, in any spelling."""
    return fullmatch(NUMBER_PATTERN, value) is not None


@lru_cache(maxsize=65_536)
def digits_of(number: str) -> str:
    """Return what is equal for all spellings of a number: +91..., 91..., 0... and ten digits."""
    digits = number.lstrip("+ ")
    if not digits.isdigit():
        return number
    if digits.startswith("0") and len(digits) == NATIONAL_DIGITS + 1:
        return COUNTRY + digits[1:]
    return COUNTRY + digits if len(digits) == NATIONAL_DIGITS else digits


@lru_cache(maxsize=65_536)
def e164(number: str) -> str:
    """Return a number in E.164; a SIP address as it is."""
    digits = digits_of(number)
    return f"+{digits}" if digits.isdigit() else number


@lru_cache(maxsize=1024)
def exophones_of(account_id: str) -> tuple[str, ...]:
    """Return the two ExoPhones that an account has if none were set."""
    drawn = _drawn(account_id) % 10**5
    return tuple(f"08047{drawn:05}{line}" for line in (0, 1))


def metadata_of(number: str) -> dict[str, str]:
    """Return what is made up of a number: always the same."""
    digits = digits_of(number)
    drawn = _drawn(digits)
    circle = list(CIRCLES)[drawn % len(CIRCLES)]
    operator = list(OPERATORS)[drawn // 23 % len(OPERATORS)]
    is_mobile = fullmatch(COUNTRY + "[6-9][0-9]{9}", digits) is not None
    return {
        "PhoneNumber": number,
        "Circle": circle,
        "CircleName": f"{CIRCLES[circle]} Telecom Circle",
        "Type": "Mobile" if is_mobile else "Landline",
        "Operator": operator,
        "OperatorName": OPERATORS[operator],
        "DND": DND[drawn // 115 % len(DND)],
    }


def _drawn(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest())
