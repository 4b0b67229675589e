"""Going through a run again: the same requests to a world that begins the same.

Nothing leaves this process: endpoints answer what they answered then.

    content = recorded("http://127.0.0.1:8080", world="clinic")
    outcome = replay(content)
    assert outcome.same, outcome.difference
"""

import asyncio
import json
from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from difflib import unified_diff
from types import NoneType
from typing import Any, Final
from urllib.parse import unquote

from pydantic import ValidationError
from pydantic_core import from_json

from emulator import __version__
from emulator.app import Emulator, create_app
from emulator.callbacks.transport import Transport, Transports
from emulator.clock import ClockMode
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.history.entries import Exchange
from emulator.http.extensions import AT_ONCE, CONNECTION
from emulator.persistence.runs import FORMAT, hash_of, lines_of
from emulator.persistence.values import load_bytes, load_headers
from emulator.settings import Settings, WorldSettings
from emulator.world.world import World

Json = dict[str, Any]

ELSEWHERE: Final = ("/_emulator/worlds", "/_emulator/snapshots")
"""What is asked there changes nothing in this world; a restored one has its snapshot's history."""
_TEXT: Final = (str, dict)
_REQUEST: Final = {
    "after": int,
    "method": str,
    "target": str,
    "headers": list,
    "body": _TEXT,
    "status": (int, NoneType),
    "answer": _TEXT,
    "answer_bytes": int,
}
REQUIRED: Final[dict[str, dict[str, Any]]] = {
    "exchange": _REQUEST,
    "control": _REQUEST,
    "attempt": {"callback_id": str, "attempt": int, "answer": dict},
}
"""What entries of a kind need for a run to be gone through."""
SHOWN: Final = 24
"""Lines of a difference that are shown."""
WIDE: Final = 240
"""Characters of such a line."""
TOO_LARGE: Final = 413
"""What a body was answered that was thrown away."""


class RunError(ValueError):
    """Nothing that can be gone through; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of going through a run again."""

    requests: int
    entries: int
    hash: str
    """Over all that came of it now."""
    difference: str | None
    """The first, for people to read; None where every byte is the same."""
    recorded_by: str
    """The version of the emulator that wrote the run."""

    @property
    def same(self) -> bool:
        """Every answer, callback and entry of the history is the same."""
        return self.difference is None

    def shown(self) -> Json:
        """Show all of it."""
        return {"same": self.same} | asdict(self)


def recorded(url: str, world: str = "default", token: str | None = None) -> bytes:
    """Fetch the run file of a world of the emulator at this address; RunError if it has none."""
    import httpx  # noqa: PLC0415  # a tenth of a second that replaying does without

    headers = {"X-Emulator-World": world} | ({} if token is None else {"X-Emulator-Token": token})
    address = f"{url.rstrip('/')}/_emulator/history/export"
    response = httpx.get(address, headers=headers, trust_env=False, timeout=60)
    if response.is_error:
        try:
            reason = response.json()["detail"]
        except (ValueError, LookupError, TypeError):
            reason = f"what answers there is not an emulator: status {response.status_code}"
        raise RunError(reason)
    return response.content


def replay(content: bytes) -> Outcome:
    """Go through a run again in a fresh emulator; RunError for what is none."""
    return asyncio.run(replayed(content))


async def replayed(content: bytes) -> Outcome:
    """Go through a run again, in the present event loop."""
    run = _Run.read(content)
    player = _Player(run)
    try:
        lines = await player.play()
    finally:
        await player.app.worlds.stop()
    return Outcome(
        requests=len(run.requests),
        entries=len(run.lines),
        hash=hash_of(lines),
        difference=_difference(run, lines),
        recorded_by=run.head["emulator"],
    )


