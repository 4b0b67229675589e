"""What is emulated: the vendors' operations, and the numbers that choose an outcome."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import platforms_of
from emulator.domain.scenarios import MAGIC_NUMBERS, SCENARIOS
from emulator.kit.http import json_response
from emulator.kit.operation import Operation


async def list_operations(request: Request) -> Response:
    """List every operation of every vendor, with how we know of it."""
    return json_response(
        [
            {
                "platform": platform.name,
                "operation": operation.id,
                "method": operation.method,
                "path": operation.path,
                "summary": operation.summary,
                "note": operation.note,
                "docs": operation.docs,
                "basis": operation.basis,
            }
            for platform in platforms_of(request).values()
            for operation in platform.works.operations
        ]
    )


async def list_numbers(request: Request) -> Response:
    """List the magic numbers: the last digits of a callee's number that choose a scenario."""
    platforms = platforms_of(request)
    return json_response(
        [
            {
                "suffix": suffix,
                "scenario": name,
                "effect": {
                    platform.name: platform.works.effect(SCENARIOS[name])
                    for platform in platforms.values()
                },
            }
            for suffix, name in MAGIC_NUMBERS.items()
        ]
    )


platform_routes: Final = (
    Operation(method="GET", path="/operations", handler=list_operations),
    Operation(method="GET", path="/numbers", handler=list_numbers),
)
