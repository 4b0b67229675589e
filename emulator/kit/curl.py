"""What the curl commands of the vendors' pages send."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus

from emulator.forms.fields import Field
from emulator.forms.multipart import BOUNDARY, MULTIPART, write_apart
from emulator.forms.urlencoded import URLENCODED

JSON: Final = "application/json"
_FLAGS: Final = frozenset(
    {"-s", "--silent", "-S", "--show-error", "-i", "--include", "-L", "--location", "-v"}
    | {"--verbose", "-k", "--insecure", "-f", "--fail", "--compressed", "-#"}
)
"""Options without a value, which change nothing about the request."""
_NAMES: Final = {
    "-X": "--request",
    "-H": "--header",
    "-d": "--data",
    "--data-raw": "--data",
    "--data-ascii": "--data",
    "--data-binary": "--data",
    "-F": "--form",
    "-u": "--user",
    "-G": "--get",
    "-A": "--user-agent",
    "-o": "--output",
    "-m": "--max-time",
}
_WITH_VALUE: Final = frozenset({*_NAMES.values(), "--url", "--data-urlencode", "--json"}) - {
    "--get"
}

_TYPE: Final = re.compile(r";\s*type=[^;]*$")


class CurlError(ValueError):
    """A curl command that is not understood; the message says which part."""


@dataclass(frozen=True, slots=True)
class CurlCommand:
    """The request that a curl command makes."""

    method: str
    target: str
    """Path and query, without the host."""
    headers: dict[str, str] = field(default_factory=dict)
    """With the content type of the body."""
    content: bytes = b""
    user: str | None = None
    """User and password, as ``user:password``."""
    origin: str = ""
    """The scheme and the host."""
    form: tuple[Field, ...] = ()
    """The fields of a multipart form."""


def read_curl(text: str) -> CurlCommand:
    """Read a command as the pages print it, with backslashes in the middle of a line too."""
    words = [word.strip() for word in shlex.split(re.sub(r"\\\s", " ", text))]
    if words[:1] != ["curl"]:
        raise CurlError("the command does not begin with curl")
    options = [*_options(words[1:])]
    values: dict[str, list[str]] = {}
    for name, value in options:
        values.setdefault(name, []).append(value)
    (address,) = values.get("--url") or [""]
    if not address.startswith(("http://", "https://")):
        raise CurlError(f"the address {address!r} does not begin with http:// or https://")
    origin = re.sub(r"(?<=[^/:])[/?].*", "", address)
    target = address.removeprefix(origin)
    headers = dict(_header(each) for each in values.get("--header", ()))
    form = _form(options)
    kind, content = _written(form) if form else _body(options)
    if "--get" in values:
        target += ("&" if "?" in target else "?") + content.decode()
        kind, content = "", b""
    if kind:
        given = {name: each for name, each in headers.items() if name.lower() != "content-type"}
        # a multipart form says its boundary itself
        own = headers.get("Content-Type", kind) if not kind.startswith(MULTIPART) else kind
        headers = given | {"Content-Type": own}
    method = values.get("--request", ["POST" if kind else "GET"])[-1]
    user = values.get("--user", [None])[-1]
    return CurlCommand(method, target, headers, content, user, origin, form)


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Return every option by its long name; an address is the option ``--url``."""
    waiting = [*reversed(words)]
    while waiting:
        word = waiting.pop()
        if not word.startswith("-"):
            yield "--url", word
            continue
        if word.startswith("--"):
            name, has_value, value = word.partition("=")
        else:  # -sS and -XPOST are two in one
            name, has_value, value = word[:2], word[2:], word[2:]
        name = _NAMES.get(name, name)
        if name in _WITH_VALUE:
            yield name, value if has_value else waiting.pop() if waiting else ""
            continue
        if name == "--get":
            yield name, ""
        elif name not in _FLAGS:
            raise CurlError(f"the option {word} is not understood")
        if value:
            waiting.append(f"-{value}")


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return "-".join(part.capitalize() for part in name.strip().split("-")), value.strip()


def _form(options: list[tuple[str, str]]) -> tuple[Field, ...]:
    return tuple(_form_field(value) for name, value in options if name == "--form")


def _written(form: tuple[Field, ...]) -> tuple[str, bytes]:
    """Return the content type and the bytes of a multipart form."""
    content, boundary = write_apart(form, BOUNDARY)
    return f"{MULTIPART}; boundary={boundary}", content


def _body(options: list[tuple[str, str]]) -> tuple[str, bytes]:
    """Return the content type and the bytes of the body."""
    pieces = []
    for name, value in options:
        if name in {"--data", "--json"}:
            pieces.append(_given(value))
        elif name == "--data-urlencode":
            pieces.append(_encoded(value))
    if not pieces:
        return "", b""
    is_json = any(name == "--json" for name, _ in options)
    return (JSON, "".join(pieces).encode()) if is_json else (URLENCODED, "&".join(pieces).encode())


def _given(text: str) -> str:
    if text.startswith("@"):
        raise CurlError(f"the file {text[1:]} of --data does not exist")
    return text


def _encoded(text: str) -> str:
    """Encode as ``--data-urlencode`` does: ``name=text``, ``=text`` or ``text``."""
    if "=" not in text:
        return quote_plus(_given(text))
    name, _, value = text.partition("=")
    return f"{name}={quote_plus(value)}" if name else quote_plus(value)


def _form_field(text: str) -> Field:
    name, has_value, value = text.partition("=")
    if not has_value:
        raise CurlError(f"the field {text} of --form has no value")
    if value.startswith(("@", "<")):
        raise CurlError(f"the file {value[1:]} of --form does not exist")
    return Field(name, _TYPE.sub("", value))
