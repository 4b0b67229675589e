"""The businesses and their book by day, in the control API."""

import re
from datetime import date, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import invalid
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.pieces_response import PiecesResponse, with_commas
from emulator.kit.turns import in_turns
from emulator.kit.world import world_of
from emulator.platforms.voicebooker.book.businesses import Business
from emulator.platforms.voicebooker.controls.bookings import book_of
from emulator.platforms.voicebooker.controls.serializers import serialize_business, serialize_day
from emulator.platforms.voicebooker.state import numbers_of

with on_first_use():
    from emulator.platforms.voicebooker.schemas import controls as control_schemas


async def list_businesses(request: Request) -> Response:
    """List the businesses."""
    return json_response([serialize_business(each) for each in book_of(request).businesses])


async def get_business(request: Request) -> Response:
    """Show a business with its hours, agents, products and appointment types."""
    return json_response(serialize_business(_business(request)))


async def put_business(request: Request) -> Response:
    """Create or replace a business; its bookings are kept."""
    key = request.path_params["business_id"]
    if not re.fullmatch(control_schemas.KEY_PATTERN, key):
        raise invalid(("business_id", "must be letters, digits, dots, dashes and underscores"))
    asked = read_body(request, control_schemas.PutBusiness)
    if asked.id not in {None, key}:
        raise invalid(("id", "is not the id in the path"))
    is_new = key not in book_of(request).businesses
    book_of(request).put(asked.business(key))
    return json_response(serialize_business(_business(request)), 201 if is_new else 200)


async def delete_business(request: Request) -> Response:
    """Delete a business that has no bookings."""
    book_of(request).remove(request.path_params["business_id"])
    return Response(status_code=204)


async def show_book(request: Request) -> Response:
    """Show the appointment book by day: opening hours, bookings and free times."""
    world, book = world_of(request), book_of(request)
    query = read_query(request, control_schemas.BookQuery)
    business_id = query.business_id or next(iter(book.businesses.by_id), "")
    business = book.businesses.get(business_id)
    first = date.fromisoformat(query.day or business.day_of(world.clock.now()))
    days = [first + timedelta(days=each) for each in range(query.days)]
    written = (to_json(serialize_day(world, book, business, each)) for each in days)
    head = {
        "business_id": business.id,
        "business": business.name,
        "timezone": business.timezone,
        "sip_ids": numbers_of(world, business),
    }
    start = to_json(head)[:-1] + b',"days":['
    days_shown = await in_turns(with_commas(written))
    return PiecesResponse([start, *days_shown, b"]}"], "application/json")


def _business(request: Request) -> Business:
    return book_of(request).businesses.get(request.path_params["business_id"])


BUSINESS: Final = "/businesses/{business_id}"
