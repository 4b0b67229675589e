"""Entries of the history as the control API and the log of ``serve`` show them."""

from typing import Any

from emulator.control.applied_faults import mark
from emulator.control.request import iso
from emulator.domain.events import BatchTransition, CallTransition, Event
from emulator.domain.faults import Faulted
from emulator.domain.links import LinkFollowed
from emulator.domain.streams import StreamEvent
from emulator.domain.tools import ToolUsed
from emulator.history.entries import Attempted, Entry, kind_of
from emulator.history.exchanges import Exchange


def shown_entry(entry: Entry, *, brief: bool = False) -> dict[str, Any]:
    """Show an entry of any kind; an exchange without what was said, if that is enough."""
    match entry:
        case CallTransition() | BatchTransition() | ToolUsed():
            return shown_event(entry)
        case Faulted():
            marked = mark(entry.fault_id, entry.effect)
            return {"kind": "fault"} | entry._asdict() | {"at": iso(entry.at)} | marked
        case LinkFollowed():
            return {"kind": "link"} | entry._asdict() | {"at": iso(entry.at)}
        case StreamEvent():
            shown = {"kind": "stream"} | entry._asdict() | {"at": iso(entry.at)}
            del shown["fault"], shown["fault_kind"]
            return shown | mark(entry.fault, entry.fault_kind)
        case Attempted():
            return mark(entry.fault, entry.fault_kind) | {
                "kind": "attempt",
                "at": iso(entry.at),
                "platform": entry.platform,
                "callback_id": entry.callback_id,
                "call_id": entry.call_id,
                "batch_id": entry.batch_id,
                "event": entry.event,
                "url": entry.url,
                "attempt": entry.number,
                "status": entry.status,
                "error": entry.error,
            }
        case Exchange():
            return _exchange(entry, brief=brief)


def shown_event(event: Event | ToolUsed) -> dict[str, Any]:
    """Show a step of a call or a batch, or the use of a tool."""
    shown: dict[str, Any] = {"kind": kind_of(event)}
    shown |= event._asdict()
    shown["at"] = iso(event.at)
    return shown


def _exchange(entry: Exchange, *, brief: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": entry.kind,
        "at": iso(entry.at),
        "platform": entry.platform,
        "operation": entry.operation,
        "method": entry.method,
        "target": entry.target,
        "status": entry.status,
    } | mark(entry.fault, entry.fault_kind)
    if entry.callback_id is not None:
        shown["callback_id"] = entry.callback_id
    if entry.hints:
        shown["hints"] = [*entry.hints]
    if brief:
        return shown
    shown |= {
        "headers": [
            [name.decode("latin-1"), value.decode("latin-1")] for name, value in entry.headers
        ],
        "body": entry.content.decode("utf-8", "replace"),
        "answer": entry.answer.decode("utf-8", "replace"),
    }
    if entry.nearest is not None:
        shown["nearest"] = entry.nearest.split(", ")
    return shown if entry.problem is None else shown | {"problem": entry.problem}
