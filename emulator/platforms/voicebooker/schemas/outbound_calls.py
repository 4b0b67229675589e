"""Outbound calls: ``makeCall``, and the webhook that reports how a call ended.

https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from emulator.kit.basis import documented
from emulator.kit.constraints import constraint
from emulator.kit.fields import Text
from emulator.kit.json import to_json
from emulator.kit.patterns import PHONE
from emulator.platforms.voicebooker.schemas.responses import ASSUMED_CONFIG
from emulator.platforms.voicebooker.schemas.webhooks import REQUEST_CONFIG

MAX_STATE_BYTES: Final = 100_000
NUMBER_AS_SENT: Final = constraint(pattern=r"^[ ()./-]*\+?([ ()./-]*[0-9]){7,15}[ ()./-]*$")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./-]+")


def _dialed(value: Any) -> Any:
    return _BETWEEN_DIGITS.sub("", value) if isinstance(value, str) else value


def _as_sent(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    check(_dialed(value))
    return value


def _state(value: dict[str, Any] | None) -> dict[str, Any] | None:
    if value is not None and len(to_json(value)) > MAX_STATE_BYTES:
        raise ValueError(f"must have at most {MAX_STATE_BYTES} bytes")
    return value


REQUIRED_IS_ASSUMED: Final = documented("that it is required is assumed")


class MakeCallRequest(BaseModel):
    """The body of ``POST makeCall``."""

    model_config = REQUEST_CONFIG

    dest: Annotated[
        str, Field(pattern=PHONE), WrapValidator(_as_sent), NUMBER_AS_SENT, REQUIRED_IS_ASSUMED
    ]
    """The phone number to call; may have dashes and spaces, as in the page's sample."""
    botId: Annotated[Text, Field(max_length=200), REQUIRED_IS_ASSUMED]
    sipAccountId: Annotated[Text, Field(max_length=200), REQUIRED_IS_ASSUMED]
    startTimeout: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] | None = None
    """Seconds before the bot speaks, so that the callee can speak first."""
    state: Annotated[dict[str, Any] | None, AfterValidator(_state)] = None

    @property
    def number(self) -> str:
        """Return the number to call, without dashes and spaces."""
        return str(_dialed(self.dest))


class MakeCallResponse(BaseModel):
    """The response to ``POST makeCall``."""

    model_config = ConfigDict(defer_build=True)

    callRequestId: str


class FunctionParameters(BaseModel):
    """The parameters that a bot has extracted for a function, under their own names."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    state: dict[str, Any] = {}
    """The state of the call, if the function has it enabled."""


class FunctionResponse(BaseModel):
    """What the bot understands of the response to a function's webhook."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    action: str | None = None
    """``hangup``, or ``transferTo:`` and a number in E.164."""
    state: dict[str, Any] | None = None
    """Values to add to the state of the call."""
    stack: list[str] | None = None
    """The names of the active stages, the most recent last."""


class CallResult(BaseModel):
    """The result of an outbound call."""

    model_config = ASSUMED_CONFIG

    callRequestId: str
    dest: str
    botId: str
    state: dict[str, Any]


class CallSucceeded(CallResult):
    """Sent when an outbound call was answered and has ended."""

    event: Literal["callSucceeded"]


class CallFailed(CallResult):
    """Sent when an outbound call was not answered."""

    event: Literal["callFailed"]
