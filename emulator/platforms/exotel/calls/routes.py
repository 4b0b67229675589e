"""The operations of the Calls API, each in JSON and in XML.

https://developer.exotel.com/docs/voice-v1/api-reference/connect-two-numbers
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.errors import ApiError, invalid
from emulator.kit.forms import URLENCODED, read_form
from emulator.kit.http import read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import PLACE_CALLS, Handler, Operation
from emulator.kit.recording import send_recording
from emulator.kit.stream_sound import StreamRecording
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.accounts import account_of_request
from emulator.platforms.exotel.calls.connections import connect, owned_exophones
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.pages import find_page
from emulator.platforms.exotel.calls.phone_numbers import digits_of, is_number, metadata_of
from emulator.platforms.exotel.calls.recordings import recording_of
from emulator.platforms.exotel.calls.responses import XML, respond, wants_json
from emulator.platforms.exotel.calls.serializers import (
    recording_url,
    serialize_call,
)
from emulator.platforms.exotel.calls.state import CallsState, state_of

with on_first_use():
    from emulator.platforms.exotel.calls.schemas import requests, responses

REFUSALS: Final = {
    "out_of_balance": (402, "The account has insufficient balance."),
    "suspended": (403, "The account is suspended or not enabled for this API."),
}
"""By the status that the control API gives an account."""


async def connect_call(request: Request) -> Response:
    """Connect two numbers, or a number with a flow or a stream."""
    world, state, account = _admitted(request)
    try:
        asked = read_form(request, requests.ConnectCall)
    except ApiError as error:
        raise _with_hint(request, error) from None
    call = connect(world, state, account, asked)
    return _shown(request, serialize_call(world, call, suffix=_suffix(request)))


async def list_calls(request: Request) -> Response:
    """List calls, newest first, with pagination; takes any of the documented filters."""
    world, state, account = _admitted(request)
    query = read_query(request, requests.ListCalls)
    found = find_page(world, state, account, query)
    suffix = _suffix(request)
    path = f"/v1/Accounts/{request.path_params['AccountSid']}/Calls{suffix}"
    asked = {
        name: value
        for name, value in request.query_params.items()
        if name not in {"Before", "After"}
    }
    calls = [serialize_call(world, each, suffix=suffix) for each in found.calls]
    return respond(
        request, {"Metadata": found.metadata(path, asked, query.PageSize), "Calls": calls}
    )


async def get_call(request: Request) -> Response:
    """Retrieve a call; ``details=true`` adds its legs."""
    world, state, account = _admitted(request)
    query = read_query(request, requests.CallQuery)
    call = state.call(account, request.path_params["CallSid"])
    with_details = query.details == "true"
    return _shown(
        request, serialize_call(world, call, suffix=_suffix(request), with_details=with_details)
    )


async def list_exophones(request: Request) -> Response:
    """List the account's ExoPhones."""
    world, state, account = _admitted(request)
    asked = read_query(request, requests.ExophoneQuery).PhoneNumber
    owned = owned_exophones(world, state, account)
    found = [each for each in owned if asked is None or digits_of(each) == digits_of(asked)]
    entries = [
        {"IncomingPhoneNumber": {"PhoneNumber": each, "FriendlyName": each, "Sid": each}}
        for each in found
    ]
    return respond(request, {"IncomingPhoneNumbers": entries})


async def get_number(request: Request) -> Response:
    """Retrieve the metadata of a number; the emulator derives it from the number."""
    _admitted(request)
    number = request.path_params["Number"]
    if not is_number(number):
        raise invalid(("Number", "is not a phone number"))
    return respond(request, {"Numbers": metadata_of(number)})


async def count_streams(request: Request) -> Response:
    """Count the streams that the account has open."""
    world, state, account = _admitted(request)
    count = {
        "ActiveStreamCount": state.count_open_streams(account),
        "ThrottleLimit": options_of(world).max_streams,
    }
    return respond(request, {"Stream": count})


async def get_call_recording(request: Request) -> Response:
    """Download the synthetic recording of a call."""
    world = world_of(request)
    sid = request.path_params["CallSid"]
    call = state_of(world).call(account_of_request(request), sid)
    if not recording_url(world, call):
        raise UnknownError("recording", sid)
    return await send_recording(request, recording_of(world, call))


async def get_stream_recording(request: Request) -> Response:
    """Download the recording of a stream: what the person and the bot have heard."""
    state, sid = state_of(world_of(request)), request.path_params["StreamSid"]
    stream, sound = state.streams.find(sid), state.sounds.find(sid)
    if stream is None or stream.account != account_of_request(request):
        raise UnknownError("stream", sid)
    if sound is None or sound.tracks is None or not sound.is_recorded:
        raise UnknownError("recording", sid)
    is_dual = state.calls.get(stream.call_id).channels == "dual"
    return await send_recording(request, StreamRecording(sound.tracks, is_dual))