@dataclass(slots=True)
class _Run:
    """A run file, read."""

    head: Json
    lines: list[bytes]
    entries: list[Json]

    @classmethod
    def read(cls, content: bytes) -> "_Run":
        first, *lines = content.split(b"\n")
        try:
            head = from_json(first)
            version = head["run"]
        except (ValueError, TypeError, LookupError):
            raise RunError("it is no run file: `history export` writes one") from None
        if version != FORMAT:
            raise RunError(f"it is of format {version}, and this emulator reads {FORMAT}")
        lines = [line for line in lines if line]
        if head.get("hash") not in (None, hash_of(lines)):
            raise RunError(
                "it was cut off or changed since it was written: its hash does not fit; "
                'to change one on purpose, take "hash" out of its first line'
            )
        return cls(head, lines, [_entry(place, line) for place, line in enumerate(lines, 2)])

    @property
    def requests(self) -> list[Json]:
        """Every request, in the order they began."""
        asked = [each for each in self.entries if each["kind"] in {"exchange", "control"}]
        return sorted(asked, key=lambda each: (each["after"], -each["number"]))

    @property
    def answers(self) -> dict[tuple[str, int], CallbackResponse]:
        """What each attempt came to."""
        return {
            (each["callback_id"], each["attempt"]): CallbackResponse(
                status=each["status"],
                headers=load_headers(each["answer"]["headers"]),
                body=load_bytes(each["answer"]["body"]),
                error=each["error"],
                refused=each["answer"]["refused"],
            )
            for each in self.entries
            if each["kind"] == "attempt"
        }


def _entry(place: int, line: bytes) -> Json:
    """Read a line; RunError for one that nothing could be made of."""
    try:
        entry: Json = from_json(line)
        wanted = REQUIRED.get(entry["kind"], {})
        fits = all(isinstance(entry[name], kinds) for name, kinds in wanted.items())
        if fits and isinstance(entry["number"], int):
            return entry
    except (ValueError, TypeError, LookupError, AttributeError):
        pass
    raise RunError(f"line {place} is no entry of a history")


class _Endpoints(Transports):
    """Every endpoint there was, answering as it did."""

    def __init__(self, player: "_Player") -> None:
        self._player = player

    def mount(self, base_url: str, transport: Transport) -> None:
        """The emulator's own inboxes answer as they did too."""

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:  # noqa: ARG002
        """Answer, once all has been asked that was asked before that answer came."""
        await self._player.meanwhile()
        answer = self._player.answers.get((callback.id, len(callback.attempts) + 1))
        return answer or CallbackResponse(error="no such attempt is recorded")

    async def close(self) -> None:
        """Nothing is held."""


class _Player:
    """Asks of a world what was asked of it, each request when as much had happened as then."""

    def __init__(self, run: _Run) -> None:
        self.answers = run.answers
        self._waiting = deque(run.requests)
        head = run.head
        try:
            self.app: Emulator = create_app(Settings(**head["server"]), _Endpoints(self))
            self._chapters = deque(
                (each, self._settings(each["settings"])) for each in head["chapters"]
            )
            self._world = self._first(datetime.fromisoformat(head["began"]))
        except (ValidationError, ValueError, LookupError, TypeError) as error:
            raise RunError(f"its first line cannot be used: {error}") from None

    def _settings(self, row: Json) -> WorldSettings:
        vendors = self.app.platforms
        options = {
            name: vendors[name].hooks.options(**each) for name, each in row["options"].items()
        }
        return WorldSettings(**row | {"options": options})

    def _first(self, began: datetime) -> World:
        chapter, settings = self._chapters.popleft()
        clock = chapter["clock"]
        mode = ClockMode(clock["mode"])
        start = settings.model_copy(update={"clock": mode, "now": began})
        world = self.app.worlds.begin(start)
        world.use_settings(settings)
        world.clock.resume(mode, clock["speed"], datetime.fromisoformat(clock["now"]), None)
        world.history.resume(chapter["after"])
        world.origin.restart(chapter["after"], settings, world.clock)
        return world

    async def play(self) -> list[bytes]:
        """Ask everything, and tell what came of it."""
        while self._waiting:
            self._turn(self._waiting[0]["number"])
            task = asyncio.create_task(self._ask(self._waiting.popleft()))
            await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
            while not task.done():
                await self.meanwhile()
                await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
            task.result()
        return list(lines_of(self._world))

    async def meanwhile(self) -> None:
        """Ask what was asked before a request was answered, if as much has happened as then."""
        while self._waiting and self._waiting[0]["after"] == self._world.history.last:
            if self._chapters and self._chapters[0][0]["after"] < self._waiting[0]["number"]:
                return
            await self._ask(self._waiting.popleft())

    def _turn(self, number: int) -> None:
        """Go on with a fork of the world, if that is where this entry was written."""
        while self._chapters and self._chapters[0][0]["after"] < number:
            chapter, settings = self._chapters.popleft()
            world = self.app.worlds.fork(self._world, settings.name)
            world.use_settings(settings)
            world.engine.set_pace(settings.calls_per_second)
            world.set_clock(ClockMode(chapter["clock"]["mode"]), chapter["clock"]["speed"])
            self._world = world

    async def _ask(self, asked: Json) -> None:
        """Ask once more; or take as it was what cannot be asked, or would change other worlds."""
        if _is_elsewhere(asked) or (asked["status"] == TOO_LARGE and not asked["body"]):
            self._world.history.exchange(_as_it_was(asked, self._world))
            return
        body = load_bytes(asked["body"])
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])
        over = asyncio.Event()
        if asked["status"] is None:
            over.set()

        async def receive() -> Json:
            if (message := next(messages, None)) is not None:
                return message
            await over.wait()
            return {"type": "http.disconnect"}

        async def send(_: Any) -> None:
            """The history keeps what is answered; the client leaves once it is."""
            over.set()

        await self.app(_scope(asked), receive, send)


