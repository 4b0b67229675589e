"""The operations on phone numbers.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.routes.envelope import success, success_page
from emulator.platforms.bimpe.routes.paths import API_DOCS, ROOT
from emulator.platforms.bimpe.serializers.numbers import (
    serialize_number,
    serialize_number_request,
    summarize_number,
)
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team import numbers

with on_first_use():
    from emulator.platforms.bimpe.schemas import numbers as number_schemas


async def list_numbers(request: Request) -> Response:
    """List the team's phone numbers."""
    query = read_query(request, number_schemas.PhoneNumbersQuery)
    found, total = state_of(world_of(request)).number_list.page(query)
    return success_page(query, total, [summarize_number(each) for each in found])


async def get_number(request: Request) -> Response:
    """Get a phone number."""
    records = state_of(world_of(request)).numbers
    return success(serialize_number(records.get(request.path_params["phoneNumberId"])))


async def update_number(request: Request) -> Response:
    """Link a phone number to an agent, unlink it, or label it."""
    world = world_of(request)
    number = state_of(world).numbers.get(request.path_params["phoneNumberId"])
    numbers.update(world, number, read_body(request, number_schemas.UpdatePhoneNumber))
    return success(serialize_number(number))


async def list_number_requests(request: Request) -> Response:
    """List the team's requests for phone numbers."""
    query = read_query(request, number_schemas.NumberRequestsQuery)
    found, total = state_of(world_of(request)).request_list.page(query)
    return success_page(query, total, [serialize_number_request(each) for each in found])


async def create_number_request(request: Request) -> Response:
    """Request a phone number; the response has no data."""
    numbers.request(world_of(request), read_body(request, number_schemas.RequestPhoneNumber))
    return success(None, 201)


NUMBERS: Final = f"{ROOT}/phone-numbers"
NUMBER: Final = f"{NUMBERS}/{{phoneNumberId}}"

operations: Final = (
    Operation(
        method="GET",
        path=NUMBERS,
        handler=list_numbers,
        docs=API_DOCS,
        query=lambda: number_schemas.PhoneNumbersQuery,
        gives=lambda: number_schemas.PhoneNumberResource,
    ),
    Operation(
        method="GET",
        path=f"{NUMBERS}/request",
        handler=list_number_requests,
        docs=API_DOCS,
        query=lambda: number_schemas.NumberRequestsQuery,
        gives=lambda: number_schemas.NumberRequestResource,
    ),
    Operation(
        method="POST",
        path=f"{NUMBERS}/request",
        handler=create_number_request,
        docs=API_DOCS,
        takes=lambda: number_schemas.RequestPhoneNumber,
        status=201,
    ),
    Operation(
        method="GET",
        path=NUMBER,
        handler=get_number,
        docs=API_DOCS,
        gives=lambda: number_schemas.PhoneNumberDetailsResource,
    ),
    Operation(
        method="PATCH",
        path=NUMBER,
        handler=update_number,
        docs=API_DOCS,
        takes=lambda: number_schemas.UpdatePhoneNumber,
        gives=lambda: number_schemas.PhoneNumberDetailsResource,
    ),
)
