"""The JSON Schema of seed files, for editors."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import platforms_of
from emulator.kit.http import json_response
from emulator.kit.operation import Operation


async def get_seed_schema(request: Request) -> Response:
    """Get the JSON Schema of seed files, for editors."""
    from emulator.control.seed_file.schema import json_schema  # noqa: PLC0415  # start-up time

    return json_response(json_schema(platforms_of(request)))


seed_schema_routes: Final = (
    Operation(method="GET", path="/seed-file.schema.json", handler=get_seed_schema),
)
