"""A form's body of either kind, told apart by its content type."""

from collections.abc import Iterable

from emulator.forms.fields import MAX_FIELDS, Field, FormError, FormFile, check_charset
from emulator.forms.multipart import MULTIPART, boundary_of, read_multipart, write_multipart
from emulator.forms.urlencoded import URLENCODED, read_urlencoded, write_urlencoded


def media_type(content_type: str) -> str:
    """Return a content type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_form(content_type: str) -> bool:
    """Check whether a content type is one of the two that forms have."""
    return media_type(content_type) in {URLENCODED, MULTIPART}


def read_fields(content: bytes, content_type: str, max_fields: int = MAX_FIELDS) -> list[Field]:
    """Return the fields of a form body in their order; FormError for one that is not read."""
    kind = URLENCODED if content_type == URLENCODED else media_type(content_type)
    if kind == MULTIPART:
        return read_multipart(content, content_type, max_fields)
    if kind == URLENCODED:
        if content_type != URLENCODED:
            _, _, charset = content_type.lower().partition("charset=")
            check_charset(charset.partition(";")[0].strip().strip('"'))
        return read_urlencoded(content, max_fields)
    raise FormError("", f"must be {URLENCODED} or {MULTIPART}")


def write_fields(fields: Iterable[tuple[str, str | FormFile]], content_type: str) -> bytes:
    """Write fields as a body of this content type, whose boundary they do not contain."""
    if media_type(content_type) == MULTIPART:
        return write_multipart(fields, boundary_of(content_type))
    return write_urlencoded((name, value) for name, value in fields if isinstance(value, str))
