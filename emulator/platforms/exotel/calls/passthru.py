"""The Passthru applet: a GET that describes the call; its status chooses the branch.

https://developer.exotel.com/docs/agentstream/passthru-applet
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import quote_plus

from emulator.domain.callbacks import Callback
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_id
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.records.voice_calls import FlowProgress, Leg, VoiceCall
from emulator.platforms.exotel.calls.schemas.words import ZONES, wire_date
from emulator.platforms.exotel.calls.serializers import recording_url

PASSTHRU: Final = "passthru"
STREAM_ADDRESS: Final = "stream_address"
VOICEBOT_RESPONSE: Final = "calls.voicebot_address"
STREAM_RESPONSE: Final = "calls.stream_address"
ANY_STATUS: Final = range(100, 600)
NO_END: Final = "1970-01-01 05:30:00"
"""Documented: ``EndTime`` is this constant."""
CREATED_FORMAT: Final = "%a, %d %b %Y %H:%M:%S"  # assumed
CAUSES: Final = {
    "completed": ("NORMAL_CLEARING", "16"),
    "busy": ("USER_BUSY", "17"),
    "no-answer": ("NO_ANSWER", "19"),
    "failed": ("NETWORK_OUT_OF_ORDER", "38"),
    "canceled": ("ORIGINATOR_CANCEL", "487"),
}
"""Cause and code of Q.850. assumed: integrators' code shows the names of the fields alone."""


def passthru(
    world: World, call: VoiceCall, flow: FlowProgress, url: str, on_response: str | None
) -> Callback:
    """Return the request; ``on_response`` names what acts on its response."""
    return Callback(
        id=world.ids.uuid("exotel.callback"),
        platform="exotel",
        event=PASSTHRU,
        url=_with_query(url, _fields(world, call, flow)),
        content=b"",
        content_type="application/x-www-form-urlencoded",
        method="GET",
        call_id=call.id,
        accepts=ANY_STATUS,
        on_response=on_response,
    )


def address_request(
    world: World, call: VoiceCall, flow: FlowProgress, url: str, *, is_two_way: bool
) -> Callback:
    """Return the request for the address of a bot, with the fields of a Passthru. assumed."""
    on_response = VOICEBOT_RESPONSE if is_two_way else STREAM_RESPONSE
    return replace(passthru(world, call, flow, url, on_response), event=STREAM_ADDRESS)


def _with_query(url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Add fields to the query of an address, which stays as it is otherwise."""
    head, hash_, fragment = url.partition("#")
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields)
    return f"{head}{'&' if '?' in head else '?'}{query}{hash_}{fragment}"


def _fields(world: World, call: VoiceCall, flow: FlowProgress) -> list[tuple[str, str]]:
    zone = options_of(world).call_dates
    started = wire_date(call.created_at, zone)
    caller, callee = (
        (call.from_number, call.exophone) if call.is_inbound else (call.exophone, call.from_number)
    )
    second = call.legs[1] if len(call.legs) > 1 else None
    fields = {
        "CallSid": call.id,
        "CallFrom": caller,
        "CallTo": callee,
        "Direction": "incoming" if call.is_inbound else "outbound-dial",
        "Created": call.created_at.astimezone(ZONES[zone]).strftime(CREATED_FORMAT),
        "DialCallDuration": str(0 if second is None else second.seconds()),
        "RecordingUrl": recording_url(world, call),
        "StartTime": started,
        "EndTime": NO_END,
        "CurrentTime": wire_date(world.clock.now(), zone),
        "CallType": _call_type(call, second),
        "digits": f'"{flow.digits}"',
        "From": caller,
        "To": callee,
        "flow_id": flow.flow_id,
        "tenant_id": account_id(world, call.account),
        "CustomField": call.custom_field,
        "DialWhomNumber": "" if second is None else second.number,
    }
    if second is not None:
        fields |= _dial_fields(call, second)
    if flow.stream and options_of(world).passthru_stream == "json":
        fields["Stream"] = to_json(flow.stream).decode()
    else:
        fields |= {f"Stream[{name}]": value for name, value in flow.stream.items()}
    return [*fields.items()]


def _dial_fields(call: VoiceCall, leg: Leg) -> dict[str, str]:
    """Return what integrators read after a Connect applet."""
    word = leg.status or "failed"
    cause, code = CAUSES.get(word, CAUSES["completed"])
    return {
        "DialCallStatus": word,
        "Legs[0][Number]": leg.number,
        "Legs[0][OnCallDuration]": str(leg.seconds()),
        "Legs[0][Cause]": cause,
        "Legs[0][CauseCode]": code,
        "Legs[0][DisconnectedBy]": _disconnected_by(call, leg),
    }


def _disconnected_by(call: VoiceCall, leg: Leg) -> str:
    if leg.answered_at is None:
        return "NA"
    return "Callee" if call.ended_at is None else "Caller"


def _call_type(call: VoiceCall, second: Leg | None) -> str:
    """Return how far the call came: documented words, without ``voicemail``, which no applet is."""
    if second is not None and second.answered_at is None:
        return "incomplete" if call.ended_at is None else "client-hangup"
    if second is not None:
        return "completed"
    return "completed" if call.ended_at is not None else "call-attempt"


def ended_stream(sid: str, seconds: int) -> dict[str, str]:
    """Return how the conversation with a bot ended: the caller hung up."""
    return {
        "StreamSID": sid,
        "Status": "cancelled",
        "Duration": str(seconds),
        "RecordingUrl": "",
        "StreamUrl": "",
        "DisconnectedBy": "user",
    }
