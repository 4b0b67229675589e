"""The fields of a form, and what is wrong with a form that cannot be read."""

from typing import Final, NamedTuple

MAX_FIELDS: Final = 1000
MAX_SHOWN_CHARACTERS: Final = 60
"""Characters of a field's name that an error shows."""


class FormError(ValueError):
    """A form that is not read: the name of the field ("" for the whole body), and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field or 'the body'} {reason}")
        self.field = field[:MAX_SHOWN_CHARACTERS]
        self.reason = reason


class FormFile(NamedTuple):
    """A part of a multipart form that is a file."""

    filename: str
    content: bytes
    content_type: str = ""


class Field(NamedTuple):
    """A field as it stands in a form; several may have the same name."""

    name: str
    value: str | FormFile


class FormBody(NamedTuple):
    """A form as bytes, and the content type to send it with."""

    content: bytes
    content_type: str


def as_text(raw: bytes, field: str = "") -> str:
    """Decode UTF-8; FormError for anything else."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise FormError(field, "must be text in UTF-8") from None


def too_many(max_fields: int) -> FormError:
    """Refuse a form for the number of its fields."""
    return FormError("", f"has more than {max_fields} fields")


def check_charset(charset: str) -> None:
    """Refuse a form that says to be in another encoding than UTF-8."""
    if charset.lower() not in {"", "utf-8", "utf8", "us-ascii"}:
        raise FormError("", f"must be text in UTF-8, not {charset[:MAX_SHOWN_CHARACTERS]}")
