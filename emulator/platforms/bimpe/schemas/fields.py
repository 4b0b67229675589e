"""Types of fields that several requests and responses have."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from emulator.kit.basis import documented, observed
from emulator.kit.constraints import constraint
from emulator.kit.fields import NOT_BLANK, Integer

REQUEST_CONFIG: Final = ConfigDict(strict=True, extra="ignore", defer_build=True)
"""For requests: types are not converted, unknown fields are ignored."""
MAX_EXACT_INTEGER: Final = 2**53
"""The largest integer that JavaScript clients read exactly."""
DEFAULT_IS_ASSUMED: Final = documented("the default is assumed")
E164_PATTERN: Final = r"^\+[1-9][0-9]{6,14}$"
_E164_FORM: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_EMAIL_FORM: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def not_blank(value: str) -> str:
    """Return a text that is not blank; ValueError for one that is."""
    if not value.strip():
        raise ValueError("must not be blank")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004  # what pydantic collects
    if abs(value) > MAX_EXACT_INTEGER:
        raise ValueError("is too large")
    return value


def e164(value: str) -> str:
    """Return a number in E.164 form; ValueError for another text."""
    if not _E164_FORM.fullmatch(value):
        raise ValueError("must be a phone number in E.164 form, such as +15551234567")
    return value


def _email(value: str) -> str:
    if not _EMAIL_FORM.fullmatch(value):
        raise ValueError("must be an email address")
    return value


NonBlank = Annotated[str, AfterValidator(not_blank), NOT_BLANK]
Name = Annotated[str, Field(max_length=255), AfterValidator(not_blank), NOT_BLANK]
Text255 = Annotated[str, Field(max_length=255)]
Text1000 = Annotated[str, Field(max_length=1000)]
Text2000 = Annotated[str, Field(max_length=2000)]
NonBlank2000 = Annotated[str, Field(max_length=2000), AfterValidator(not_blank), NOT_BLANK]
Email = Annotated[
    str,
    Field(max_length=320),
    AfterValidator(_email),
    constraint(pattern=r"^[A-Za-z0-9.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$"),
]
E164 = Annotated[str, AfterValidator(e164), constraint(pattern=E164_PATTERN)]
Number = Annotated[
    Any,
    BeforeValidator(_number),
    constraint(type="number", minimum=-MAX_EXACT_INTEGER, maximum=MAX_EXACT_INTEGER),
]
"""An integer or a decimal number, returned as it was sent."""
ExactInteger = Annotated[Integer, Field(ge=-MAX_EXACT_INTEGER, le=MAX_EXACT_INTEGER)]
SDK_URL: Final = "https://github.com/BimpeAI/bimpe-sdk"
INTEGRATOR_URL: Final = "https://github.com/Excellence-arch/where-is-my-ride"
"""An integrator's client, changed after the live API had refused what it sent."""
OBSERVED_CONFIG: Final = ConfigDict(json_schema_extra={"x-basis": "observed", "x-source": SDK_URL})
"""For responses whose fields only the vendor's client shows."""
STATUS_BASIS: Final = observed(SDK_URL, "only enabled is documented; disabled is assumed")


class BimpeResource(BaseModel):
    """A part of a response: exactly these fields, and always all of them."""

    model_config = ConfigDict(extra="forbid", defer_build=True)