def _is_elsewhere(asked: Json) -> bool:
    return asked["kind"] == "control" and str(asked["target"]).startswith(ELSEWHERE)


def _headers(asked: Json) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in asked["headers"]]


def _scope(asked: Json) -> Json:
    raw = asked["target"].encode("latin-1")
    path, _, query = raw.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": asked["method"],
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": _headers(asked),
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
        "extensions": {
            CONNECTION: {"reset": _nothing, "close": _nothing},
            AT_ONCE: asked["status"] is not None,
        },
    }


def _nothing() -> None:
    """There is no connection to break off."""


def _as_it_was(asked: Json, world: World) -> Exchange:
    return Exchange(
        at=world.clock.now(),
        kind=asked["kind"],
        platform=asked["platform"],
        operation=asked["operation"],
        method=asked["method"],
        target=asked["target"],
        headers=tuple(_headers(asked)),
        content=load_bytes(asked["body"]),
        status=asked["status"],
        answer=load_bytes(asked["answer"]),
        size=asked["answer_bytes"],
        fault=asked["fault"],
        after=asked["after"],
    )


def _difference(run: _Run, lines: list[bytes]) -> str | None:
    """Tell the first entry that is not as it was, and which request it came of."""
    if lines == run.lines:
        return None
    shared = min(len(lines), len(run.lines))
    index = next((at for at in range(shared) if lines[at] != run.lines[at]), shared)
    was = run.entries[index] if index < len(run.entries) else None
    now = from_json(lines[index]) if index < len(lines) else None
    number = (was or now or {}).get("number")
    told = [f"entry {number} of the history is another{_cause(run, number)}"]
    if run.head["emulator"] != __version__:
        told.append(f"(recorded by version {run.head['emulator']}, this is {__version__})")
    changes = unified_diff(_told(was), _told(now), "then", "now", lineterm="", n=2)
    told += [each if len(each) <= WIDE else f"{each[:WIDE]}..." for each in changes][:SHOWN]
    return "\n".join(told)


def _cause(run: _Run, number: Any) -> str:
    """Name the request that an entry is, or follows from: the last to begin before it."""
    before = [(place, each) for place, each in enumerate(run.requests, 1) if each["after"] < number]
    if not before:
        return ""
    place, asked = before[-1]
    is_it = "it is" if asked["number"] == number else "it follows from"
    return f"; {is_it} request {place}, {asked['method']} {asked['target'][:WIDE]}"


def _told(entry: Json | None) -> list[str]:
    """Write an entry for people, JSON in it laid out."""
    if entry is None:
        return ["nothing"]
    laid_out = {name: _laid_out(value) for name, value in entry.items()}
    return json.dumps(laid_out, indent=1, ensure_ascii=False).splitlines()


def _laid_out(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _laid_out(each) for name, each in value.items()}
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return from_json(value)
        except ValueError:
            return value
    return value
