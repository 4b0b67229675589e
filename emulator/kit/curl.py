"""What the curl commands of the vendors' pages send."""

import json
import re
import shlex
from typing import Any, NamedTuple


class Command(NamedTuple):
    """What a curl command sends."""

    method: str
    target: str
    """Path and query, without the host."""
    body: Any = None
    form: dict[str, str] | None = None


def read_curl(text: str) -> Command:
    """Read a command as the pages print them, backslashes that end no line included."""
    words = [word.strip() for word in shlex.split(re.sub(r"\\\s", " ", text))]
    pairs = list(zip(words, [*words[1:], ""], strict=True))
    method = next((value for flag, value in pairs if flag == "-X"), "GET")
    body = next((json.loads(value) for flag, value in pairs if flag == "-d"), None)
    fields = [value.partition("=") for flag, value in pairs if flag == "-F"]
    form = {name: value for name, _, value in fields} or None
    address = next(word for word in words if word.startswith("http"))
    return Command(method, re.sub(r"^https?://[^/]+", "", address), body, form)
