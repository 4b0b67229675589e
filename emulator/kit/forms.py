"""Forms: read into a model like JSON, and written for callbacks.

asked = read_form(request, NewCall)
content, content_type = urlencoded({"CallSid": sid, "Legs": [{"Status": "completed"}]})
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from starlette.requests import Request

from emulator.forms.bodies import media_type, read_fields
from emulator.forms.fields import FormBody, FormError, FormFile
from emulator.forms.multipart import BOUNDARY, MULTIPART, write_apart
from emulator.forms.names import flattened
from emulator.forms.urlencoded import URLENCODED, read_single_texts, write_urlencoded
from emulator.forms.values import nested, single_names
from emulator.kit.errors import as_invalid, invalid
from emulator.kit.hints import hint_unknown_fields
from emulator.kit.http import content_of
from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic

__all__ = [
    "MULTIPART",
    "URLENCODED",
    "FormBody",
    "FormFile",
    "multipart",
    "read_form",
    "urlencoded",
]

Model = TypeVar("Model", bound="pydantic.BaseModel")
Fields = Mapping[str, Any] | Iterable[tuple[str, Any]]
"""Fields by name, or in pairs where names repeat; values may be lists and objects."""


KINDS: Final = (URLENCODED, MULTIPART)


def read_form(request: Request, model: type[Model], *kinds: str) -> Model:
    """Read a form of one of these content types, or of either; ApiError 400 names what is wrong.

    A field must be given once unless the model has a list for it. ``Legs[0][Status]`` and
    ``Events[]`` are read into lists and objects. An empty body of no type has no fields.
    """
    content, content_type = content_of(request), _content_type(request)
    kinds = kinds or KINDS
    if not content and not content_type and URLENCODED in kinds:
        content_type = URLENCODED
    if content_type not in kinds and media_type(content_type) not in kinds:
        raise invalid(("the body", f"must be {' or '.join(kinds)}"))
    value: dict[str, Any] | None = None
    if content_type == URLENCODED:
        value = read_single_texts(content, single_names(model))
    is_plain = value is not None
    if value is None:
        try:
            value = nested(read_fields(content, content_type), model)
        except FormError as error:
            raise invalid((error.field or "the body", error.reason)) from None
    try:
        found: Model = model.__pydantic_validator__.validate_python(value)  # every form does this
    except pydantic.ValidationError as error:
        raise as_invalid(error) from None
    if not is_plain:
        hint_unknown_fields(request, value, model)
    return found


def _content_type(request: Request) -> str:
    """Return the content type, without an index of all headers."""
    for name, value in request.scope["headers"]:
        if name == b"content-type":
            text: str = value.decode("latin-1")
            return text
    return ""


def urlencoded(fields: Fields) -> FormBody:
    """Write an urlencoded body and its content type."""
    return FormBody(write_urlencoded(flattened(fields)), URLENCODED)


def multipart(fields: Fields, boundary: str = BOUNDARY) -> FormBody:
    """Write a multipart body and its content type; the same fields give the same bytes."""
    content, boundary = write_apart([*flattened(fields)], boundary)
    return FormBody(content, f"{MULTIPART}; boundary={boundary}")
