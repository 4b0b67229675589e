"""Message templates: ``[name]`` in a robocall, ``{{name}}`` in a conversation.

https://docs.voice.intron.io/docs/voicebot/robocall-call
https://docs.voice.intron.io/docs/voicebot/conversation-call
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from emulator.kit.json import to_json

MAX_MESSAGE_CHARACTERS: Final = 4000
"""With the values of its variables."""
PARAM_FIELDS: Final = frozenset({"phone_number", "workflow_variables", "user_tag_identifiers"})
"""The fields of an entry of ``workflow_params`` that are no variables."""

_PLACEHOLDERS: Final = {
    "ROBOCALL": re.compile(r"(\[([^\[\]]+)\])"),
    "CONVERSATION": re.compile(r"(\{\{([^{}]+)\}\})"),
}


class MessageTemplate:
    """A message split at its placeholders."""

    def __init__(self, text: str, workflow_type: str) -> None:
        self.text = text
        self.workflow_type = workflow_type
        pieces = _PLACEHOLDERS[workflow_type].split(text)
        names = (name.strip() for name in pieces[2::3])
        self._opening = pieces[0]
        self._parts = list(zip(names, pieces[1::3], pieces[3::3], strict=True))
        self._fixed = len(text) - sum(map(len, pieces[1::3]))

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of the placeholders, in the order they first come in."""
        return tuple(dict.fromkeys(name for name, _, _ in self._parts))

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """Return the placeholders that have no value."""
        return [name for name, _, _ in self._parts if name not in values]

    def max_length(self, size: int) -> int:
        """Return the most characters that values of so many bytes of JSON can lead to."""
        return len(self.text) + len(self._parts) * size

    def length(self, values: Mapping[str, Any]) -> int:
        """Return how many characters the message has with these values."""
        return self._fixed + sum(
            len(_text_of(values[name])) if name in values else len(written)
            for name, written, _ in self._parts
        )

    def fill(self, values: Mapping[str, Any]) -> str:
        """Return the message; a placeholder without a value stays as it is."""
        return self._opening + "".join(
            (_text_of(values[name]) if name in values else written) + following
            for name, written, following in self._parts
        )


@lru_cache(maxsize=256)
def template_of(text: str, workflow_type: str) -> MessageTemplate:
    """Return the template of a message; the latest ones are kept."""
    return MessageTemplate(text, workflow_type)


def variables_of(entry: Any) -> dict[str, Any]:
    """Return an entry's variables: those in ``workflow_variables`` win over those beside it."""
    nested = entry.get("workflow_variables") or {}
    if entry.keys() <= PARAM_FIELDS:
        return nested
    return {name: value for name, value in entry.items() if name not in PARAM_FIELDS} | nested


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else to_json(value).decode()
