"""What VoiceBooker's reference says besides its operations: above all, the thirteen webhooks.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from emulator.kit.operation import Operation
from emulator.kit.reference import ErrorResponse, Notice, Reference
from emulator.platforms.voicebooker.auth import TOKEN_HEADER
from emulator.platforms.voicebooker.book.backend import ACTIONS
from emulator.platforms.voicebooker.schemas.outbound_calls import (
    CallFailed,
    CallSucceeded,
    FunctionParameters,
    FunctionResponse,
)
from emulator.platforms.voicebooker.schemas.responses import RESPONSES
from emulator.platforms.voicebooker.schemas.words import FUNCTION, Action

PAGE: Final = "https://api-docs.voicebooker.de/api-docs/redoc.standalone.js"
FUNCTIONS: Final = "https://docs.voicebooker.de/en/functions/webhooks"
OUTBOUND: Final = "https://docs.voicebooker.de/advanced-usage/outbound-calls"


class ErrorSentence(BaseModel):
    """The body of an error: one sentence."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"x-basis": "assumed"}, defer_build=True
    )

    error: str


def _request_model(action: Action) -> type[BaseModel]:
    """Return the model of a webhook's body, with its action as a literal."""
    takes = ACTIONS[action].takes()
    named: Any = (Literal[action.value], ...)
    made: type[BaseModel] = create_model(
        action[0].upper() + action[1:], __base__=takes, __doc__=takes.__doc__, action=named
    )
    return made


REQUEST_MODELS: Final = {action: _request_model(action) for action in Action}
UNDOCUMENTED: Final = {Action.GET_TYPES_WITH_PRODUCTS}
"""The action that no copy of the page shows."""


ANY_REQUEST: Final = Annotated[reduce(or_, REQUEST_MODELS.values()), Field(discriminator="action")]


def _takes(operation: Operation) -> Any:
    return operation.body_model or ANY_REQUEST


def _response(operation: Operation) -> Any:
    return operation.response_model or reduce(or_, dict.fromkeys(RESPONSES.values()))


def _requires(operation: Operation) -> list[dict[str, list[str]]]:
    return [{}, {"token": []}] if operation.public else [{"token": []}]


def _refusals(operation: Operation) -> Mapping[int, ErrorResponse]:
    found = {
        400: ErrorResponse(when="fields of the request are invalid", basis="assumed"),
        401: ErrorResponse(when="the token is missing or wrong", basis="assumed"),
    }
    if operation.public:
        found[404] = ErrorResponse(when="the record does not exist", basis="assumed")
        found[409] = ErrorResponse(when="the slot is taken", basis="assumed")
    return found


def _webhook(action: Action) -> Notice:
    does = ACTIONS[action].does
    return Notice(
        name=action,
        summary=(does.__doc__ or "").partition("\n")[0],
        body=REQUEST_MODELS[action],
        docs=PAGE,
        basis="assumed" if action in UNDOCUMENTED else "documented",
        method_basis="assumed",
        note="assumed: that it is a POST, and fields of the response that the page does not show",
        response=RESPONSES[action],
    )


def _result(body: type[BaseModel], summary: str) -> Notice:
    note = "only their existence is documented; set their URLs with the option result_webhooks"
    return Notice(
        name=body.__name__[0].lower() + body.__name__[1:],
        summary=summary,
        body=body,
        docs=OUTBOUND,
        basis="assumed",
        method_basis="assumed",
        note=note,
    )


reference: Final = Reference(
    hosts=("https://voicebooker.de",),
    security={
        "token": {
            "type": "apiKey",
            "in": "header",
            "name": TOKEN_HEADER,
            "description": "The header `Token: <token>`; `Authorization` is not used.",
        }
    },
    requires=_requires,
    takes=_takes,
    response=_response,
    error_body=ErrorSentence,
    errors=_refusals,
    notices=(
        *(_webhook(action) for action in Action),
        Notice(
            name=FUNCTION,
            summary="Sent when a bot of an outbound call uses a function that has a webhook.",
            body=FunctionParameters,
            docs=FUNCTIONS,
            note="the parameters are the function's own; set them with the option bots",
            response=FunctionResponse,
        ),
        _result(CallSucceeded, "Sent when an outbound call was answered and has ended."),
        _result(CallFailed, "Sent when an outbound call was not answered."),
    ),
    note=(
        "The webhooks are requests that the vendor's bot sends to *your* server. If you have"
        " none, use the emulator's reference backend, `/voicebooker/webhook`."
    ),
)
