"""A list as a file, CSV or JSON, sent as it is written."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.kit.json import to_json
from emulator.kit.turns import turns

Format = Literal["csv", "json"]

CHUNK_BYTES: Final = 1 << 16
FORMULA: Final = re.compile(r"[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would calculate."""
NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


class ExportResponse(Response):
    """A file that is written while it is sent; other requests have their turn meanwhile."""

    def __init__(self, pieces: Iterable[bytes], name: str, form: Format) -> None:
        """``name``: that of the file, without its ending."""
        headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
        media_type = "text/csv; charset=utf-8" if form == "csv" else "application/json"
        super().__init__(None, 200, headers, media_type)
        del self.headers["content-length"]
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # as ASGI has it
        """Send the file in chunks."""
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        waiting: list[bytes] = []
        size = 0
        async for piece in turns(self._pieces):
            waiting.append(piece)
            size += len(piece)
            if size >= CHUNK_BYTES:
                body = b"".join(waiting)
                await send({"type": "http.response.body", "body": body, "more_body": True})
                waiting, size = [], 0
        await send({"type": "http.response.body", "body": b"".join(waiting)})


def export(
    name: str,
    form: Format,
    records: Iterable[Mapping[str, Any] | None],
    columns: Sequence[str],
) -> ExportResponse:
    """Return records as a file; None stands for one that is left out, so that others have a turn.

    A CSV file has these columns: fields of the records, with dots for those of a part.
    """
    pieces = csv_pieces(records, columns) if form == "csv" else json_pieces(records)
    return ExportResponse(pieces, name, form)


def json_pieces(records: Iterable[Mapping[str, Any] | None]) -> Iterator[bytes]:
    """Write a JSON list, one record a line."""
    before = b"[\n"
    for record in records:
        if record is None:
            yield b""
        else:
            yield before + to_json(record)
            before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


class _Line:
    """A file of one line, as the writer of the standard library wants one."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text


def csv_pieces(
    records: Iterable[Mapping[str, Any] | None], columns: Sequence[str]
) -> Iterator[bytes]:
    """Write a header row and a row for each record, as RFC 4180 has it."""
    line = _Line()
    writer = csv.writer(line)
    writer.writerow(columns)
    yield line.text.encode()
    for record in records:
        if record is None:
            yield b""
            continue
        writer.writerow([cell(_field(record, column)) for column in columns])
        yield line.text.encode()


def _field(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = record.get(name) if isinstance(record, Mapping) else None
    return record


def cell(value: Any) -> str:
    """Write a value so that no spreadsheet takes a text for a formula: with an apostrophe first.

    Numbers, and phone numbers with their plus, stay as they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else to_json(value).decode().strip('"')
    text = text.replace("\x00", "")
    if FORMULA.match(text) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text
