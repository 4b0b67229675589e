"""The part of a file that a request asks for: https://www.rfc-editor.org/rfc/rfc9110#section-14."""

import re
from typing import Final

from emulator.kit.errors import ApiError

_ONE_RANGE: Final = re.compile(r"\s*bytes\s*=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


def asked_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return where the part begins and ends; None for the whole file, as for several parts.

    ApiError 416 for a part that begins after the end.
    """
    found = _ONE_RANGE.fullmatch(header or "")
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        start, stop = max(size - int(found[2]), 0), size
    else:
        start, stop = int(found[1]), min(int(found[2] or size) + 1, size)
        if found[2] and int(found[2]) < start:
            return None
    if start >= stop:
        message = f"the file has {size} bytes: no such range"
        headers = {"Content-Range": f"bytes */{size}"}
        raise ApiError(416, "range_not_satisfiable", message, headers=headers)
    return start, stop
