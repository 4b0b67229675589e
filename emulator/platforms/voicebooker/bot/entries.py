"""What the bot finds in the JSON of a response: entries of lists, ids, names and starts.

It is tolerant, and notes every deviation from what it expects.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from emulator.platforms.voicebooker.bot.conversations import Option, Question
from emulator.platforms.voicebooker.bot.responses import (
    UnusableResponseError,
    as_list,
    as_object,
    json_type,
)
from emulator.platforms.voicebooker.schemas.words import EARLIEST_YEAR, LATEST_YEAR


def options_in(value: Any, kind: str, question: Question) -> list[Option]:
    """Return the entries of an array; those without an id are noted and left out.

    UnusableResponseError if no entry has an id.
    """
    entries = as_list(value)
    options: list[Option] = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict):
            question.note(f"[{place}] is {json_type(entry)}, not an object")
        elif (found := id_in(entry, kind, question, f"[{place}]")) is None:
            question.note(f"[{place}] has no id and no {kind}Id")
        else:
            name = name_in(entry, question, f"[{place}]", needed=kind in NAMED_KINDS)
            options.append(Option(id=found, name=name or found, raw=entry))
    if entries and not options:
        raise UnusableResponseError(
            f"none of the {len(entries)} entries has an id: " + "; ".join(question.deviations[:2])
        )
    if len({option.id for option in options}) < len(options):
        question.note("two entries have the same id")
    return options


NAMED_KINDS: Final = frozenset({"appointmentType", "agent", "product"})
"""The kinds of entries that the bot names to the caller."""


def id_in(entry: Mapping[str, Any], kind: str, question: Question, where: str) -> str | None:
    """Return the id, under ``id`` or ``<kind>Id``; a number is accepted and noted."""
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
    """Return the name: ``name``, ``title`` or first and last name; None is noted if needed."""
    for name in ("name", "title"):
        if isinstance(value := entry.get(name), str) and value.strip():
            return value.strip()
    parts = [entry.get(name) for name in ("firstname", "lastname")]
    said = " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
    if not said and needed:
        question.note(f"{where} has neither name nor title")
    return said or None


def entity_in(value: Any, question: Question) -> str:
    """Return the id of the business: ``entityId`` or ``id``; UnusableResponseError without one."""
    response = as_object(value)
    if isinstance(entity := response.get("entityId"), str) and entity:
        return entity
    found = id_in(response, "entity", question, "the response")
    if found is None:
        raise UnusableResponseError("the response has no entityId")
    if "entityId" not in response:
        question.note("the id is in the field id, not in entityId")
    return found


def business_name_in(value: Any, question: Question) -> str | None:
    """Return the name of the business, under ``name`` or ``title``, or None."""
    response = as_object(value)
    name = name_in(response, question, "the response", needed=False)
    if name is not None and not isinstance(response.get("name"), str):
        question.note("the name is not in the field name")
    return name


def start_of(option: Option, question: Question | None = None) -> datetime | None:
    """Return the start of a slot or booking; None, and a note, if it cannot be parsed."""
    text = start_text(option)
    moment = parse_time(text or "")
    if question is not None and moment is None:
        said = "has no start" if text is None else f"has the start {text}, which is not a time"
        question.note(f"{option.id} {said}")
    if question is not None and moment is not None and moment.tzinfo is None:
        question.note(f"{option.id} has the start {text} without an offset")
    return moment


def parse_time(text: str) -> datetime | None:
    """Parse an ISO 8601 time; None for any other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if EARLIEST_YEAR <= moment.year <= LATEST_YEAR else None


def start_text(option: Option) -> str | None:
    """Return the start as the webhook wrote it, which is how the bot sends it back."""
    for holder in (option.raw, option.raw.get("slot")):
        if isinstance(holder, dict) and isinstance(start := holder.get("start"), str):
            return start
    return None


def referenced_id(option: Option, kind: str, question: Question | None = None) -> str | None:
    """Return the id of another entry that this one refers to; None, and a note, without one."""
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
    """Return the names of required fields: texts, or objects with a name."""
    entries = as_object(value).get(name)
    if entries is None:
        question.note(f"{name} is missing")
        return []
    found: list[str] = []
    for place, entry in enumerate(as_list(entries, name)):
        said = entry
        if isinstance(entry, dict):
            said = next((entry[key] for key in FIELD_NAMES if entry.get(key)), None)
        if isinstance(said, str) and said.strip():
            found.append(said.strip())
        else:
            question.note(f"{name}[{place}] names no field")
    return list(dict.fromkeys(found))


FIELD_NAMES: Final = ("name", "id", "field", "key")
"""The keys under which a required field may have its name."""
