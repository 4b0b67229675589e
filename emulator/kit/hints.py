"""Hints: what the emulator says about a request besides the vendor's own response.

They are in the header ``X-Emulator-Hint`` and in the history; the response's body has none.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from starlette.requests import Request
from starlette.types import Scope

from emulator.kit.unknown_fields import unknown_fields
from emulator.kit.world import World
from emulator.lazy_imports import on_first_use

with on_first_use():
    import pydantic

HINT: Final = "X-Emulator-Hint"
"""The header of a response that has hints."""
HINTS: Final = "emulator.hints"
"""Where the hints of a request are in its ASGI scope."""
MAX_TARGET_CHARACTERS: Final = 200
_MANY_SLASHES: Final = re.compile("/{2,}")
_UNKNOWN: Final = re.compile(r'unknown field "(?P<name>[^"]*)"')
_LIKE_AN_ENDPOINT: Final = re.compile("url|hook|call_?back|endpoint", re.IGNORECASE)
"""Names of fields that somewhere else have the address of callbacks."""


def add_hint(request: Request, text: str) -> None:
    """Add a hint to the response of a request, and to its entry in the history."""
    request.scope.setdefault(HINTS, []).append(text)


def hint_unknown_fields(request: Request, value: Any, model: "type[pydantic.BaseModel]") -> None:
    """Say which fields of what was read are ignored, as no page has them."""
    for each in unknown_fields(value, model):
        add_hint(request, each.text)


def hints_of(scope: Scope) -> tuple[str, ...]:
    """Return the hints of a request."""
    hints = scope.get(HINTS)
    return () if hints is None else tuple(hints)


def header_text(hints: tuple[str, ...]) -> str:
    """Write hints into a header, which has ASCII alone and one line."""
    shown = "".join(each if each.isprintable() else " " for each in "; ".join(hints))
    return shown.encode("ascii", "backslashreplace").decode()


def slash_hint(target: str) -> str | None:
    """Say how a path with a doubled slash, or one at its end, is written; None without."""
    path = target.partition("?")[0]
    single = _MANY_SLASHES.sub("/", path)
    if single != path:
        return f"the path has a doubled slash: write {single[:MAX_TARGET_CHARACTERS]}"
    if path.endswith("/") and path != "/":
        return f"the path ends with a slash: write {path[:-1][:MAX_TARGET_CHARACTERS]}"
    return None


def misspelt_field(world: World, platform: str, field: str, *ids: str) -> Iterator[str]:
    """Say which requests about these ids had an unknown field that may have meant this one."""
    names = [each.encode() for each in ids]
    for number, exchange in world.history.hinted():
        if exchange.platform != platform or not any(
            name in exchange.answer or name in exchange.content or name.decode() in exchange.target
            for name in names
        ):
            continue
        for hint in exchange.hints:
            found = _UNKNOWN.match(hint)
            if found and (f'"{field}"' in hint or _LIKE_AN_ENDPOINT.search(found["name"])):
                yield f"{exchange.operation} [history {number}]: the {hint}"
