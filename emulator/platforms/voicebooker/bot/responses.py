"""Reading the webhook's responses: tolerantly, with a note for every deviation.

UnusableResponseError says why the bot cannot continue.
"""

from codecs import BOM_UTF8
from typing import Any, Final

from emulator.domain.callbacks import SUCCESS_STATUSES, CallbackResponse
from emulator.kit.json import JsonError, read_json
from emulator.platforms.voicebooker.bot.conversations import Question

MAX_RESPONSE_BYTES: Final = 65536
"""How many bytes of a response are read."""
GZIP_MAGIC: Final = b"\x1f\x8b"


class UnusableResponseError(Exception):
    """The bot cannot use a response; the message says why."""


def read_json_response(response: CallbackResponse, question: Question) -> Any:
    """Return the JSON of a response; UnusableResponseError unless it is a 2xx with JSON."""
    _check_status(response)
    kind = _header(response, "content-type")
    if kind.partition(";")[0].strip().lower() != "application/json":
        question.note(f"the content type is {kind or 'missing'}, not application/json")
    if len(response.body) >= MAX_RESPONSE_BYTES:
        raise UnusableResponseError(
            f"the response has {MAX_RESPONSE_BYTES} bytes or more; no more of it is read"
        )
    try:
        return _json(response)
    except JsonError as error:
        reason = "is empty" if not response.body.strip() else str(error)
        raise UnusableResponseError(f"the response {reason}") from None


def read_receipt(response: CallbackResponse, question: Question) -> dict[str, Any]:
    """Return the object in a 2xx response, if it has one. assumed: any body is fine."""
    _check_status(response)
    if not response.body.strip():
        return {}
    try:
        value = _json(response)
    except JsonError as error:
        question.note(f"the response {error}")
        return {}
    return value if isinstance(value, dict) else {}


def _json(response: CallbackResponse) -> Any:
    coding = _header(response, "content-encoding").strip() or "identity"
    if response.body.startswith(GZIP_MAGIC):
        coding = "gzip"
    if coding.lower() != "identity":
        raise JsonError(f"is compressed ({coding[:40]}), which the request does not accept")
    if response.body.startswith(BOM_UTF8):
        raise JsonError("begins with a byte order mark, which JSON does not allow")
    return read_json(response.body)


def _header(response: CallbackResponse, name: str) -> str:
    return {each.lower(): value for each, value in response.headers}.get(name, "")


def _check_status(response: CallbackResponse) -> None:
    if response.status is None:
        raise UnusableResponseError(response.error or "no response")
    if response.status not in SUCCESS_STATUSES:
        raise UnusableResponseError(f"status {response.status}")


def as_object(value: Any, what: str = "the response") -> dict[str, Any]:
    """Return a value that is an object, or raise UnusableResponseError."""
    if not isinstance(value, dict):
        raise UnusableResponseError(f"{what} is {json_type(value)}, not an object")
    return value


def as_list(value: Any, what: str = "the response") -> list[Any]:
    """Return a value that is an array, or raise UnusableResponseError."""
    if not isinstance(value, list):
        raise UnusableResponseError(f"{what} is {json_type(value)}, not an array")
    return value


def json_type(value: Any) -> str:
    """Return the type of a JSON value in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "an array"
        case _:
            return "an object"
