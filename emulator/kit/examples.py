"""The vendor's own examples, done again: what its page asks is asked, what it shows is compared."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from emulator.kit.comparison import EQUAL, Rules, difference, short
from emulator.kit.curl import read_curl

Json = Any
Proof = Callable[[Mapping[str, str]], dict[str, str]]
"""Makes the headers that show a world's credentials."""


class Reply(NamedTuple):
    """What was answered."""

    status: int
    content: bytes

    @property
    def json(self) -> Json:
        """Its body."""
        return json.loads(self.content)


class Way(Protocol):
    """How requests reach an emulator."""

    def send(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes, frames: int
    ) -> Reply:
        """Make a request; of an answer that has no end, read only so many frames."""


class Difference(Exception):  # noqa: N818  # a finding, no mistake
    """What was found is not what a file shows; without a file, what it takes could not be done."""

    def __init__(self, reason: str, name: str | None = None) -> None:
        super().__init__(reason)
        self.name = name


class Visit:
    """One world, in which an example is done."""

    def __init__(self, way: Way, made: Json, folder: Path, proof: Proof) -> None:
        self._way = way
        self._folder = folder
        self.world: str = made["name"]
        self.inbox_url: str = made["inbox_url"]
        self.own: Mapping[str, str] = made["credentials"][folder.name]
        """The world's credentials for the vendor."""
        self._headers = {"X-Emulator-World": self.world}
        self._proof = proof(self.own)
        self.done: set[str] = set()
        """The files that were sent or compared, and were fine."""

    def text(self, name: str) -> str:
        """The text of a file."""
        return (self._folder / name).read_text(encoding="utf-8")

    def example(self, name: str) -> Json:
        """What a file says in JSON."""
        try:
            return json.loads(self.text(name))
        except ValueError as error:
            raise Difference(f"is not JSON: {error}", name) from None

    def ask(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        frames: int = 0,
    ) -> Reply:
        """Make a request to the vendor with the world's credential."""
        kind, content = _content(body, form)
        given = self._headers | self._proof | kind | dict(headers or {})
        return self._way.send(method, path, given, content, frames)

    def sent(self, name: str, method: str, path: str, changes: Json = None) -> Reply:
        """Send the request of a file, which has to be taken; changes name what exists here."""
        return self.taken(name, self.ask(method, path, self.example(name) | (changes or {})))

    def run(self, name: str, known: Mapping[str, str]) -> Reply:
        """Send what the curl command of a file sends, with what is known here in its places."""
        text = self.text(name)
        for place, value in known.items():
            text = text.replace(place, value)
        command = read_curl(text)
        reply = self.ask(command.method, command.target, command.body, form=command.form)
        return self.taken(name, reply)

    def taken(self, name: str, reply: Reply) -> Reply:
        """See that the request of a file was answered with a success."""
        if not 200 <= reply.status < 300:  # noqa: PLR2004  # success
            raise Difference(f"answered {reply.status}: {short(reply.content.decode())}", name)
        self.done.add(name)
        return reply

    def same(self, found: Json, name: str, rules: Rules = EQUAL, expected: Json = None) -> None:
        """Compare what was found with what a file shows, or with this part of it."""
        wanted = self.example(name) if expected is None else expected
        if (reason := difference(found, wanted, rules)) is not None:
            raise Difference(reason, name)
        self.done.add(name)

    def control(self, method: str, path: str, body: Json = None) -> Json:
        """Make a request to the control API about this world, which has to succeed."""
        kind, content = _content(body, None)
        reply = self._way.send(method, f"/_emulator{path}", self._headers | kind, content, 0)
        if reply.status >= 400:  # noqa: PLR2004  # the first that is an error
            said = short(reply.content.decode())
            raise Difference(f"{method} /_emulator{path} was answered {reply.status}: {said}")
        return reply.json if reply.content else None

    def options(self, **options: Any) -> None:
        """Have the vendor follow variants that its pages publish."""
        self.control("PATCH", "/settings", {"options": {self._folder.name: options}})

    def advance(self, seconds: float | None = None) -> None:
        """Let so many seconds pass, or all that is due."""
        body = {"until": "idle"} if seconds is None else {"seconds": seconds}
        self.control("POST", "/clock/advance", body)

    def behave(self, **by_number: Json) -> None:
        """Say how the callee of each number behaves: ``n234...`` stands for +234..."""
        rules = [
            {"match": {"number": f"+{name[1:]}"}, "scenario": scenario}
            for name, scenario in by_number.items()
        ]
        self.control("PUT", "/scenarios", {"rules": rules})

    def inbox(self, name: str) -> list[Json]:
        """The JSON of what an inbox took."""
        return [message["json"] for message in self.control("GET", f"/inboxes/{name}")]


@dataclass(frozen=True)
class Example:
    """One story in a world of its own, and the files it sends or compares."""

    files: tuple[str, ...]
    does: Callable[[Visit], None]
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    """What its world is made with."""

    @property
    def id(self) -> str:
        """Its name in our words."""
        return self.does.__name__


def example(*files: str, **settings: Any) -> Callable[[Callable[[Visit], None]], Example]:
    """Have a function do what these files show."""
    return lambda does: Example(files, does, settings)


@dataclass(frozen=True, kw_only=True)
class Examples:
    """All of a vendor's."""

    run: tuple[Example, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    """The files that cannot be run, and why not."""


Result = Literal["pass", "fail", "skip"]


class Finding(NamedTuple):
    """What came of one file."""

    fixture: str
    result: Result
    reason: str


def judged(each: Example, visit: Visit) -> Iterator[Finding]:
    """Do an example, and tell what came of each of its files."""
    failed, reason = None, "was neither sent nor compared"
    try:
        each.does(visit)
    except Difference as found:
        failed, reason = found.name, str(found)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # an answer that is otherwise than the example goes on from
        reason = f"what was answered cannot be gone on from: {type(error).__name__}: {error}"
    for name in each.files:
        if name in visit.done and name != failed:
            yield Finding(name, "pass", "")
        elif failed is None or name == failed:
            yield Finding(name, "fail", reason)
        else:
            yield Finding(name, "fail", f"was not come to: {failed}: {reason}")


def files_in(folder: Path) -> list[str]:
    """Every file of a vendor's folder that has to be done, or left out for a reason."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix() for path in paths}
    return sorted(names - {"SOURCES.md"})


def _content(body: Json, form: Mapping[str, str] | None) -> tuple[dict[str, str], bytes]:
    """The content type and the bytes of a body."""
    if form is not None:
        parts = "".join(
            f'--example\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form.items()
        )
        kind = {"Content-Type": "multipart/form-data; boundary=example"}
        return kind, f"{parts}--example--\r\n".encode()
    if body is None:
        return {}, b""
    return {"Content-Type": "application/json"}, json.dumps(body).encode()