def _admitted(request: Request) -> tuple[World, CallsState, str]:
    """Return what a request acts on, and its account; ApiError 402 or 403 if it is refused."""
    world = world_of(request)
    account = account_of_request(request)
    state = state_of(world)
    status = state.account(account).status
    if status in REFUSALS:
        code, message = REFUSALS[status]
        raise ApiError(code, status, message)
    return world, state, account


def _suffix(request: Request) -> str:
    return ".json" if wants_json(request.scope["path"]) else ""


def _shown(request: Request, call: dict[str, Any]) -> Response:
    return respond(request, {"Call": call})


def _with_hint(request: Request, error: ApiError) -> ApiError:
    """Say it if a parameter is missing that was sent in another case."""
    missing = next((name for name, text in error.problems[:1] if text == "is required"), None)
    if missing is None:
        return error
    try:
        sent = read_form(request, requests.SentNames).model_extra or {}
    except ApiError:
        return error
    if found := next((each for each in sent if each.lower() == missing.lower()), None):
        error.hint = f"names are case-sensitive: {found} was sent, {missing} is read"
    return error


DOCS: Final = "https://developer.exotel.com/docs/voice-v1/api-reference"
STREAM_DOCS: Final = "https://developer.exotel.com/docs/agentstream/wss-errors-monitoring"
PASSTHRU_DOCS: Final = "https://developer.exotel.com/docs/agentstream/passthru-applet"
CLIENT: Final = "https://github.com/frappe/crm"
ACCOUNT: Final = "/v1/Accounts/{AccountSid}"


def _both(
    method: str, path: str, json_path: str, handler: Handler, page: str, **rest: Any
) -> tuple[Operation, Operation]:
    """Return an operation in JSON, and in XML."""
    docs = page if page.startswith("https") else f"{DOCS}/{page}"
    shared: dict[str, Any] = {"method": method, "handler": handler, "docs": docs} | rest
    return (
        Operation(path=f"{ACCOUNT}{json_path}", **shared),
        Operation(path=f"{ACCOUNT}{path}", gives_as=XML, **shared),
    )


operations: Final = (
    *_both(
        "POST",
        "/Calls/connect",
        "/Calls/connect.json",
        connect_call,
        "connect-two-numbers",
        alias=PLACE_CALLS,
        takes=lambda: requests.ConnectCall,
        takes_as=URLENCODED,
        gives=lambda: responses.CallBody,
    ),
    *_both(
        "GET",
        "/Calls/{CallSid}",
        "/Calls/{CallSid}.json",
        get_call,
        "call-details",
        query=lambda: requests.CallQuery,
        gives=lambda: responses.CallBody,
    ),
    Operation(
        method="GET",
        path=f"{ACCOUNT}/Calls.json/{{CallSid}}",
        handler=get_call,
        docs=f"{DOCS}/call-details",
        basis="assumed",
        note="the target of a call's Uri",
        query=lambda: requests.CallQuery,
        gives=lambda: responses.CallBody,
    ),
    *_both(
        "GET",
        "/Calls",
        "/Calls.json",
        list_calls,
        "call-details",
        query=lambda: requests.ListCalls,
        gives=lambda: responses.CallsPage,
    ),
    *_both(
        "GET",
        "/IncomingPhoneNumbers",
        "/IncomingPhoneNumbers.json",
        list_exophones,
        CLIENT,
        basis="observed",
        query=lambda: requests.ExophoneQuery,
        gives=lambda: responses.ExophonesBody,
    ),
    *_both(
        "GET",
        "/Numbers/{Number}",
        "/Numbers/{Number}.json",
        get_number,
        "number-metadata",
        gives=lambda: responses.NumberBody,
    ),
    *_both(
        "GET",
        "/ActiveStreams",
        "/ActiveStreams.json",
        count_streams,
        STREAM_DOCS,
        gives=lambda: responses.StreamCountBody,
    ),
    Operation(
        method="GET",
        path="/exotelrecordings/{accountId}/calls/{CallSid}.wav",
        handler=get_call_recording,
        docs=f"{DOCS}/call-details",
        basis="assumed",
        note="the target of a RecordingUrl",
        gives_as="audio/wav",
    ),
    Operation(
        method="GET",
        path="/exotelrecordings/{accountId}/streams/{StreamSid}.wav",
        handler=get_stream_recording,
        docs=PASSTHRU_DOCS,
        basis="assumed",
        note="the target of Stream[RecordingUrl] in a Passthru",
        gives_as="audio/wav",
    ),
)
