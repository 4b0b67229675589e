"""Types of fields that several vendors have."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from emulator.forms.fields import FormFile
from emulator.kit.constraints import constraint
from emulator.kit.patterns import PHONE, RESERVED_HEADERS, http_url
from emulator.wire import whole_numbers

NOT_BLANK: Final = constraint(pattern=r"\S")
URL_PATTERN: Final = (
    r"^https?://[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(:[1-9][0-9]{0,3})?([/?#][!-~]*)?$"
)
"""A pattern that accepted URLs have; others may be accepted too."""
URL: Final = constraint(pattern=URL_PATTERN)
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            too_large = value.isascii() and value.lstrip("+-").isdigit()
            raise ValueError("is too large" if too_large else "must be a whole number")
        return int(value)
    return value


Whole = Annotated[int, BeforeValidator(_whole), constraint(maximum=10**18 - 1)]
"""A whole number written in a query."""


WHOLE_NUMBER: Final = whole_numbers.WHOLE_NUMBER
"""Reads 5.0 as 5, for fields that take nothing else than an integer."""
Delay = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
"""Seconds, of at most a day."""
Integer = Annotated[int, WHOLE_NUMBER]
"""A whole number in a body: JSON does not tell 5 from 5.0."""


def _number(value: Any) -> Any:
    return f"+{value[1:]}" if isinstance(value, str) and value.startswith(" ") else value


PhoneQuery = Annotated[str, BeforeValidator(_number)]
"""A phone number in a query, where an unencoded ``+`` arrives as a space."""
PhoneNumber = Annotated[str, Field(pattern=PHONE), BeforeValidator(_number)]
"""A phone number in a form, where an unencoded ``+`` arrives as a space too."""


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


Text = Annotated[str, AfterValidator(_not_blank), NOT_BLANK]
"""A string that is not blank."""


HttpUrl = Annotated[str, Field(max_length=2048), AfterValidator(http_url), URL]
"""A URL that can be called."""


def _not_reserved(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if name.lower() in RESERVED_HEADERS:
            raise ValueError(f"may not set {name}")
    return value


HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
HeaderValue = Annotated[str, Field(pattern=r"^[!-~]([ -~]{0,4094}[!-~])?$")]
SentHeaders = Annotated[dict[HeaderName, HeaderValue], AfterValidator(_not_reserved)]
"""Headers that the user adds to callbacks."""


def _file(value: Any) -> FormFile:
    return value if isinstance(value, FormFile) else FormFile("", str(value).encode())


UploadedFile = Annotated[
    FormFile, PlainValidator(_file), WithJsonSchema({"type": "string", "format": "binary"})
]
"""A file of a multipart form; a text is a file without a name."""
