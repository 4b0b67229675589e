"""Message templates: ``[name]`` in a robocall, ``{{name}}`` in a conversation.

https://docs.voice.intron.io/docs/voicebot/robocall-call
https://docs.voice.intron.io/docs/voicebot/conversation-call
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from emulator.kit.json import to_json

LIMIT: Final = 4000
"""Characters a message may have once its variables are filled in."""

_PLACEHOLDERS: Final = {
    "ROBOCALL": re.compile(r"(\[([^\[\]]+)\])"),
    "CONVERSATION": re.compile(r"(\{\{([^{}]+)\}\})"),
}


class Template:
    """A message cut at its placeholders."""

    def __init__(self, text: str, workflow_type: str) -> None:
        self.text = text
        self.workflow_type = workflow_type
        pieces = _PLACEHOLDERS[workflow_type].split(text)
        names = (name.strip() for name in pieces[2::3])
        self._opening = pieces[0]
        self._parts = list(zip(names, pieces[1::3], pieces[3::3], strict=True))
        self._fixed = len(text) - sum(map(len, pieces[1::3]))

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """The placeholders that have no value."""
        return [name for name, _, _ in self._parts if name not in values]

    def longest(self, size: int) -> int:
        """The most characters the message can have with values of so many bytes of JSON."""
        return len(self.text) + len(self._parts) * size

    def length(self, values: Mapping[str, Any]) -> int:
        """How many characters the message has with these values."""
        return self._fixed + sum(
            len(_shown(values[name])) if name in values else len(written)
            for name, written, _ in self._parts
        )

    def fill(self, values: Mapping[str, Any]) -> str:
        """Write the message; a placeholder without a value stays as it is."""
        return self._opening + "".join(
            (_shown(values[name]) if name in values else written) + following
            for name, written, following in self._parts
        )


@lru_cache(maxsize=256)
def template_of(text: str, workflow_type: str) -> Template:
    """Cut a message, which most likely was cut before."""
    return Template(text, workflow_type)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else to_json(value).decode()
