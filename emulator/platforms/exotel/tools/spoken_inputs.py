"""What a bot takes from a conversation: whether a tool is asked for, and the inputs of one.

assumed: the vendor leaves both to its language model.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from emulator.domain.text import words
from emulator.platforms.exotel.tools.documents import UnusableToolError
from emulator.platforms.exotel.tools.executions import QUESTION
from emulator.platforms.exotel.tools.records.tools import ToolVersion, VoicebotTool
from emulator.platforms.exotel.tools.tool_requests import operation_for

MAX_SAID_CHARACTERS: Final = 2_000
"""Of a turn that is looked at."""
WHOLE_TURNS: Final = frozenset({"question", "query", "text", "message", "utterance"})
"""The names of inputs that are what the person said."""
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_PHONE: Final = re.compile(r"\+?\d[\d -]{5,}\d")
_CODE: Final = re.compile(r"\b[\w-]*\d[\w-]*\b")
_YES: Final = frozenset({"yes", "yeah", "sure", "right", "correct"})
_NO: Final = frozenset({"no", "nope", "not"})


def is_asked_for(tool: VoicebotTool, said: str) -> bool:
    """Check whether a person who says this needs a tool: all words of its name are in it."""
    heard = {_stem(word) for word in words(said[:MAX_SAID_CHARACTERS])}
    wanted = {_stem(word) for word in words(re.sub(r"[_\W]+", " ", tool.name))}
    return bool(wanted) and wanted <= heard


def _stem(word: str) -> str:
    return word.removesuffix("s")


def input_schemas(tool: VoicebotTool, version: ToolVersion) -> dict[str, Mapping[str, Any]]:
    """Return the schemas of a tool's inputs, by their names; none of a document without any."""
    if tool.kind == "knowledge_base":
        return {QUESTION: {"type": "string"}}
    if tool.kind == "python":
        return dict(version.definition.get("parameters", {}))
    try:
        operation = operation_for(version.definition, tool.name, {})
    except UnusableToolError:
        return {}
    return {each.name: each.schema for each in operation.fields}


def spoken_input(name: str, schema: Mapping[str, Any], said: Sequence[str]) -> Any:
    """Return the value of an input from what the person has said, the latest first; or None."""
    for turn in said:
        value = _value(name, schema, turn[:MAX_SAID_CHARACTERS])
        if value is not None:
            return value
    return None


def _value(name: str, schema: Mapping[str, Any], said: str) -> Any:
    choices = schema.get("enum")
    if isinstance(choices, list):
        return _choice(choices, said)
    match schema.get("type"):
        case "boolean":
            heard = set(words(said))
            return True if heard & _YES else False if heard & _NO else None
        case "number" | "integer" as kind:
            found = _NUMBER.search(_after(name, said) or said)
            return None if found is None else _number(found[0], kind)
        case _:
            return _text(name, said)


def _choice(choices: Iterable[Any], said: str) -> Any:
    heard = set(words(said))
    return next((each for each in choices if heard >= set(words(str(each))) > set()), None)


def _number(text: str, kind: str) -> float:
    value = float(text[:30])
    return int(value) if kind == "integer" or value.is_integer() else value


def _text(name: str, said: str) -> str | None:
    """Return a text: the turn, a phone number, what follows the name, or a word with a digit."""
    if name.lower() in WHOLE_TURNS:
        return said
    if "phone" in name.lower() and (found := _PHONE.search(said)):
        return re.sub(r"[ -]", "", found[0])
    if follows := _after(name, said):
        return follows.split()[0].strip(".,;:!?\"'")
    code = _CODE.search(said)
    return None if code is None else code[0]


def _after(name: str, said: str) -> str | None:
    """Return what follows the words of an input's name: ``order id is A-7`` has ``A-7``."""
    parts = [re.escape(each) for each in re.split(r"[_\W]+", name) if each]
    named = r"\W+".join(parts)
    pattern = rf"\b{named}\W+(?:(?:is|are|number|no)\W+)*(\S.*)"
    found = re.search(pattern, said, re.IGNORECASE | re.DOTALL) if parts else None
    return None if found is None else found[1]
