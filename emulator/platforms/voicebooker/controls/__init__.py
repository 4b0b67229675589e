"""What the control API can do with the appointment book: ``/_emulator/voicebooker``."""

from typing import Final

from emulator.kit.operation import Operation
from emulator.platforms.voicebooker.controls.booking_lists import (
    BookingsQuery,
    ExportBookingsQuery,
    export_bookings,
    list_bookings,
)
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
from emulator.platforms.voicebooker.controls.requests import (
    BookQuery,
    CreateBooking,
    PutBusiness,
    UserFieldsRequest,
    UsersQuery,
)
from emulator.platforms.voicebooker.controls.users import (
    USER,
    change_user,
    create_user,
    get_user,
    list_users,
)
from emulator.platforms.voicebooker.schemas.book_entries import BookEntryView, UserView

controls: Final = (
    Operation(
        method="GET", path="/businesses", handler=list_businesses, gives=PutBusiness, many=True
    ),
    Operation(method="GET", path=BUSINESS, handler=get_business, gives=PutBusiness),
    Operation(
        method="PUT", path=BUSINESS, handler=put_business, takes=PutBusiness, gives=PutBusiness
    ),
    Operation(method="DELETE", path=BUSINESS, handler=delete_business, status=204),
    Operation(
        method="GET", path="/users", handler=list_users, query=UsersQuery, gives=UserView, many=True
    ),
    Operation(
        method="POST",
        path="/users",
        handler=create_user,
        takes=UserFieldsRequest,
        gives=UserView,
        status=201,
    ),
    Operation(method="GET", path=USER, handler=get_user, gives=UserView),
    Operation(
        method="PATCH", path=USER, handler=change_user, takes=UserFieldsRequest, gives=UserView
    ),
    Operation(method="GET", path="/book", handler=show_book, query=BookQuery),
    Operation(
        method="GET",
        path="/bookings",
        handler=list_bookings,
        query=BookingsQuery,
        gives=BookEntryView,
        many=True,
    ),
    Operation(
        method="POST",
        path="/bookings",
        handler=create_booking,
        takes=CreateBooking,
        gives=BookEntryView,
        status=201,
    ),
    Operation(
        method="GET",
        path="/bookings/export",
        handler=export_bookings,
        query=ExportBookingsQuery,
        gives_as="text/csv",
        also_gives_as="application/json",
    ),
    Operation(method="GET", path=BOOKING, handler=get_booking, gives=BookEntryView),
    Operation(method="DELETE", path=BOOKING, handler=delete_booking, gives=BookEntryView),
)
