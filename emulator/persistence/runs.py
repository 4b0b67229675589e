"""Run files: how a world started, then its history, one entry per line, and a hash over it.

The history has everything that determines a run: the requests, the events, and the responses of
endpoints. The same requests to a world that starts the same way give the same lines.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from pydantic_core import to_json

from emulator import __version__
from emulator.domain.callbacks import Attempt, Callback
from emulator.domain.errors import BusyError, ConflictError
from emulator.domain.events import BatchTransition, CallTransition
from emulator.domain.faults import Faulted
from emulator.domain.links import LinkFollowed
from emulator.domain.streams import StreamEvent
from emulator.domain.tools import ToolUsed
from emulator.faults.callbacks import outgoing
from emulator.history.entries import Attempted, Entry, kind_of, whole
from emulator.history.exchanges import Exchange
from emulator.persistence.tables import Row
from emulator.persistence.values import dump_bytes, format_time
from emulator.settings import OF_WORLDS_ALONE, WorldSettings
from emulator.world.origin import Chapter
from emulator.world.tape import TapeEvent
from emulator.world.world import World

FORMAT: Final = 1
IGNORED_HEADERS: Final = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"cache-control",
        b"connection",
        b"content-length",
        b"cookie",
        b"keep-alive",
        b"origin",
        b"pragma",
        b"referer",
        b"transfer-encoding",
        b"user-agent",
        b"x-emulator-token",
    }
)
"""Request headers that are left out: no response depends on them, or they are secret."""
MAX_SENT_BODY_BYTES: Final = 65536
"""A longer callback body is replaced by its hash."""


class NotReplayableError(ConflictError):
    """The history of a world does not have everything that a replay needs."""


def run_lines(world: World, credentials: dict[str, dict[str, str]]) -> Iterator[bytes]:
    """Yield the lines of the run file of a world, as it is now; the first of them comes last.

    NotReplayableError gives the reason why there is none; BusyError while the clock advances.
    """
    _check(world)
    head = {
        "run": FORMAT,
        "emulator": __version__,
        "world": world.name,
        "seed": world.settings.seed,
        "credentials": credentials,
        "server": {
            "public_url": world.server.base_url,
            "max_body": world.server.max_body,
            "keep": world.server.keep,
            "keep_bytes": world.server.keep_bytes,
        },
        "bots": _bots(world),
        "arrivals": _arrivals(world),
        "began": format_time(world.origin.began),
        "chapters": [_chapter(each) for each in world.origin.chapters],
    }
    total, count = sha256(), 0
    for each in lines_of(world):
        count += 1
        line = each + b"\n"
        total.update(line)
        yield line
    _check_kept(world)
    yield to_json(head | {"entries": count, "hash": _shown(total)}) + b"\n"


def hash_of(lines: list[bytes]) -> str:
    """Return one hash over every entry, with its responses and callbacks."""
    total = sha256()
    for line in lines:
        total.update(line + b"\n")
    return _shown(total)


def _shown(total: Any) -> str:
    return f"sha256:{total.hexdigest()}"


def _check(world: World) -> None:
    if world.time_loop.present_advance is not None:
        raise BusyError(f"the clock of world {world.name} is advancing; export the run afterwards")
    _check_kept(world)


def _check_kept(world: World) -> None:
    problem = world.origin.obstacle
    if world.history.evicted:
        problem = f"the oldest {world.history.evicted} entries of its history were evicted"
    elif world.courier.log.evicted:
        problem = f"the oldest {world.courier.log.evicted} of its callbacks were evicted"
    problem = problem or world.bot_sockets.tape.problem
    if problem is not None:
        raise NotReplayableError(f"world {world.name} cannot be replayed: {problem}")


def _bots(world: World) -> list[Row] | None:
    """Return what bots have sent, by their turns; None if none can be dialled."""
    if not world.bot_sockets.can_dial:
        return None
    return [each._asdict() | {"content": _text(each)} for each in world.bot_sockets.tape.events]


def _arrivals(world: World) -> list[Row]:
    """Return the requests that came in the middle of steps."""
    found = sorted(world.history.arrivals.items())
    return [
        {"number": number, "steps": steps, "is_advancing": is_advancing}
        for number, (steps, is_advancing) in found
    ]


def _text(event: TapeEvent) -> Any:
    content = event.content
    return dump_bytes(content.encode() if isinstance(content, str) else content)


def _chapter(chapter: Chapter) -> Row:
    return {
        "after": chapter.after,
        "settings": _settings(chapter.settings),
        "clock": {"mode": chapter.mode, "speed": chapter.speed, "now": format_time(chapter.now)},
    }


def _settings(settings: WorldSettings) -> Row:
    options = {name: each.model_dump(mode="json") for name, each in settings.options.items()}
    plain = settings.model_copy(update={"options": options})
    return plain.model_dump(mode="json", exclude={*OF_WORLDS_ALONE})


def lines_of(world: World) -> Iterator[bytes]:
    """Go through the lines of a world's history, from the start of its first chapter."""
    for number, bare in world.history.after(world.origin.chapters[0].after):
        entry = whole(bare)
        row = {"number": number, "kind": kind_of(entry), "at": format_time(entry.at)}
        yield to_json(row | _row(world, number, entry))


def _row(world: World, number: int, entry: Entry) -> Row:
    match entry:
        case Exchange():
            return _exchange(number, entry)
        case Attempted():
            return _attempt(world, entry)
        case CallTransition() | BatchTransition() | Faulted() | ToolUsed():
            row = entry._asdict()
            del row["at"]
            return row
        case StreamEvent() | LinkFollowed():
            row = entry._asdict()
            row.pop("at")
            row.pop("fault_kind", None)
            return row


def _exchange(number: int, entry: Exchange) -> Row:
    return {
        "after": number - 1 - entry.caused,
        "platform": entry.platform,
        "operation": entry.operation,
        "method": entry.method,
        "target": entry.target,
        "headers": [
            [name.decode("latin-1"), value.decode("latin-1")]
            for name, value in entry.headers
            if name not in IGNORED_HEADERS
            and not name.startswith(b"sec-")
            and (name != b"authorization" or entry.kind != "control")
        ],
        "body": dump_bytes(entry.content),
        "status": entry.status,
        "answer": dump_bytes(entry.answer),
        "answer_bytes": entry.size,
        "fault": entry.fault,
    }


def _attempt(world: World, entry: Attempted) -> Row:
    row = entry._asdict()
    del row["at"], row["fault_kind"]
    row["attempt"] = row.pop("number")
    callback = world.courier.log.find(entry.callback_id)
    if callback is None:
        raise NotReplayableError(f"callback {entry.callback_id} was evicted")
    if entry.number == 1:
        row["sent"] = _sent(world, callback)
    return row | {"answer": _answer(callback.attempts[entry.number - 1])}


def _sent(world: World, callback: Callback) -> Row:
    """Return the request that every attempt repeats, with the changes of a fault."""
    sent = world.faults.sent(callback) if callback.is_falsified else outgoing(callback)
    content = None if callback.content is None else sent.content
    body: Any = None  # it was evicted
    if content is not None and len(content) <= MAX_SENT_BODY_BYTES:
        body = dump_bytes(content)
    elif content is not None:
        body = {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
    return {
        "method": callback.method,
        "headers": sent.headers,
        "content_type": sent.content_type,
        "body": body,
    }


def _answer(attempt: Attempt) -> Row:
    response = attempt.response
    return {
        "headers": response.headers,
        "body": dump_bytes(response.body),
        "refused": response.refused,
    }
