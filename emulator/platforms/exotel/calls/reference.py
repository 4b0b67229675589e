"""The reference of the Calls API besides its operations, with its StatusCallbacks.

https://developer.exotel.com/docs/references/error-codes
"""

from collections.abc import Mapping
from typing import Final

from emulator.kit.basis import Basis
from emulator.kit.forms import MULTIPART
from emulator.kit.operation import Operation
from emulator.kit.reference import ErrorResponse, Notice, Reference
from emulator.platforms.exotel.calls.responses import XML
from emulator.platforms.exotel.calls.routes import DOCS
from emulator.platforms.exotel.calls.schemas.responses import (
    CallEventReport,
    CallsErrorBody,
)
from emulator.platforms.exotel.calls.status_callbacks import ANSWERED, RINGING, TERMINAL

CODES: Final = "https://developer.exotel.com/docs/references/error-codes"
REPORTS: Final = f"{DOCS}/status-callback"
URL: Final = "{$request.body#/StatusCallback}"
WHEN: Final = {
    401: "the API key or the token is missing or wrong",
    402: "the account has no balance",
    403: "the account is suspended",
    409: "the request conflicts with another; in the emulator, only a fault causes this",
    429: "the account exceeded its requests per minute",
    500: "an internal error of the Calls API",
    502: "the Calls API cannot reach one of its servers; in the emulator, only a fault causes this",
    503: "the Calls API is unavailable; in the emulator, only a fault causes this",
}


def _refusals(operation: Operation) -> Mapping[int, ErrorResponse]:
    when = dict(WHEN)
    if operation.takes is not None:
        when[413] = "the form is larger than the emulator accepts"
    if operation.takes is not None or operation.query is not None or "Number" in operation.names:
        when[400] = "a parameter is missing or wrong"
    if "CallSid" in operation.names:
        when[404] = "the account has no such call"
    if "StreamSid" in operation.names:
        when[404] = "the account has no such stream"
    is_xml = operation.gives_as != "application/json"
    is_known = operation.basis != "assumed"
    return {
        status: ErrorResponse(
            when=text if is_known else f"{text}, as for other operations",
            basis="documented" if is_known else "assumed",
            source=CODES if is_known else "",
            body=CallsErrorBody,
            content_type=XML if is_xml else "application/json",
        )
        for status, text in when.items()
    }


def _status_basis(operation: Operation) -> Basis:
    """Return how the status of a success is known: of placing a call, it is documented."""
    return "documented" if operation.id == "connect_call" else "assumed"


def _notice(event: str, summary: str, body: type) -> Notice:
    return Notice(
        name=event,
        summary=summary,
        body=body,
        content_type=MULTIPART,
        docs=REPORTS,
        callback_of={"connect_call": URL},
        note="sent as multipart/form-data or application/json, as StatusCallbackContentType says",
    )


reference: Final = Reference(
    hosts=("https://api.in.exotel.com", "https://api.exotel.com"),
    security={
        "apiKeyAndToken": {
            "type": "http",
            "scheme": "basic",
            "description": (
                "An account's API key and token. Worlds with open authentication accept any."
            ),
            "x-basis": "documented",
            "x-source": DOCS,
        }
    },
    error_body=CallsErrorBody,
    status_basis=_status_basis,
    errors=_refusals,
    notices=(
        _notice(RINGING, "Sent when the first phone rings.", CallEventReport),
        _notice(
            ANSWERED,
            "Sent when a party answers; once per party if two numbers are connected.",
            CallEventReport,
        ),
        _notice(
            TERMINAL,
            "Sent when the call has ended; shorter if no StatusCallbackEvents were requested.",
            CallEventReport,
        ),
    ),
    creates={"connect_call": ("CallSid", "/Call/Sid")},
    note="Before a call to a flow, create the flow with `PUT /_emulator/exotel/flows/{flow_id}`.",
)
