"""What is emulated: the vendors' operations, their documents, and the magic numbers."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import platforms_of
from emulator.domain.errors import UnknownError
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
            for operation in platform.hooks.operations
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
                    platform.name: platform.hooks.effect(SCENARIOS[name])
                    for platform in platforms.values()
                },
            }
            for suffix, name in MAGIC_NUMBERS.items()
        ]
    )


async def get_document(request: Request) -> Response:
    """Show the OpenAPI document of a vendor."""
    from emulator.openapi.document import document_text  # noqa: PLC0415  # loads every schema

    name = request.path_params["document"]
    platform = platforms_of(request).get(name.removesuffix(".json"))
    if platform is None or not name.endswith(".json"):
        raise UnknownError("document", name)
    return Response(document_text(platform), media_type="application/json")


async def get_docs(_: Request) -> Response:
    """Show the page that reads the OpenAPI documents."""
    return _page("index.html")


async def get_docs_part(request: Request) -> Response:
    """Show what the page is made of."""
    return _page(request.path_params["part"])


def _page(name: str) -> Response:
    from emulator.openapi.page import POLICY, page_part  # noqa: PLC0415  # rarely looked at

    found = page_part(name)
    if found is None:
        raise UnknownError("page", name)
    content, media_type = found
    return Response(content, media_type=media_type, headers=POLICY)


platform_routes: Final = (
    Operation(method="GET", path="/operations", handler=list_operations),
    Operation(method="GET", path="/numbers", handler=list_numbers),
    Operation(method="GET", path="/openapi/{document}", handler=get_document),
    Operation(method="GET", path="/docs", handler=get_docs),
    Operation(method="GET", path="/docs/{part}", handler=get_docs_part),
)
