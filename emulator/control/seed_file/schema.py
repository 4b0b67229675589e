"""The model of seed files, with a section for each vendor, and what is wrong with a document."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError, create_model

from emulator.control.faults import NewFault
from emulator.control.inboxes import ScriptInboxRequest
from emulator.control.links import NewLink
from emulator.control.request import CLOSED
from emulator.control.scenarios import ChangeScenariosRequest
from emulator.control.seed_file.document import SeedDocument, SeedFileError
from emulator.control.worlds import Auth, Pace, StartClock
from emulator.kit import lazy_model
from emulator.kit.errors import as_invalid, field_path
from emulator.kit.platform import Platform
from emulator.kit.seed_file import Location, seed_section_of
from emulator.wire.whole_numbers import WHOLE_NUMBER

INBOX: Final = re.compile(r"inbox:([A-Za-z0-9][A-Za-z0-9._-]{0,63})")
"""In place of a URL: an inbox of the world."""
NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
NAME_RULE: Final = "is not a name: letters, digits, '.', '_' and '-' are allowed, at most 64"
CHECKED: Final = "http://127.0.0.1"
"""The address of inboxes while a file is checked, before the server has one."""
SCHEMA_PATH: Final = "/_emulator/seed-file.schema.json"


class WorldSeed(BaseModel):
    """A world: how it starts, how callees behave, and the records of each vendor."""

    model_config = CLOSED

    seed: Annotated[int, Field(ge=-(2**63), lt=2**63, strict=True), WHOLE_NUMBER] | None = None
    """Of every id and every seeded random choice; not for ``default``, which has --seed."""
    clock: StartClock = StartClock()
    auth: Auth | None = None
    """``strict`` accepts only the world's own credentials."""
    calls_per_second: Pace | None = None
    profile: dict[str, str] = {}
    """By vendor: the edition of its API that the world follows."""
    links: list[NewLink] = []
    """What platforms start at each other."""
    scenarios: ChangeScenariosRequest = ChangeScenariosRequest()
    """How callees behave: rules, and an outcome mix."""
    inboxes: dict[str, ScriptInboxRequest] = {}
    """Scripted responses of the emulator's own endpoints."""
    faults: list[NewFault] = []


class SeedFile(BaseModel):
    """A seed file. ``inbox:NAME`` stands for the URL of an inbox wherever a URL is asked for."""

    model_config = CLOSED

    worlds: dict[Annotated[str, Field(pattern=NAME)], WorldSeed] = Field(min_length=1)


Models = tuple[tuple[str, type[BaseModel]], ...]
"""A model for each vendor."""


@cache
def _model(sections: Models, options: Models) -> type[SeedFile]:
    variants: dict[str, Any] = {name: (each | None, None) for name, each in options}
    all_options = create_model("Options", __config__=CLOSED, **variants)
    fields: dict[str, Any] = {name: (section | None, None) for name, section in sections}
    fields["options"] = (
        all_options,
        Field(all_options(), description="By vendor: which variant of its pages a world follows."),
    )
    world = create_model("World", __base__=WorldSeed, **fields)
    named = dict[Annotated[str, Field(pattern=NAME)], world]  # type: ignore[valid-type]  # made at run time
    return create_model("SeedFile", __base__=SeedFile, worlds=(named, Field(min_length=1)))


def model_of(platforms: Mapping[str, Platform]) -> type[SeedFile]:
    """Return the model of seed files for these vendors; those without a section are left out."""
    sections = {name: seed_section_of(each).section for name, each in platforms.items()}
    options = {name: lazy_model.model_of(each.options) for name, each in platforms.items()}
    return _model(
        tuple((name, each) for name, each in sections.items() if each is not None),
        tuple(options.items()),
    )


def json_schema(platforms: Mapping[str, Platform]) -> dict[str, Any]:
    """Get the JSON Schema of seed files, for editors."""
    schema: dict[str, Any] = _with_inbox_urls(model_of(platforms).model_json_schema())
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema | {"title": "Seed file of the voicebot emulator"}


