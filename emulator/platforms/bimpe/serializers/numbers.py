"""How phone numbers and requests for them are written in responses."""

from emulator.platforms.bimpe.records.team import NumberRequest, PhoneNumber
from emulator.platforms.bimpe.schemas.words import wire_time
from emulator.platforms.bimpe.serializers.names import Json


def summarize_number(number: PhoneNumber) -> Json:
    """Write a phone number of a list."""
    return {
        "id": number.id,
        "agent_id": number.agent_id,
        "label": number.label,
        "e164": number.e164,
    }


def serialize_number(number: PhoneNumber) -> Json:
    """Write a phone number with all its fields."""
    return summarize_number(number) | {
        "created_at": wire_time(number.created_at),
        "updated_at": wire_time(number.updated_at),
        "inbound_enabled": number.inbound_enabled,
    }


def serialize_number_request(request: NumberRequest) -> Json:
    """Write a request for a phone number."""
    return {
        "id": request.id,
        "status": request.status,
        "business_name": request.business_name,
        "intended_use": request.intended_use,
        "region": request.region,
        "agent_count": request.agent_count,
        "outbound_minutes": request.outbound_minutes,
        "e164": request.e164,
        "agent_id": request.agent_id,
        "label": None,
        "created_at": wire_time(request.created_at),
        "updated_at": wire_time(request.updated_at),
    }
