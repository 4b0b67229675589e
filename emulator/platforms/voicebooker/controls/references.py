"""What the records of a file must agree on."""

from collections import ChainMap
from typing import Any, Final

from emulator.domain.errors import ConflictError
from emulator.kit.errors import as_invalid
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.records import Collection
from emulator.kit.references import check_reference, refuse_record
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import Business
from emulator.platforms.voicebooker.book.directory import BusinessDirectory
from emulator.platforms.voicebooker.controls.serializers import serialize_business
from emulator.platforms.voicebooker.state import VoicebookerState

with on_first_use():
    import pydantic

    from emulator.platforms.voicebooker.schemas import controls as control_schemas

BUSINESSES: Final = "voicebooker.businesses"
BOOKINGS: Final = "voicebooker.bookings"


def check_references(state: VoicebookerState, world: World) -> None:
    """Refuse a file in which a record names another that is not there."""
    calls = world.calls
    check_reference("voicebooker.conversations", state.conversations, "id", calls)
    check_reference("voicebooker.call_requests", state.call_requests, "id", calls)
    own = (call for call in world.calls if call.platform == "voicebooker")
    about: ChainMap[str, Any] = ChainMap(state.conversations.by_id, state.call_requests.by_id)
    check_reference("calls", own, "id", about)
    check_reference(BOOKINGS, state.bookings, "business_id", state.businesses.by_id)
    check_reference(BOOKINGS, state.bookings, "user_id", state.users.by_id)
    for booking in state.bookings:
        if booking.stop <= booking.start:
            refuse_record(BOOKINGS, booking.id, "stop", "is not after its start")
    directory = BusinessDirectory(Collection(Business, "business"))
    for business in state.businesses:
        _check_business(business)
        try:
            directory.put(business)
        except ConflictError as error:
            refuse_record(BUSINESSES, business.id, "id", str(error))


def _check_business(business: Business) -> None:
    """Check a business as a request that would create it."""
    try:
        control_schemas.PutBusiness.model_validate_json(to_json(serialize_business(business)))
    except pydantic.ValidationError as error:
        field, problem = as_invalid(error).problems[0]
        refuse_record(BUSINESSES, business.id, field, problem)
