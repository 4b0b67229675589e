"""What VoiceBooker's reference says besides its operations: above all, its thirteen webhooks.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from emulator.kit.operation import Operation
from emulator.kit.reference import Notice, Reference, Refusal
from emulator.platforms.voicebooker.auth import TOKEN_HEADER
from emulator.platforms.voicebooker.book.backend import ACTIONS
from emulator.platforms.voicebooker.schemas.outbound_calls import CallFailed, CallSucceeded
from emulator.platforms.voicebooker.schemas.responses import RESPONSES
from emulator.platforms.voicebooker.schemas.words import Action

PAGE: Final = "https://api-docs.voicebooker.de/api-docs/redoc.standalone.js"
OUTBOUND: Final = "https://docs.voicebooker.de/advanced-usage/outbound-calls"


class Problem(BaseModel):
    """The body of an error: one sentence."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"x-basis": "assumed"})

    error: str


def _asked(action: Action) -> type[BaseModel]:
    """The body of a webhook, with the one name that it goes by."""
    takes = ACTIONS[action].takes
    named: Any = (Literal[action.value], ...)
    made: type[BaseModel] = create_model(
        action[0].upper() + action[1:], __base__=takes, __doc__=takes.__doc__, action=named
    )
    return made


ASKED: Final = {action: _asked(action) for action in Action}
LOST: Final = {Action.GET_TYPES_WITH_PRODUCTS}
"""What no copy of the page shows."""


EITHER: Final = Annotated[reduce(or_, ASKED.values()), Field(discriminator="action")]


def _takes(operation: Operation) -> Any:
    return operation.takes or EITHER


def _answer(operation: Operation) -> Any:
    return operation.gives or reduce(or_, dict.fromkeys(RESPONSES.values()))


def _requires(operation: Operation) -> list[dict[str, list[str]]]:
    return [{}, {"token": []}] if operation.public else [{"token": []}]


def _refusals(operation: Operation) -> Mapping[int, Refusal]:
    found = {
        400: Refusal(when="fields of the request are wrong", basis="assumed"),
        401: Refusal(when="the token is missing or wrong", basis="assumed"),
    }
    if operation.public:
        found[404] = Refusal(when="there is no such record", basis="assumed")
        found[409] = Refusal(when="the slot is taken", basis="assumed")
    return found


def _webhook(action: Action) -> Notice:
    does = ACTIONS[action].does
    return Notice(
        name=action,
        summary=(does.__doc__ or "").partition("\\n")[0],
        body=ASKED[action],
        docs=PAGE,
        basis="assumed" if action in LOST else "documented",
        note="the fields of the answer are assumed where the page has lost them",
        answer=RESPONSES[action],
    )


def _result(body: type[BaseModel], summary: str) -> Notice:
    note = "only the existence of such webhooks is documented; the option result_webhooks sets them"
    return Notice(
        name=body.__name__[0].lower() + body.__name__[1:],
        summary=summary,
        body=body,
        docs=OUTBOUND,
        basis="assumed",
        note=note,
    )


reference: Final = Reference(
    hosts=("https://voicebooker.de",),
    security={
        "token": {
            "type": "apiKey",
            "in": "header",
            "name": TOKEN_HEADER,
            "description": "`Token: <token>`, not `Authorization`.",
        }
    },
    requires=_requires,
    takes=_takes,
    answer=_answer,
    problem=Problem,
    refusals=_refusals,
    notices=(
        *(_webhook(action) for action in Action),
        _result(CallSucceeded, "A call of makeCall was talked on."),
        _result(CallFailed, "A call of makeCall came to nothing."),
    ),
    note="The webhooks are what the vendor's bot asks of *your* server; "
    "`/voicebooker/webhook` is the emulator's own answer to all of them.",
)
