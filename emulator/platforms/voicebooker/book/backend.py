"""The reference backend: what an integrator's webhook does, with the world's own appointment book.

The page documents the actions and their fields. assumed: the responses that it does not show, and
all errors. https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate, islice
from typing import Any, Final, NamedTuple

from emulator.domain.errors import UnknownError
from emulator.kit.errors import ApiError, as_invalid, invalid
from emulator.kit.json import JsonError, read_json, to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.appointments import book_slot, cancel_booking, move_booking
from emulator.platforms.voicebooker.book.bookings import Book, Booking
from emulator.platforms.voicebooker.book.businesses import AppointmentType, Business, zone_of
from emulator.platforms.voicebooker.book.people import canonical_name, comparable_fields, normalized
from emulator.platforms.voicebooker.book.serializers import (
    serialize_agent,
    serialize_booking,
    serialize_product,
    serialize_slot,
    serialize_type,
    serialize_user,
)
from emulator.platforms.voicebooker.book.slots import read_slot
from emulator.platforms.voicebooker.schemas.words import EARLIEST_YEAR, LATEST_YEAR, Action
from emulator.platforms.voicebooker.state import called_business, state_of

with on_first_use():
    import pydantic

    from emulator.platforms.voicebooker.schemas import webhooks

Json = dict[str, Any]
MAX_LIST_BYTES: Final = 60_000
"""The bot reads 64 KiB of a response."""
MAX_USERS_PER_RESPONSE: Final = 50
"""How many users one response lists."""


def get_entity(world: World, asked: "webhooks.GetEntityForSipId") -> Json:
    """Return the business that owns a number; the first business owns the world's number."""
    business = called_business(world, asked.sipId) or _book(world).directory.of_sip(asked.sipId)
    return {"entityId": business.id}


def get_name(world: World, asked: "webhooks.EntityRequest") -> Json:
    """Return the name of a business."""
    return {"name": _business(world, asked.entityId).name}


def get_types(world: World, asked: "webhooks.EntityRequest") -> list[Json]:
    """List the appointment types of a business."""
    return [serialize_type(each) for each in _business(world, asked.entityId).appointment_types]


def get_agents(world: World, asked: "webhooks.AppointmentTypeRequest") -> list[Json]:
    """List the agents of an appointment type."""
    business, found = _type(world, asked)
    return [serialize_agent(business.agent(each)) for each in found.agents]


def get_products(world: World, asked: "webhooks.AppointmentTypeRequest") -> list[Json]:
    """List the products of an appointment type."""
    business, found = _type(world, asked)
    return [serialize_product(business.product(each)) for each in found.products]


def get_types_with_products(world: World, asked: "webhooks.EntityRequest") -> list[Json]:
    """List the appointment types with their products. Assumed, except the action's name."""
    business = _business(world, asked.entityId)
    return [
        serialize_type(each)
        | {"products": [serialize_product(business.product(product)) for product in each.products]}
        for each in business.appointment_types
    ]


def get_slots(world: World, asked: "webhooks.GetSlots") -> list[Json]:
    """List the free slots from the requested time to the end of its day."""
    book = _book(world)
    found = book.directory.bookable(asked.appointmentTypeId, asked.productId)
    agents = found.type.agents
    if asked.agentId is not None:
        if asked.agentId not in agents:
            raise UnknownError(f"agent for {found.type.name}", asked.agentId)
        agents = [asked.agentId]
    zone = _zone(found.business.timezone if asked.timezone is None else asked.timezone)
    since = _parse_time("dateTime", asked.dateTime, zone)
    day = since.astimezone(zone).date() + timedelta(days=1)
    until = datetime.combine(day, time(), zone).astimezone(UTC)
    free = book.free(found, agents, since, until, world.clock.now())
    return [serialize_slot(world, slot, zone) for slot in free]


def get_required_info(world: World, asked: "webhooks.GetRequiredInfo") -> Json:
    """List the fields of booker and participant that are required to book a product."""
    product = _book(world).directory.of_product(asked.productId).product(asked.productId)
    return {"bookerInfo": product.booker_info, "participantInfo": product.participant_info}


def book_appointment(world: World, asked: "webhooks.BookAppointment") -> Json:
    """Book a free slot."""
    book = _book(world)
    found = book.directory.bookable(asked.appointmentTypeId, asked.productId)
    slot = read_slot(world, asked.slotId)
    if (slot.appointment_type_id, slot.product_id) != (asked.appointmentTypeId, asked.productId):
        raise invalid(("slotId", "is a slot of another appointment type or product"))
    _check_start(slot.start, asked.start, found.business)
    _check_info("booker", found.product.booker_info, asked.booker)
    _check_info("participant", found.product.participant_info, asked.participant)
    return _serialized(world, book_slot(world, book, slot, asked.participant, asked.booker))


def modify_appointment(world: World, asked: "webhooks.ModifyAppointment") -> Json:
    """Move an appointment to a free slot."""
    book = _book(world)
    booking = book.bookings.get(asked.bookingId)
    slot = read_slot(world, asked.slotIdNew)
    _check_start(slot.start, asked.start, book.businesses.get(booking.business_id))
    move_booking(world, book, booking, asked.slotIdOld, asked.slotIdNew)
    return _serialized(world, booking)


