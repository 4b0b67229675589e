"""A world's story in lines: what happened when, the last exchanges, and what is pending."""

from typing import Any, Final

from emulator.testing.faults import FaultRule
from emulator.testing.records import CallbackRecord

MAX_LINES: Final = 60
"""Entries of the history that are shown: the last."""
MAX_EXCHANGES: Final = 3
"""Exchanges that are shown with their bodies: the last."""
MAX_BODY_CHARACTERS: Final = 500
PLACING: Final = "/_emulator/calls"


def story(
    clock: dict[str, Any],
    history: list[dict[str, Any]],
    callbacks: list[CallbackRecord],
    unused: list[FaultRule],
    dashboard_url: str | None = None,
) -> str:
    """Return what a world's clock, history and callbacks say, in lines.

    ``dashboard_url`` is None for a world without a socket.
    """
    due = f"next due {clock['next_due']}" if clock["next_due"] else "nothing is due"
    waits = "; call advance() to get there" if _waits(clock) else ""
    lines = [f"clock {clock['now']} ({clock['mode']}), {due}{waits}"]
    if dashboard_url is not None:
        lines.append(f"dashboard {dashboard_url} (until the world ends: pytest --pdb waits)")
    if not any(entry["kind"] in {"exchange", "call"} for entry in history):
        lines.append(
            "no request to a vendor reached this world: send its credentials,"
            " or the header X-Emulator-World"
        )
    lines += [each.summary for each in unused]
    if len(history) > MAX_LINES:
        lines.append(f"... {len(history) - MAX_LINES} entries before these")
    for entry in history[-MAX_LINES:]:
        lines.append(f"{entry['at']}  {_line(entry)}")
        lines += [f"    {hint}" for hint in entry.get("hints", ())]
    pending = [each for each in callbacks if each.status == "pending"]
    if pending:
        lines += ["pending:", *(f"  {each.summary}" for each in pending)]
    exchanges = [entry for entry in history if _is_exchange(entry)][-MAX_EXCHANGES:]
    if exchanges:
        lines += ["the last exchanges:", *(line for each in exchanges for line in _whole(each))]
    return "\n".join(lines)


def _is_exchange(entry: dict[str, Any]) -> bool:
    """Whether it is a request to a vendor, or one that places calls in its stead."""
    return entry["kind"] == "exchange" or entry.get("target") == PLACING


def _waits(clock: dict[str, Any]) -> bool:
    return clock["mode"] == "frozen" and clock["next_due"] is not None


def _line(entry: dict[str, Any]) -> str:  # noqa: PLR0911  # one return for each kind
    match entry["kind"]:
        case "call":
            return f"call {entry['call_id']} {entry['previous']} -> {entry['status']}"
        case "batch":
            return f"batch {entry['batch_id']} {entry['previous']} -> {entry['status']}"
        case "attempt":
            result = entry["status"] or entry["error"]
            which = f"{entry['platform']} {entry['event']}, attempt {entry['attempt']}"
            return f"callback {entry['url']} -> {result} ({which}){_mark(entry)}"
        case "fault":
            about = entry["operation"] or entry["callback_id"] or entry["call_id"]
            return f"fault {entry['fault_id']}: {entry['effect']} of {about}"
        case "link":
            return f"link {entry['source']} -> {entry['target']}: {entry['error'] or 'followed'}"
        case "stream":
            return f"stream {entry['stream_id']} {entry['event']}: {entry['text']}{_mark(entry)}"
        case _:
            result = entry["status"] or "connection reset"
            return f"{entry['method']} {entry['target']} -> {result}{_mark(entry)}"


def _mark(entry: dict[str, Any]) -> str:
    """Name the fault that was applied to it."""
    fault = entry.get("fault")
    return "" if fault is None else f" [fault {fault['id']}, {fault['kind']}]"


def _whole(entry: dict[str, Any]) -> list[str]:
    bodies = (("sent", entry["body"]), ("received", entry["answer"]))
    lines = [f"    {name} {_cut(body)}" for name, body in bodies if body]
    return [f"  {_line(entry)}", *lines, *_problem(entry)]


def _cut(body: str) -> str:
    limit = MAX_BODY_CHARACTERS
    shown = body if len(body) <= limit else f"{body[:limit]}... ({len(body)} characters)"
    return shown if shown.isprintable() else repr(shown)


def _problem(entry: dict[str, Any]) -> list[str]:
    lines = entry.get("problem", "").splitlines()
    if "nearest" in entry:
        lines.append(f"there is no such operation; the nearest: {', '.join(entry['nearest'])}")
    return [f"    {line}" for line in lines]
