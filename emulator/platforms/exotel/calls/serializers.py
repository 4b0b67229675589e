"""How calls are shown, and what is reported of them.

https://developer.exotel.com/docs/voice-v1/api-reference/call-details
"""

from typing import Any
from urllib.parse import quote

from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_id
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.records.streams import BotStream
from emulator.platforms.exotel.calls.records.voice_calls import Leg, VoiceCall
from emulator.platforms.exotel.calls.schemas.words import (
    duration_of,
    price_of,
    price_text,
    wire_date,
)
from emulator.platforms.exotel.calls.state import state_of

Json = dict[str, Any]


def serialize_call(
    world: World, call: VoiceCall, *, suffix: str, with_details: bool = False
) -> Json:
    """Return a call; ``suffix`` is ``.json`` or empty, as the request's path has it."""
    zone = options_of(world).call_dates
    account = account_id(world, call.account)
    ended = call.ended_at if call.is_billed else None
    created = wire_date(call.created_at, zone)
    is_new = call.updated_at == call.created_at
    shown: Json = {
        "Sid": call.id,
        "ParentCallSid": None,
        "DateCreated": created,
        "DateUpdated": created if is_new else wire_date(call.updated_at, zone),
        "AccountSid": account,
        "To": shown_to(world, call),
        "From": call.from_number,
        "PhoneNumberSid": call.exophone,
        "Status": call.status,
        "StartTime": created,
        "EndTime": None if ended is None else wire_date(ended, zone),
        "Duration": None if ended is None else str(duration_of(call)),
        "Price": None if ended is None else price_text(price_of(call)),
        "Direction": direction_of(call),
        "AnsweredBy": None,
        "ForwardedFrom": None,
        "CallerName": None,
        "Uri": f"/v1/Accounts/{account}/Calls{suffix}/{call.id}",
        "RecordingUrl": recording_url(world, call) or None,
    }
    if call.kind == "stream":
        stream = f"/v1/Accounts/{account}/Calls/{call.id}/Stream"
        shown["SubResourceUris"] = {"Stream": stream}
    if with_details:
        shown["Details"] = _details(call)
    return shown


def shown_to(world: World, call: VoiceCall) -> str | None:
    """Return who was called: for a flow what the option says, as the pages disagree."""
    if call.to_number is None and options_of(world).flow_to == "exophone":
        return call.exophone
    return call.to_number


def direction_of(call: VoiceCall) -> str:
    """Return who dialled."""
    return "inbound" if call.is_inbound else "outbound-api"


def _details(call: VoiceCall) -> Json:
    words = [leg.status for leg in call.legs]
    return {
        "ConversationDuration": conversation_seconds(call),
        "Leg1Status": words[0],
        "Leg2Status": words[1] if len(words) > 1 else None,
        "Legs": [
            {"Leg": {"Id": number, "OnCallDuration": leg.seconds()}}
            for number, leg in enumerate(call.legs, 1)
        ],
    }


def conversation_seconds(call: VoiceCall) -> int:
    """Return how long both ends were connected; with a flow or a stream there is one."""
    return call.legs[-1].seconds()


def recording_url(world: World, call: VoiceCall) -> str:
    """Return where the recording is; empty if there is none."""
    if not call.is_recorded or call.ended_at is None or not conversation_seconds(call):
        return ""
    account = quote(account_id(world, call.account), safe="")
    return f"{world.server.base_url}/exotelrecordings/{account}/calls/{call.id}.wav"


def stream_recording_url(world: World, stream: BotStream) -> str:
    """Return where the recording of one stream is; empty if there is none, or none any more."""
    sound = state_of(world).sounds.find(stream.id)
    if sound is None or not sound.is_recorded:
        return ""
    account = quote(account_id(world, stream.account), safe="")
    return f"{world.server.base_url}/exotelrecordings/{account}/streams/{stream.id}.wav"


def passthru_words(world: World, stream: BotStream) -> dict[str, str]:
    """Return a stream in the words of Passthru."""
    words = {
        "StreamSID": stream.id,
        "Status": stream.status,
        "Duration": str(round(stream.seconds)),
        "RecordingUrl": stream_recording_url(world, stream),
        "StreamUrl": stream.url,
        "DisconnectedBy": stream.disconnected_by,
    }
    if stream.detailed_status:
        words["DetailedStatus"] = stream.detailed_status
    if stream.error:
        words["Error"] = stream.error
    return words


def serialize_report(world: World, call: VoiceCall) -> Json:
    """Return the short StatusCallback."""
    return {
        "CallSid": call.id,
        "DateUpdated": wire_date(call.updated_at, options_of(world).call_dates),
        "Status": call.status,
        "RecordingUrl": recording_url(world, call),
    }


def serialize_event(world: World, call: VoiceCall, event: str) -> Json:
    """Return the StatusCallback of an event."""
    zone = options_of(world).call_dates
    return {
        "CallSid": call.id,
        "EventType": event,
        "DateCreated": wire_date(call.created_at, zone),
        "DateUpdated": wire_date(call.updated_at, zone),
        "To": shown_to(world, call),
        "From": call.from_number,
        "PhoneNumberSid": call.exophone,
        "StartTime": wire_date(call.created_at, zone),
        "EndTime": None if call.ended_at is None else wire_date(call.ended_at, zone),
        "Status": call.status,
        "ConversationDuration": conversation_seconds(call),
        "Direction": direction_of(call),
        "CustomField": call.custom_field,
        "RecordingUrl": recording_url(world, call),
        "Legs": [_leg_report(call, leg) for leg in call.legs],
    }


def _leg_report(call: VoiceCall, leg: Leg) -> Json:
    """Return a leg; documented: it is not applicable who answered the first leg of two."""
    is_first_of_two = leg is call.first_leg and len(call.legs) > 1
    return {
        "OnCallDuration": leg.seconds(),
        "Status": leg.status,
        "AnsweredBy": "NA" if is_first_of_two or leg.answered_at is None else "HUMAN",
    }
