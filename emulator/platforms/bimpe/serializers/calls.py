"""How calls are written in responses."""

from emulator.domain.calls import Call, CallStatus
from emulator.platforms.bimpe.records.conversations import AgentCall
from emulator.platforms.bimpe.schemas.words import optional_time, status_word, wire_time
from emulator.platforms.bimpe.serializers.names import Json


def serialize_call(record: AgentCall, call: Call) -> Json:
    """Write a call of a list."""
    ended = call.status.is_terminal
    completed = call.status is CallStatus.COMPLETED
    return {
        "id": record.id,
        "source": record.source,
        "destination": record.destination,
        "status": status_word(call.status),
        "direction": call.direction,
        "created_on": wire_time(record.created_on),
        "duration_seconds": round(call.talk_seconds) if ended else None,
        "is_test_call": record.is_test_call,
        "error_reason": _error_reason(call) if ended and not completed else None,
        "end_reason": "completed" if completed else None,
        "ringing_at": optional_time(call.ringing_at),
        "ended_at": optional_time(call.ended_at),
    }


def _error_reason(call: Call) -> str:
    """Return why a call was not completed. assumed: no page lists the reasons."""
    unanswered = call.status is CallStatus.NO_ANSWER
    return CallStatus.NO_ANSWER if unanswered else status_word(call.status)
