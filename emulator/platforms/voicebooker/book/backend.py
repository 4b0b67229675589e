"""The reference backend: what an integrator's webhook would do, over the world's own book.

The actions and their fields are the page's; the answers, where it shows none, and all errors
are ours. https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate, islice
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from emulator.domain.errors import UnknownError
from emulator.kit.errors import ApiError, as_invalid, invalid
from emulator.kit.json import JsonError, read_json, to_json
from emulator.kit.world import World
from emulator.platforms.voicebooker import schemas
from emulator.platforms.voicebooker.book.booking import book_slot, cancel_booking, move_booking
from emulator.platforms.voicebooker.book.bookings import Book, Booking
from emulator.platforms.voicebooker.book.businesses import AppointmentType, Business, zone_of
from emulator.platforms.voicebooker.book.people import canonical, known, plain
from emulator.platforms.voicebooker.book.showing import (
    shown_agent,
    shown_booking,
    shown_product,
    shown_slot,
    shown_type,
    shown_user,
)
from emulator.platforms.voicebooker.book.slots import read_slot
from emulator.platforms.voicebooker.schemas import Action, WebhookRequest
from emulator.platforms.voicebooker.state import business_called, state_of

Json = dict[str, Any]

LARGEST: Final = 60_000
"""Bytes of a list, at most, so that the bot, which reads 64 KiB, can read it whole."""
MOST_USERS: Final = 50
"""Users named in one answer."""
EARLIEST: Final = 1971
LATEST: Final = 8999
"""The years that can be asked about."""


def get_entity(world: World, asked: schemas.GetEntityForSipId) -> Json:
    """Whose number it is; the world's own is that of its first business."""
    business = business_called(world, asked.sipId) or _book(world).business_of_sip(asked.sipId)
    return {"entityId": business.id}


def get_name(world: World, asked: schemas.OfEntity) -> Json:
    """The name of a business."""
    return {"name": _business(world, asked.entityId).name}


def get_types(world: World, asked: schemas.OfEntity) -> list[Json]:
    """What can be booked at a business."""
    return [shown_type(each) for each in _business(world, asked.entityId).appointment_types]


def get_agents(world: World, asked: schemas.OfAppointmentType) -> list[Json]:
    """Who takes appointments of a type."""
    business, found = _type(world, asked)
    return [shown_agent(business.agent(each)) for each in found.agents]


def get_products(world: World, asked: schemas.OfAppointmentType) -> list[Json]:
    """What there is for a type."""
    business, found = _type(world, asked)
    return [shown_product(business.product(each)) for each in found.products]


def get_types_with_products(world: World, asked: schemas.OfEntity) -> list[Json]:
    """What can be booked at a business, with the products. assumed: all but the name."""
    business = _business(world, asked.entityId)
    return [
        shown_type(each)
        | {"products": [shown_product(business.product(product)) for product in each.products]}
        for each in business.appointment_types
    ]


def get_slots(world: World, asked: schemas.GetSlots) -> list[Json]:
    """The free slots of a day, from the time on that is asked for."""
    book = _book(world)
    found = book.find(asked.appointmentTypeId, asked.productId)
    agents = found.type.agents
    if asked.agentId is not None:
        if asked.agentId not in agents:
            raise UnknownError(f"agent for {found.type.name}", asked.agentId)
        agents = [asked.agentId]
    zone = _zone(found.business.timezone if asked.timezone is None else asked.timezone)
    since = _moment("dateTime", asked.dateTime, zone)
    day = since.astimezone(zone).date() + timedelta(days=1)
    until = datetime.combine(day, time(), zone).astimezone(UTC)
    free = book.free(found, agents, since, until, world.clock.now())
    return [shown_slot(world, slot, zone) for slot in free]


def get_required_info(world: World, asked: schemas.GetRequiredInfo) -> Json:
    """What has to be known to book a product."""
    product = _book(world).business_of_product(asked.productId).product(asked.productId)
    return {"bookerInfo": product.booker_info, "participantInfo": product.participant_info}


def book_appointment(world: World, asked: schemas.BookAppointment) -> Json:
    """Book a slot that is still free."""
    book = _book(world)
    found = book.find(asked.appointmentTypeId, asked.productId)
    slot = read_slot(world, asked.slotId)
    if (slot.appointment_type_id, slot.product_id) != (asked.appointmentTypeId, asked.productId):
        raise invalid(("slotId", "is a slot of another appointment type or product"))
    _check_start(slot.start, asked.start, found.business)
    _check_info("booker", found.product.booker_info, asked.booker)
    _check_info("participant", found.product.participant_info, asked.participant)
    return _shown(world, book_slot(world, book, slot, asked.participant, asked.booker))


def modify_appointment(world: World, asked: schemas.ModifyAppointment) -> Json:
    """Move a booking to a slot that is still free."""
    book = _book(world)
    booking = book.bookings.get(asked.bookingId)
    slot = read_slot(world, asked.slotIdNew)
    _check_start(slot.start, asked.start, book.businesses.get(booking.business_id))
    move_booking(world, book, booking, asked.slotIdOld, asked.slotIdNew)
    return _shown(world, booking)


