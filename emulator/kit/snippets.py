"""A command of curl in other languages, and the samples for a vendor's own client libraries.

A vendor's module ``snippets`` defines ``snippets``, a tuple of ``Snippet``, for the client
libraries that the vendor publishes. The other languages are written from its ``sample``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from emulator.forms.urlencoded import URLENCODED
from emulator.kit.curl import CurlCommand, CurlError, read_curl


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A sample for a client library of the vendor's."""

    title: str
    """The language and the library: ``Python: acme``."""
    language: str
    """``python`` or ``javascript``."""
    install: str
    """The command that installs the library."""
    code: Callable[[str, Mapping[str, str]], str]
    """Write the sample, given the base URL and the credentials."""


def translations(command: str) -> list[dict[str, str]]:
    """Return a curl command, and the same request in Python and in JavaScript."""
    shown = [{"title": "curl", "language": "sh", "install": "", "code": command}]
    try:
        read = read_curl(command)
    except CurlError:
        return shown  # a sample that only curl understands
    python = {"title": "Python", "language": "python", "install": "pip install requests"}
    node = {"title": "Node", "language": "javascript", "install": ""}
    return [*shown, python | {"code": in_python(read)}, node | {"code": in_javascript(read)}]


def in_python(command: CurlCommand) -> str:
    """Write a request for ``requests``."""
    arguments = [_python(command.origin + command.target)]
    if headers := _headers(command):
        arguments.append(f"headers={_python(headers)}")
    if command.user is not None:
        user, _, password = command.user.partition(":")
        arguments.append(f"auth=({_python(user)}, {_python(password)})")
    if command.form:
        fields = [f"{_python(name)}: (None, {_python(text)})" for name, text in command.form]
        arguments.append(f"files={{{', '.join(fields)}}}")
    elif command.content:
        kind, value = _body(command)
        arguments.append(f"{'json' if kind == 'json' else 'data'}={_python(value)}")
    method = _python(command.method)
    lines = "".join(f"    {argument},\n" for argument in (method, *arguments))
    return (
        f"import requests\n\nresponse = requests.request(\n{lines})\n"
        "print(response.status_code, response.text)"
    )


def in_javascript(command: CurlCommand) -> str:
    """Write a request for ``fetch``, as a module of Node or of a browser."""
    before, body, kind = _javascript_body(command)
    headers = {name: json.dumps(value) for name, value in _headers(command).items()}
    if command.user is not None:
        headers["Authorization"] = f'"Basic " + btoa({json.dumps(command.user)})'
    if kind == "json":
        headers["Content-Type"] = '"application/json"'
    lines = f"  method: {json.dumps(command.method)},\n"
    if headers:
        pairs = ", ".join(f"{json.dumps(name)}: {value}" for name, value in headers.items())
        lines += f"  headers: {{ {pairs} }},\n"
    if body:
        lines += f"  body: {body},\n"
    address = json.dumps(command.origin + command.target)
    return (
        f"{before}const response = await fetch({address}, {{\n{lines}}});\n"
        "console.log(response.status, await response.text());"
    )


def _javascript_body(command: CurlCommand) -> tuple[str, str, str]:
    """Return the statements before the request, the expression of its body, and the body's kind."""
    if command.form:
        fields = "".join(
            f"form.append({json.dumps(name)}, {json.dumps(text)});\n" for name, text in command.form
        )
        return f"const form = new FormData();\n{fields}\n", "form", ""
    if not command.content:
        return "", "", ""
    kind, value = _body(command)
    shown = json.dumps(value, ensure_ascii=False)
    written = {"json": f"JSON.stringify({shown})", "form": f"new URLSearchParams({shown})"}
    return "", written.get(kind, shown), kind


def _headers(command: CurlCommand) -> dict[str, str]:
    """Return the headers that a client does not write by itself."""
    return {name: value for name, value in command.headers.items() if name != "Content-Type"}


def _body(command: CurlCommand) -> tuple[str, Any]:
    """Return the kind of a body, ``json``, ``form`` or ``text``, and its value."""
    text = command.content.decode()
    try:
        return "json", json.loads(text)
    except ValueError:
        pass
    if command.headers.get("Content-Type") == URLENCODED:
        return "form", dict(parse_qsl(text, keep_blank_values=True))
    return "text", text


def _python(value: Any) -> str:
    """Write a value of JSON as Python, with double quotes."""
    if isinstance(value, dict):
        pairs = [f"{_python(name)}: {_python(each)}" for name, each in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_python, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
