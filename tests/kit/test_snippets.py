"""Snippets: what they do in Python and Node is what the curl command does."""

import json
import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from emulator.app import Emulator
from emulator.kit.curl import read_curl
from emulator.kit.snippets import in_javascript, in_python, translations
from emulator.platforms import discover
from emulator.server import running
from emulator.settings import Settings
from tests.snippets import NODE, ran_in_node, ran_in_python
from tests.support import Json

COMMANDS: Final = {
    "json": """curl http://h/a -H 'Token: t' -d '{"name": "Zoë", "ok": true, "no": null}'""",
    "form": "curl http://h/a -u user:pass -d To=%2B15550199010 -d Text=a+b",
    "multipart": """curl http://h/a -F 'text="quoted"' -F more=x""",
    "text": "curl -X PUT http://h/a?x=1 -H 'Content-Type: text/plain' --data-raw hello",
    "bare": "curl -X DELETE http://h/a",
}
"""Requests of every kind; the host stands for that of the server."""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """A server that keeps what it is sent in an inbox."""
    with running(Settings(port=0)) as app:
        yield app


def at(server: Emulator, command: str) -> str:
    """Return the command with the address of an inbox."""
    return command.replace("http://h", f"{server.worlds.default.inbox_url}snippets")


def received(server: Emulator) -> list[Json]:
    """Return what the inbox has received, without what each client adds, and empty it."""
    url = f"{server.worlds.settings.base_url}/_emulator/inboxes/snippets"
    found = httpx.get(url, trust_env=False).json()
    httpx.delete(url, trust_env=False)
    return [shown(each) for each in found]


def shown(message: Json) -> Json:
    """Return a request without its boundary; header names and empty bodies vary by client."""
    kind = message["headers"].get("content-type", "")
    boundary = re.search("boundary=(.+)", kind)
    body = message["body"]
    if boundary:
        fields = re.findall(r'name="(\w+)"\r\n.*?\r\n(.*?)\r\n--', body, re.DOTALL)
        body = fields
    elif message["json"] is not None:
        body = message["json"]
    own = {name: message["headers"].get(name) for name in ("token", "authorization")}
    return message["method"], message["path"].partition("snippets")[2], own, body


@pytest.mark.parametrize("kind", COMMANDS)
def test_snippet_in_python_makes_the_same_request(server: Emulator, kind: str) -> None:
    """Method, address, headers, credential and body are those of the command."""
    read = read_curl(at(server, COMMANDS[kind]))

    printed = ran_in_python(in_python(read))

    (message,) = received(server)
    assert printed.startswith("200 ")
    assert message == expected(read.method, kind)


@pytest.mark.skipif(NODE is None, reason="there is no Node here")
def test_snippets_in_node_make_the_same_requests(server: Emulator) -> None:
    """One program holds them all: a start of Node takes longer than the requests."""
    codes = {kind: in_javascript(read_curl(at(server, each))) for kind, each in COMMANDS.items()}

    ran_in_node("\n".join(f"{{\n{code}\n}}" for code in codes.values()))

    methods = [read_curl(at(server, each)).method for each in COMMANDS.values()]
    assert received(server) == [
        expected(method, kind) for method, kind in zip(methods, COMMANDS, strict=True)
    ]


def expected(method: str, kind: str) -> Json:
    """Return what the inbox receives from a command."""
    body = {
        "json": {"name": "Zoë", "ok": True, "no": None},
        "form": "To=%2B15550199010&Text=a+b",
        "multipart": [("text", '"quoted"'), ("more", "x")],
        "text": "hello",
        "bare": "",
    }[kind]
    token = "t" if kind == "json" else None
    basic = "Basic dXNlcjpwYXNz" if kind == "form" else None
    target = "/a?x=1" if kind == "text" else "/a"
    return method, target, {"token": token, "authorization": basic}, body


def test_command_that_is_not_understood_stays_in_curl() -> None:
    """A command with options that are not read is shown as it is."""
    assert [each["title"] for each in translations("curl --proxy x http://h/a")] == ["curl"]


@pytest.mark.parametrize("name", discover())
def test_every_vendors_snippets_are_accepted(server: Emulator, name: str) -> None:
    """Each vendor's snippets run as they are pasted; in strict mode too, so the key is in them."""
    base_url = server.worlds.settings.base_url
    made = httpx.post(f"{base_url}/_emulator/worlds", json={"auth": "strict"}, trust_env=False)
    headers = {"X-Emulator-World": made.json()["name"]}
    listed = httpx.get(f"{base_url}/_emulator/platforms", headers=headers, trust_env=False).json()
    (platform,) = (each for each in listed if each["name"] == name)

    for snippet in platform["snippets"]:
        if snippet["language"] == "python":
            printed = ran_in_python(snippet["code"])
            assert snippet["title"] != "Python" or printed.startswith("20"), printed

    history = httpx.get(
        f"{base_url}/_emulator/history?kind=exchange", headers=headers, trust_env=False
    ).json()
    assert {each["status"] // 100 for each in history} == {2}
    assert len(history) >= len([each for each in platform["snippets"] if "Python" in each["title"]])


def test_python_literals_are_written_for_python() -> None:
    """True, False and None are Python's, also within lists and objects."""
    command = read_curl("""curl http://h/a -d '{"a": [true, {"b": null}], "c": 1.5}'""")

    assert 'json={"a": [True, {"b": None}], "c": 1.5}' in in_python(command)
    assert json.dumps({"a": [True, {"b": None}], "c": 1.5}) in in_javascript(command)