def cancel_appointment(world: World, asked: "webhooks.CancelAppointment") -> Json:
    """Cancel a booking, which frees its slot."""
    book = _book(world)
    booking = book.bookings.get(asked.bookingId)
    _check_start(booking.start, asked.start, book.businesses.get(booking.business_id))
    cancel_booking(world, book, booking, asked.slotId)
    return _serialized(world, booking)


def find_user(world: World, asked: "webhooks.FindExistingUser") -> list[Json]:
    """List the users who match the given fields."""
    found = _book(world).people.find(asked.participant)
    return [serialize_user(user) for user in islice(found, MAX_USERS_PER_RESPONSE)]


def find_booking(world: World, asked: "webhooks.FindExistingBooking") -> list[Json]:
    """List the future appointments of a user, earliest first."""
    book = _book(world)
    user = book.people.users.get(asked.id)
    return [_serialized(world, each) for each in book.ahead(user.id, world.clock.now())]


def _book(world: World) -> Book:
    return state_of(world).book


def _business(world: World, entity_id: str) -> Business:
    return _book(world).businesses.get(entity_id)


def _type(
    world: World, asked: "webhooks.AppointmentTypeRequest"
) -> tuple[Business, AppointmentType]:
    business = _business(world, asked.entityId)
    return business, business.type_of(asked.appointmentTypeId)


def _serialized(world: World, booking: Booking) -> Json:
    business = _book(world).businesses.get(booking.business_id)
    return serialize_booking(booking, zone_of(business.timezone))


def _zone(name: str) -> Any:
    try:
        return zone_of(name)
    except ValueError as error:
        raise invalid(("timezone", str(error))) from None


def _parse_time(field: str, text: str, zone: Any) -> datetime:
    """Parse ISO 8601; a date means its first moment, a time without an offset is in this zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        problem = "must be a date or time such as 2024-09-16 or 2024-09-16T08:30:00.000+02:00"
        raise invalid((field, problem))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _check_start(start: datetime, asked: str, business: Business) -> None:
    if _parse_time("start", asked, zone_of(business.timezone)) != start:
        raise invalid(("start", "is not the start of this slot"))


def _check_info(whose: str, required: list[str], given: Json) -> None:
    known = comparable_fields(given)
    missing = [
        name
        for name in required
        if not known.get(canonical_name(name)) and not normalized(given.get(name) or "")
    ]
    if missing:
        raise invalid(*((f"{whose}.{name}", "is required") for name in missing))


class WebhookAction(NamedTuple):
    """An action with the model of its request and the function that handles it."""

    takes: "Callable[[], type[webhooks.WebhookRequest]]"
    does: Callable[[World, Any], Json | list[Json]]


ACTIONS: Final[Mapping[Action, WebhookAction]] = {
    Action.GET_ENTITY: WebhookAction(lambda: webhooks.GetEntityForSipId, get_entity),
    Action.GET_NAME: WebhookAction(lambda: webhooks.EntityRequest, get_name),
    Action.GET_TYPES: WebhookAction(lambda: webhooks.EntityRequest, get_types),
    Action.GET_AGENTS: WebhookAction(lambda: webhooks.AppointmentTypeRequest, get_agents),
    Action.GET_PRODUCTS: WebhookAction(lambda: webhooks.AppointmentTypeRequest, get_products),
    Action.GET_TYPES_WITH_PRODUCTS: WebhookAction(
        lambda: webhooks.EntityRequest, get_types_with_products
    ),
    Action.GET_SLOTS: WebhookAction(lambda: webhooks.GetSlots, get_slots),
    Action.GET_REQUIRED_INFO: WebhookAction(lambda: webhooks.GetRequiredInfo, get_required_info),
    Action.BOOK: WebhookAction(lambda: webhooks.BookAppointment, book_appointment),
    Action.MODIFY: WebhookAction(lambda: webhooks.ModifyAppointment, modify_appointment),
    Action.CANCEL: WebhookAction(lambda: webhooks.CancelAppointment, cancel_appointment),
    Action.FIND_USER: WebhookAction(lambda: webhooks.FindExistingUser, find_user),
    Action.FIND_BOOKING: WebhookAction(lambda: webhooks.FindExistingBooking, find_booking),
}


def serve(
    world: World,
    content: bytes,
    check: "Callable[[Json, type[pydantic.BaseModel]], None] | None" = None,
) -> Json | list[Json]:
    """Handle a webhook and return the response; ApiError or DomainError if it is refused.

    A list is cut off where it would be too long for the bot. ``check`` is called with the request
    and the model that it has been read into.
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
    model = served.takes()
    try:
        asked = model.model_validate(value)
    except pydantic.ValidationError as error:
        raise as_invalid(error) from None
    if check is not None:
        check(value, model)
    try:
        response = served.does(world, asked)
    except UnknownError as error:
        raise ApiError(404, "not_found", f"there is no {error.kind} {error.key[:100]}") from None
    return _shortened(response) if isinstance(response, list) else response


def _shortened(entries: list[Json]) -> list[Json]:
    sizes = accumulate(len(to_json(each)) + len(",") for each in entries)
    return [each for each, size in zip(entries, sizes, strict=True) if size <= MAX_LIST_BYTES]