def cancel_appointment(world: World, asked: schemas.CancelAppointment) -> Json:
    """Cancel a booking; its slot is free again."""
    book = _book(world)
    booking = book.bookings.get(asked.bookingId)
    _check_start(booking.start, asked.start, book.businesses.get(booking.business_id))
    cancel_booking(world, book, booking, asked.slotId)
    return _shown(world, booking)


def find_user(world: World, asked: schemas.FindExistingUser) -> list[Json]:
    """Who it may be."""
    if not known(asked.participant):
        raise invalid(("participant", "must say something of the user"))
    found = _book(world).people.find(asked.participant)
    return [shown_user(user) for user in islice(found, MOST_USERS)]


def find_booking(world: World, asked: schemas.FindExistingBooking) -> list[Json]:
    """The appointments of a user that lie ahead, the soonest first."""
    book = _book(world)
    user = book.people.users.get(asked.id)
    return [_shown(world, each) for each in book.ahead(user.id, world.clock.now())]


def _book(world: World) -> Book:
    return state_of(world).book


def _business(world: World, entity_id: str) -> Business:
    return _book(world).businesses.get(entity_id)


def _type(world: World, asked: schemas.OfAppointmentType) -> tuple[Business, AppointmentType]:
    business = _business(world, asked.entityId)
    return business, business.type_of(asked.appointmentTypeId)


def _shown(world: World, booking: Booking) -> Json:
    business = _book(world).businesses.get(booking.business_id)
    return shown_booking(booking, zone_of(business.timezone))


def _zone(name: str) -> Any:
    try:
        return zone_of(name)
    except ValueError as error:
        raise invalid(("timezone", str(error))) from None


def _moment(field: str, text: str, zone: Any) -> datetime:
    """Read ISO 8601; a bare date is its first moment, a time without an offset that of the zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not EARLIEST <= moment.year <= LATEST:
        problem = "must be a date or time such as 2024-09-16 or 2024-09-16T08:30:00.000+02:00"
        raise invalid((field, problem))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _check_start(start: datetime, asked: str, business: Business) -> None:
    if _moment("start", asked, zone_of(business.timezone)) != start:
        raise invalid(("start", "is not the start of this slot"))


def _check_info(whose: str, required: list[str], given: Json) -> None:
    told = known(given)
    missing = [
        name
        for name in required
        if not told.get(canonical(name)) and not plain(given.get(name) or "")
    ]
    if missing:
        raise invalid(*((f"{whose}.{name}", "is required") for name in missing))


class Served(NamedTuple):
    """An action: what it takes, and what it does."""

    takes: type[WebhookRequest]
    does: Callable[[World, Any], Json | list[Json]]


ACTIONS: Final[Mapping[Action, Served]] = {
    Action.GET_ENTITY: Served(schemas.GetEntityForSipId, get_entity),
    Action.GET_NAME: Served(schemas.OfEntity, get_name),
    Action.GET_TYPES: Served(schemas.OfEntity, get_types),
    Action.GET_AGENTS: Served(schemas.OfAppointmentType, get_agents),
    Action.GET_PRODUCTS: Served(schemas.OfAppointmentType, get_products),
    Action.GET_TYPES_WITH_PRODUCTS: Served(schemas.OfEntity, get_types_with_products),
    Action.GET_SLOTS: Served(schemas.GetSlots, get_slots),
    Action.GET_REQUIRED_INFO: Served(schemas.GetRequiredInfo, get_required_info),
    Action.BOOK: Served(schemas.BookAppointment, book_appointment),
    Action.MODIFY: Served(schemas.ModifyAppointment, modify_appointment),
    Action.CANCEL: Served(schemas.CancelAppointment, cancel_appointment),
    Action.FIND_USER: Served(schemas.FindExistingUser, find_user),
    Action.FIND_BOOKING: Served(schemas.FindExistingBooking, find_booking),
}


def serve(world: World, content: bytes) -> Json | list[Json]:
    """Answer a webhook; ApiError or DomainError say what is wrong with it.

    A list ends where it would be too long for the bot.
    """
    try:
        value = read_json(content)
    except JsonError as error:
        raise invalid(("the body", str(error))) from None
    if not isinstance(value, dict):
        raise invalid(("the body", "must be an object"))
    name = value.get("action")
    if not isinstance(name, str) or name not in ACTIONS:
        raise invalid(("action", f"must be one of {', '.join(ACTIONS)}"))
    served = ACTIONS[Action(name)]
    try:
        asked = served.takes.model_validate(value)
    except ValidationError as error:
        raise as_invalid(error) from None
    try:
        answer = served.does(world, asked)
    except UnknownError as error:
        raise ApiError(404, "not_found", f"there is no {error.kind} {error.key[:100]}") from None
    return _fitting(answer) if isinstance(answer, list) else answer


def _fitting(entries: list[Json]) -> list[Json]:
    sizes = accumulate(len(to_json(each)) + len(",") for each in entries)
    return [each for each, size in zip(entries, sizes, strict=True) if size <= LARGEST]
