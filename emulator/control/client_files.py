"""The client for tests written in JavaScript, with its types: files of the package."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.operation import Operation

CLIENT: Final = Path(__file__).with_name("client") / "client.mjs"
TYPES: Final = CLIENT.with_name("client.d.mts")


async def get_client(_: Request) -> Response:
    """Get the JavaScript client for tests: a module without dependencies."""
    return Response(CLIENT.read_bytes(), media_type="text/javascript")


async def get_client_types(_: Request) -> Response:
    """Get the TypeScript types of the JavaScript client."""
    return Response(TYPES.read_bytes(), media_type="text/plain")


client_routes: Final = (
    Operation(method="GET", path="/client.mjs", handler=get_client, gives_as="text/javascript"),
    Operation(method="GET", path="/client.d.mts", handler=get_client_types, gives_as="text/plain"),
)
