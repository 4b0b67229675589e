"""A run as a file: how a world began, then its journal, an entry a line, and a hash over it.

The journal is the whole story of a world: what was asked of it, what happened, and how endpoints
answered. Whoever asks the same of a world that begins the same gets the same lines.
"""

from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final

from pydantic_core import to_json

from emulator import __version__
from emulator.domain.callbacks import Attempt, Callback
from emulator.domain.errors import BusyError, ConflictError
from emulator.domain.events import BatchTransition, CallTransition
from emulator.domain.faults import Faulted
from emulator.faults.rules import outgoing
from emulator.history.entries import Attempted, Entry, Exchange, kind_of, whole
from emulator.persistence.tables import Row, bytes_shown, written
from emulator.world.origin import Chapter
from emulator.world.world import World

FORMAT: Final = 1
UNHEEDED: Final = frozenset(
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
"""Headers of requests that no answer depends on, or that are nobody else's business."""
LONGEST: Final = 65536
"""Bytes of what was sent that a line shows; of more it gives the hash."""


class UnrepeatableError(ConflictError):
    """A world's journal is not the whole story, so that nobody could go through it again."""


def written_run(world: World, credentials: dict[str, dict[str, str]]) -> bytes:
    """Write a world's run; UnrepeatableError says why it has none, BusyError that it goes on."""
    _check(world)
    lines = list(lines_of(world))
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
        "began": written(world.origin.began),
        "chapters": [_chapter(each) for each in world.origin.chapters],
        "entries": len(lines),
        "hash": hash_of(lines),
    }
    return b"".join(line + b"\n" for line in (to_json(head), *lines))


def hash_of(lines: list[bytes]) -> str:
    """One hash over every answer, callback and entry."""
    total = sha256()
    for line in lines:
        total.update(line + b"\n")
    return f"sha256:{total.hexdigest()}"


def _check(world: World) -> None:
    problem = world.origin.obstacle
    if world.time_loop.is_advancing:
        raise BusyError("time is passing in this world: its run can be had once that is done")
    if world.history.dropped:
        problem = f"its journal has let go of {world.history.dropped} entries to make room"
    elif world.courier.log.dropped:
        problem = f"{world.courier.log.dropped} of its callbacks were let go of to make room"
    if problem is not None:
        raise UnrepeatableError(f"world {world.name} cannot be gone through again: {problem}")


def _chapter(chapter: Chapter) -> Row:
    return {
        "after": chapter.after,
        "settings": chapter.settings.model_dump(mode="json"),
        "clock": {"mode": chapter.mode, "speed": chapter.speed, "now": written(chapter.now)},
    }


def lines_of(world: World) -> Iterator[bytes]:
    """Write each entry of a world's journal, from where its first chapter begins."""
    for number, bare in world.history.after(world.origin.chapters[0].after):
        entry = whole(bare)
        row = {"number": number, "kind": kind_of(entry), "at": written(entry.at)}
        yield to_json(row | _row(world, entry))


def _row(world: World, entry: Entry) -> Row:
    match entry:
        case Exchange():
            return _exchange(entry)
        case Attempted():
            return _attempt(world, entry)
        case CallTransition() | BatchTransition() | Faulted():
            row = entry._asdict()
            del row["at"]
            return row


def _exchange(entry: Exchange) -> Row:
    return {
        "after": entry.after,
        "platform": entry.platform,
        "operation": entry.operation,
        "method": entry.method,
        "target": entry.target,
        "headers": [
            [name.decode("latin-1"), value.decode("latin-1")]
            for name, value in entry.headers
            if name not in UNHEEDED
            and not name.startswith(b"sec-")
            and (name != b"authorization" or entry.kind != "control")
        ],
        "body": bytes_shown(entry.content),
        "status": entry.status,
        "answer": bytes_shown(entry.answer),
        "answer_bytes": entry.size,
        "fault": entry.fault,
    }


def _attempt(world: World, entry: Attempted) -> Row:
    row = asdict(entry)
    del row["at"]
    row["attempt"] = row.pop("number")
    callback = world.courier.log.find(entry.callback_id)
    if callback is None:
        raise UnrepeatableError(f"callback {entry.callback_id} was let go of to make room")
    if entry.number == 1:
        row["sent"] = _sent(world, callback)
    return row | {"answer": _answer(callback.attempts[entry.number - 1])}


def _sent(world: World, callback: Callback) -> Row:
    """The request, which every attempt repeats: as a fault has made it, if one has."""
    sent = world.faults.sent(callback) if callback.is_falsified else outgoing(callback)
    content = None if callback.content is None else sent.content
    shown: Any = None  # it was let go of to make room
    if content is not None and len(content) <= LONGEST:
        shown = bytes_shown(content)
    elif content is not None:
        shown = {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
    return {
        "method": callback.method,
        "headers": sent.headers,
        "content_type": sent.content_type,
        "body": shown,
    }


def _answer(attempt: Attempt) -> Row:
    answer = attempt.answer
    return {
        "headers": answer.headers,
        "body": bytes_shown(answer.body),
        "refused": answer.refused,
    }
