"""Reading the webhook's answers: as tolerantly as can be, and noting what was not as expected.

An answer that the bot cannot go on with is Unusable; the reason is the record's.
"""

from codecs import BOM_UTF8
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from emulator.domain.callbacks import SUCCESS_STATUSES, CallbackResponse
from emulator.kit.json import JsonError, read_json
from emulator.platforms.voicebooker.bot.conversations import Option, Question

READ: Final = 65536
"""Bytes of an answer that are read."""
GZIP: Final = b"\x1f\x8b"

EARLIEST: Final = 1971
LATEST: Final = 8999
"""The years that times can be in."""


class UnusableError(Exception):
    """The bot cannot go on with this answer; the message says why."""


def read_answer(answer: CallbackResponse, question: Question) -> Any:
    """The JSON of an answer; UnusableError unless it is a 2xx with JSON."""
    _check_status(answer)
    kind = _header(answer, "content-type")
    if kind.partition(";")[0].strip().lower() != "application/json":
        question.note(f"the content type is {kind or 'missing'}, not application/json")
    if len(answer.body) >= READ:
        raise UnusableError(f"the answer has {READ} bytes or more; no more of it is read")
    try:
        return _json(answer)
    except JsonError as error:
        reason = "is empty" if not answer.body.strip() else str(error)
        raise UnusableError(f"the answer {reason}") from None


def read_receipt(answer: CallbackResponse, question: Question) -> dict[str, Any]:
    """What a 2xx says besides; UnusableError without one. assumed: any body will do."""
    _check_status(answer)
    if not answer.body.strip():
        return {}
    try:
        value = _json(answer)
    except JsonError as error:
        question.note(f"the answer {error}")
        return {}
    return value if isinstance(value, dict) else {}


def _json(answer: CallbackResponse) -> Any:
    coding = _header(answer, "content-encoding").strip() or "identity"
    if answer.body.startswith(GZIP):
        coding = "gzip"
    if coding.lower() != "identity":
        raise JsonError(f"is compressed ({coding[:40]}), which nobody has asked for")
    if answer.body.startswith(BOM_UTF8):
        raise JsonError("begins with a byte order mark, which JSON has not")
    return read_json(answer.body)


def _header(answer: CallbackResponse, name: str) -> str:
    return {each.lower(): value for each, value in answer.headers}.get(name, "")


def _check_status(answer: CallbackResponse) -> None:
    if answer.status is None:
        raise UnusableError(answer.error or "no answer")
    if answer.status not in SUCCESS_STATUSES:
        raise UnusableError(f"status {answer.status}")


def an_object(value: Any, what: str = "the answer") -> dict[str, Any]:
    """An object, or UnusableError."""
    if not isinstance(value, dict):
        raise UnusableError(f"{what} is {_kind(value)}, not an object")
    return value


def a_list(value: Any, what: str = "the answer") -> list[Any]:
    """An array, or UnusableError."""
    if not isinstance(value, list):
        raise UnusableError(f"{what} is {_kind(value)}, not an array")
    return value


def options_in(value: Any, kind: str, question: Question) -> list[Option]:
    """The things an array names; those without an id are left out and noted.

    UnusableError when none of them can be used.
    """
    entries = a_list(value)
    options: list[Option] = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict):
            question.note(f"[{place}] is {_kind(entry)}, not an object")
        elif (found := id_in(entry, kind, question, f"[{place}]")) is None:
            question.note(f"[{place}] has no id and no {kind}Id")
        else:
            name = name_in(entry, question, f"[{place}]", needed=kind in NAMED)
            options.append(Option(id=found, name=name or found, raw=entry))
    if entries and not options:
        raise UnusableError(
            f"none of the {len(entries)} entries has an id: " + "; ".join(question.deviations[:2])
        )
    if len({option.id for option in options}) < len(options):
        question.note("two entries have the same id")
    return options


NAMED: Final = frozenset({"appointmentType", "agent", "product"})
"""What the bot calls by its name when it asks the caller."""


def id_in(entry: Mapping[str, Any], kind: str, question: Question, where: str) -> str | None:
    """The id: under ``id`` or ``<kind>Id``, a number at need."""
    for name in ("id", f"{kind}Id"):
        value = entry.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            question.note(f"{where}.{name} is a number, not a string")
            return str(value)
    return None


def name_in(
    entry: Mapping[str, Any], question: Question, where: str, *, needed: bool = True
) -> str | None:
    """The name: under ``name`` or ``title``, or first and last name; noted if there is none."""
    for name in ("name", "title"):
        if isinstance(value := entry.get(name), str) and value.strip():
            return value.strip()
    parts = [entry.get(name) for name in ("firstname", "lastname")]
    said = " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
    if not said and needed:
        question.note(f"{where} has neither name nor title")
    return said or None


def entity_in(value: Any, question: Question) -> str:
    """The business an answer names, under ``entityId`` or ``id``; UnusableError without one."""
    answer = an_object(value)
    if isinstance(entity := answer.get("entityId"), str) and entity:
        return entity
    found = id_in(answer, "entity", question, "the answer")
    if found is None:
        raise UnusableError("the answer has no entityId")
    if "entityId" not in answer:
        question.note("the id is under id, not under entityId")
    return found


def business_in(value: Any, question: Question) -> str | None:
    """What a business is called, under ``name`` or ``title``; None if that is not told."""
    answer = an_object(value)
    name = name_in(answer, question, "the answer", needed=False)
    if name is not None and not isinstance(answer.get("name"), str):
        question.note("the name is not under name")
    return name


def start_of(option: Option, question: Question | None = None) -> datetime | None:
    """When a slot or booking starts; None, and a note, when that cannot be read."""
    text = start_text(option)
    moment = time_in(text or "")
    if question is not None and moment is None:
        said = "has no start" if text is None else f"has the start {text}, which is no time"
        question.note(f"{option.id} {said}")
    if question is not None and moment is not None and moment.tzinfo is None:
        question.note(f"{option.id} has the start {text} without an offset")
    return moment


def time_in(text: str) -> datetime | None:
    """Read ISO 8601; None for what is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if EARLIEST <= moment.year <= LATEST else None


def start_text(option: Option) -> str | None:
    """The start as it was written, which is how it is sent back."""
    for holder in (option.raw, option.raw.get("slot")):
        if isinstance(holder, dict) and isinstance(start := holder.get("start"), str):
            return start
    return None


def reference(option: Option, kind: str, question: Question | None = None) -> str | None:
    """The id of another thing that this one names; None, and a note, if it does not."""
    held = option.raw.get(kind)
    value = option.raw.get(f"{kind}Id")
    if value is None and isinstance(held, dict):
        value = held.get("id") or held.get(f"{kind}Id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value:
        return value
    if question is not None:
        question.note(f"{option.id} has no {kind}Id")
    return None


def fields_in(value: Any, name: str, question: Question) -> list[str]:
    """The names of what has to be asked: texts, or objects with a name."""
    entries = an_object(value).get(name)
    if entries is None:
        question.note(f"{name} is missing")
        return []
    found: list[str] = []
    for place, entry in enumerate(a_list(entries, name)):
        said = entry
        if isinstance(entry, dict):
            said = next((entry[key] for key in FIELD_NAMES if entry.get(key)), None)
        if isinstance(said, str) and said.strip():
            found.append(said.strip())
        else:
            question.note(f"{name}[{place}] names no field")
    return list(dict.fromkeys(found))


FIELD_NAMES: Final = ("name", "id", "field", "key")
"""Where an entry of the required information may name its field."""


def _kind(value: Any) -> str:
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
