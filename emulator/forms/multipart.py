"""Bodies of the content type ``multipart/form-data``.

https://www.rfc-editor.org/rfc/rfc7578
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from emulator.forms.fields import Field, FormError, FormFile, as_text, check_charset, too_many

MULTIPART: Final = "multipart/form-data"
BOUNDARY: Final = "voicebot-emulator-form"
_ESCAPES: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
"""How browsers write what may not stand in a name."""


class _Parts:
    """Collects the parts of a form as the parser finds them."""

    def __init__(self, max_fields: int) -> None:
        self.fields: list[Field] = []
        self.is_whole = False
        self._max_fields = max_fields
        self._header = [b"", b""]
        self._headers: dict[bytes, bytes] = {}
        self._content: list[bytes] = []

    def on_part_begin(self) -> None:
        if len(self.fields) == self._max_fields:
            raise too_many(self._max_fields)
        self._headers = {}
        self._content = []

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def on_header_end(self) -> None:
        name, value = self._header
        self._headers[name.lower()] = value
        self._header = [b"", b""]

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def on_part_end(self) -> None:
        from python_multipart.multipart import parse_options_header  # noqa: PLC0415  # see below

        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"name" not in options:
            raise FormError("", "has a part without a name")
        name = as_text(options[b"name"])
        content = b"".join(self._content)
        if b"filename" not in options:
            self.fields.append(Field(name, as_text(content, name)))
            return
        kind = as_text(self._headers.get(b"content-type", b""), name)
        file = FormFile(as_text(options[b"filename"], name), content, kind)
        self.fields.append(Field(name, file))

    def on_end(self) -> None:
        self.is_whole = True


def boundary_of(content_type: str) -> str:
    """Return what separates the parts; FormError if the content type does not say."""
    from python_multipart.multipart import parse_options_header  # noqa: PLC0415  # start-up time

    _, options = parse_options_header(content_type)
    check_charset(options.get(b"charset", b"").decode("latin-1"))
    if not options.get(b"boundary"):
        raise FormError("", "is not a multipart form: its content type has no boundary")
    return options[b"boundary"].decode("latin-1")


def read_multipart(content: bytes, content_type: str, max_fields: int) -> list[Field]:
    """Return the parts in their order; FormError for bad UTF-8, bad syntax or too many."""
    from python_multipart.exceptions import FormParserError  # noqa: PLC0415  # start-up time
    from python_multipart.multipart import MultipartParser  # noqa: PLC0415  # start-up time

    boundary = boundary_of(content_type)
    if not content:
        return []
    parts = _Parts(max_fields)
    names = ("part_begin", "header_field", "header_value", "header_end", "part_data", "part_end")
    callbacks = {f"on_{name}": getattr(parts, f"on_{name}") for name in (*names, "end")}
    try:
        parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]  # a TypedDict
        parser.write(content)
        parser.finalize()
    except FormParserError as error:
        raise FormError("", f"is not a multipart form: {error}") from None
    if not parts.is_whole:
        raise FormError("", "is not a whole multipart form: its last boundary is missing")
    return parts.fields


def write_multipart(fields: Iterable[tuple[str, str | FormFile]], boundary: str) -> bytes:
    """Write fields in their order between lines of this boundary."""
    separator = f"--{boundary}\r\n".encode()
    parts: list[bytes] = []
    for name, value in fields:
        if isinstance(value, str):
            parts += separator, _head(name), value.encode(), b"\r\n"
        else:
            parts += separator, _head_of_file(name, value), value.content, b"\r\n"
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts)


def write_apart(fields: Sequence[tuple[str, str | FormFile]], boundary: str) -> tuple[bytes, str]:
    """Write fields; return the boundary, too, which is lengthened until no field has it."""
    while True:
        content = write_multipart(fields, boundary)
        if content.count(f"--{boundary}".encode()) == len(fields) + 1:
            return content, boundary
        boundary += "-"


@lru_cache(maxsize=1024)
def _head(name: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name.translate(_ESCAPES)}"\r\n\r\n'.encode()


def _head_of_file(name: str, file: FormFile) -> bytes:
    filename = file.filename.translate(_ESCAPES)
    head = _head(name).decode().removesuffix("\r\n\r\n") + f'; filename="{filename}"'
    if file.content_type:
        head += f"\r\nContent-Type: {file.content_type}"
    return f"{head}\r\n\r\n".encode()