def _with_inbox_urls(value: Any) -> Any:
    """Accept ``inbox:NAME`` wherever a URL is asked for."""
    if isinstance(value, list):
        return [_with_inbox_urls(each) for each in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("pattern", "")).startswith("^http"):
        return {"anyOf": [value, {"type": "string", "pattern": f"^{INBOX.pattern}$"}]}
    return {name: _with_inbox_urls(each) for name, each in value.items()}


def check(
    document: SeedDocument, platforms: Mapping[str, Platform], base_url: str = CHECKED
) -> SeedFile:
    """Return what a document says; SeedFileError names every wrong field with its line."""
    if not isinstance(document.value, dict):
        raise SeedFileError(document.at((), "must begin with `worlds:`"))
    model = model_of(platforms)
    try:
        checked = model.model_validate(_with_inboxes(document.value, base_url))
        if "default" not in checked.worlds or checked.worlds["default"].seed is None:
            return checked
        location = ("worlds", "default", "seed")
        text = "worlds.default.seed cannot be set here: start with --seed"
        problems = {"": (0, document.at(location, text))}
    except ValidationError as error:
        problems = dict(_problems(error, document, json_schema(platforms)))
    lines = sorted(problems.values(), key=lambda each: each[0])
    raise SeedFileError("\n".join(text for _, text in lines))


def _with_inboxes(value: dict[str, Any], base_url: str) -> dict[str, Any]:
    worlds = value.get("worlds")
    if not isinstance(worlds, dict):
        return value
    inboxes = f"{base_url}/_emulator/inbox"
    return value | {
        "worlds": {name: _resolved(each, f"{inboxes}/{name}/") for name, each in worlds.items()}
    }


def _resolved(value: Any, inbox_url: str) -> Any:
    if isinstance(value, dict):
        return {name: _resolved(each, inbox_url) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, inbox_url) for each in value]
    found = INBOX.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else f"{inbox_url}{found[1]}"


def _problems(
    error: ValidationError, document: SeedDocument, schema: dict[str, Any]
) -> Iterator[tuple[str, tuple[int, str]]]:
    """Return each problem with its line by its field; those of alternatives are one."""
    words = dict(as_invalid(error, "the file").problems)
    for each in error.errors(include_url=False):
        location: Location = each["loc"]
        path = field_path(location) or "the file"
        text = words.get(path, each["msg"])
        if each["type"] == "extra_forbidden":
            text = f"is unknown{_suggestion(str(location[-1]), _names(schema, location[:-1]))}"
        elif location[-1:] == ("[key]",):
            path = field_path(location[:-1])
            pattern = each.get("ctx", {}).get("pattern")
            text = NAME_RULE if pattern == NAME else f"is not a name that fits {pattern}"
        elif expected := each.get("ctx", {}).get("expected"):
            allowed = re.findall(r"'([^']+)'", str(expected))
            text = f"{text}, not {each['input']!r}{_suggestion(str(each['input']), allowed)}"
        yield path, (document.line_of(location), document.at(location, f"{path} {text}"))


def _suggestion(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are {', '.join(known)}" if known else ""


def _names(schema: dict[str, Any], location: Location) -> list[str]:
    """Return the names of the fields that an object at a path may have."""
    places = [schema]
    for part in location:
        places = [inner for each in _whole(schema, places) for inner in _inside(each, part)]
    return sorted({name for each in _whole(schema, places) for name in each.get("properties", ())})


def _whole(schema: dict[str, Any], places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Resolve references and alternatives."""
    found: list[dict[str, Any]] = []
    for each in places:
        if "$ref" in each:
            name = each["$ref"].rpartition("/")[2]
            found += _whole(schema, [schema["$defs"][name]])
        elif "anyOf" in each:
            found += _whole(schema, each["anyOf"])
        else:
            found.append(each)
    return found


def _inside(place: dict[str, Any], part: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(part, int):
        if isinstance(items := place.get("items"), dict):
            yield items
    elif part in place.get("properties", {}):
        yield place["properties"][part]
    else:
        for name in ("additionalProperties", "patternProperties"):
            inner = place.get(name)
            if isinstance(inner, dict):
                yield from inner.values() if name == "patternProperties" else (inner,)
