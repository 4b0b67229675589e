"""The OpenAPI document of the control API itself, from its routes."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, Final

from emulator.control.inbox_endpoint import take_message
from emulator.control.reference import PREFIX, reference_of
from emulator.control.routes import all_routes
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.openapi.apis import Api
from emulator.openapi.document import describe, text_of

DESCRIPTION: Final = (
    "For programs in any language; the dashboard, the command line and the pytest plugin use it"
    " too. The header `X-Emulator-World` selects the world; without it, requests act on the world"
    " `default`. Errors are problem details (RFC 9457), with a `hint` that says what to do next."
    " Lists take `limit` and `offset`, or `cursor`, which continues after the page that had it in"
    " `X-Next-Cursor`; the header `X-Total-Count` has the number of matches."
    " Generated from the routes that serve the requests."
)
TAKE_MESSAGE: Final = Operation(
    method="POST", path="/inbox/{world}/{name}", handler=take_message, note="any method is accepted"
)
"""It is served before the routes, for every method."""


@cache
def control_text(platforms: tuple[Platform, ...], public_path: str = "") -> bytes:
    """Return the document as JSON; ``public_path`` comes before the emulator's paths."""
    return text_of(control_document(platforms), public_path)


def control_document(platforms: Iterable[Platform]) -> dict[str, Any]:
    """Return the document of a server with these vendors."""
    vendors = {each.name: each for each in platforms}
    routes = (*all_routes(vendors.values()), TAKE_MESSAGE)
    whole = describe(
        Api(
            title="Control API of the voicebot emulator",
            summary="Worlds, their clocks, calls, callbacks, faults and histories.",
            description=DESCRIPTION,
            operations=tuple(replace(each, path=f"{PREFIX}{each.path}") for each in routes),
            reference=reference_of(vendors),
            security={"token": {"type": "apiKey", "in": "header", "name": "X-Emulator-Token"}},
            servers=({"url": "/", "description": "this emulator"},),
            has_basis=False,
        )
    )
    choices = {"enum": sorted(vendors)}
    whole["components"]["schemas"]["FirstCallRequest"]["properties"]["platform"] |= choices
    for parameter in whole["paths"][f"{PREFIX}/bots"]["get"]["parameters"]:
        if parameter["name"] == "platform":
            parameter["schema"] |= choices
    return whole
