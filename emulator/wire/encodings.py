"""Unpacks compressed request bodies, within the limit for bodies."""

import zlib
from collections.abc import Callable
from typing import Any, Final

SUPPORTED: Final = "gzip, deflate"
GZIP: Final = zlib.MAX_WBITS | 16
MAX_CODINGS: Final = 4
"""A body that was compressed more often is refused."""


class CodingError(ValueError):
    """A compressed body that is not read; ``status`` is that of the response."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def unpack(content: bytes, encoding: str, limit: int) -> bytes:
    """Undo the codings of a ``Content-Encoding`` header, the last one first.

    CodingError 415 for a coding that is not supported, 413 for a body that grows over the limit,
    400 for one that is not what the header says.
    https://www.rfc-editor.org/rfc/rfc9110#section-8.4
    """
    codings = [coding.strip().lower() for coding in encoding.split(",") if coding.strip()]
    for coding in reversed(codings[-MAX_CODINGS - 1 :]):
        if coding == "identity":
            continue
        if coding not in _CODINGS or len(codings) > MAX_CODINGS:
            message = f"Content-Encoding {encoding[:60]!r} is not supported; send {SUPPORTED}"
            raise CodingError(415, message)
        try:
            content = _CODINGS[coding](content, limit)
        except zlib.error:
            problem = f"is not {coding}, as its Content-Encoding says"
            raise CodingError(400, problem) from None
    return content


def _gunzip(content: bytes, limit: int) -> bytes:
    unpacked: list[bytes] = []
    left = limit
    while content:
        part, content = _inflate(content, GZIP, left)
        unpacked.append(part)
        left -= len(part)
    return b"".join(unpacked)


def _undeflate(content: bytes, limit: int) -> bytes:
    """Unpack zlib's format, or the bare one that some clients send."""
    try:
        return _inflate(content, zlib.MAX_WBITS, limit)[0]
    except zlib.error:
        return _inflate(content, -zlib.MAX_WBITS, limit)[0]


def _inflate(content: bytes, window: int, limit: int) -> tuple[bytes, bytes]:
    """Return what a stream unpacks to, and the bytes after it."""
    stream: Any = zlib.decompressobj(window)
    unpacked: bytes = stream.decompress(content, limit + 1)
    if len(unpacked) > limit:
        message = f"the unpacked body is larger than {limit} bytes"
        raise CodingError(413, message)
    if not stream.eof:
        raise zlib.error("the stream is cut off")
    return unpacked, stream.unused_data


_CODINGS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
}
