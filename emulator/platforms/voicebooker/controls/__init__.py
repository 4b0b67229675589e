"""What the control API can do with the appointment book: ``/_emulator/voicebooker``."""

from typing import Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.platforms.voicebooker.controls.booking_lists import export_bookings, list_bookings
from emulator.platforms.voicebooker.controls.bookings import (
    BOOKING,
    create_booking,
    delete_booking,
    get_booking,
)
from emulator.platforms.voicebooker.controls.businesses import (
    BUSINESS,
    delete_business,
    get_business,
    list_businesses,
    put_business,
    show_book,
)
from emulator.platforms.voicebooker.controls.users import (
    USER,
    change_user,
    create_user,
    get_user,
    list_users,
)

with on_first_use():
    from emulator.platforms.voicebooker.schemas import book_entries, controls as control_schemas

controls: Final = (
    Operation(
        method="GET",
        path="/businesses",
        handler=list_businesses,
        gives=lambda: control_schemas.PutBusiness,
        many=True,
    ),
    Operation(
        method="GET", path=BUSINESS, handler=get_business, gives=lambda: control_schemas.PutBusiness
    ),
    Operation(
        method="PUT",
        path=BUSINESS,
        handler=put_business,
        takes=lambda: control_schemas.PutBusiness,
        gives=lambda: control_schemas.PutBusiness,
    ),
    Operation(method="DELETE", path=BUSINESS, handler=delete_business, status=204),
    Operation(
        method="GET",
        path="/users",
        handler=list_users,
        query=lambda: control_schemas.UsersQuery,
        gives=lambda: book_entries.UserView,
        many=True,
    ),
    Operation(
        method="POST",
        path="/users",
        handler=create_user,
        takes=lambda: control_schemas.UserFieldsRequest,
        gives=lambda: book_entries.UserView,
        status=201,
    ),
    Operation(method="GET", path=USER, handler=get_user, gives=lambda: book_entries.UserView),
    Operation(
        method="PATCH",
        path=USER,
        handler=change_user,
        takes=lambda: control_schemas.UserFieldsRequest,
        gives=lambda: book_entries.UserView,
    ),
    Operation(
        method="GET", path="/book", handler=show_book, query=lambda: control_schemas.BookQuery
    ),
    Operation(
        method="GET",
        path="/bookings",
        handler=list_bookings,
        query=lambda: control_schemas.BookingsQuery,
        gives=lambda: book_entries.BookEntryView,
        many=True,
    ),
    Operation(
        method="POST",
        path="/bookings",
        handler=create_booking,
        takes=lambda: control_schemas.CreateBooking,
        gives=lambda: book_entries.BookEntryView,
        status=201,
    ),
    Operation(
        method="GET",
        path="/bookings/export",
        handler=export_bookings,
        query=lambda: control_schemas.ExportBookingsQuery,
        gives_as="text/csv",
        also_gives_as="application/json",
    ),
    Operation(
        method="GET", path=BOOKING, handler=get_booking, gives=lambda: book_entries.BookEntryView
    ),
    Operation(
        method="DELETE",
        path=BOOKING,
        handler=delete_booking,
        gives=lambda: book_entries.BookEntryView,
    ),
)
