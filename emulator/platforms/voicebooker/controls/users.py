"""The users of the book, in the control API."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import invalid
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import world_of
from emulator.platforms.voicebooker.book.appointments import add_user
from emulator.platforms.voicebooker.book.serializers import serialize_user
from emulator.platforms.voicebooker.controls.bookings import book_of
from emulator.platforms.voicebooker.controls.serializers import serialize_book_entry

with on_first_use():
    from emulator.platforms.voicebooker.schemas import controls as control_schemas


async def list_users(request: Request) -> Response:
    """List the users, newest first."""
    query = read_query(request, control_schemas.UsersQuery)
    users = book_of(request).people.listed
    page = users.page(query.offset, query.limit)
    count = {"X-Total-Count": str(len(users))}
    return json_response([serialize_user(each) for each in page], headers=count)


async def create_user(request: Request) -> Response:
    """Create a user."""
    fields = _fields(read_body(request, control_schemas.UserFieldsRequest))
    user = add_user(world_of(request), book_of(request), fields)
    return json_response(serialize_user(user), 201)


async def get_user(request: Request) -> Response:
    """Show a user with all bookings, including cancelled ones."""
    book = book_of(request)
    user = book.people.users.get(request.path_params["user_id"])
    bookings = [serialize_book_entry(book, each) for each in book.of_user(user.id)]
    return json_response(serialize_user(user) | {"bookings": bookings})


async def change_user(request: Request) -> Response:
    """Update a user; null removes a field."""
    book = book_of(request)
    user = book.people.users.get(request.path_params["user_id"])
    book.people.change(
        user, _fields(read_body(request, control_schemas.UserFieldsRequest), changes=True)
    )
    return json_response(serialize_user(user))


def _fields(asked: "control_schemas.UserFieldsRequest", *, changes: bool = False) -> dict[str, Any]:
    if "id" in asked.fields:
        raise invalid(("fields.id", "cannot be set"))
    if changes:
        return asked.fields
    return {name: value for name, value in asked.fields.items() if value is not None}


USER: Final = "/users/{user_id}"
