"""A world's story in lines: what happened when, the last exchanges, and what is still owed."""

from typing import Any, Final

from emulator.testing.records import Callback

LONGEST: Final = 60
"""Lines told of what happened; of more than these, the last."""
WHOLE: Final = 3
"""Exchanges told with their bodies: the last."""
CUT: Final = 500
"""Characters told of a body."""


def story(clock: dict[str, Any], history: list[dict[str, Any]], owed: list[Callback]) -> str:
    """Tell what a world's clock, history and callbacks say."""
    due = f"next due {clock['next_due']}" if clock["next_due"] else "nothing is due"
    waits = ", for which advance() has to be called" if _waits(clock) else ""
    lines = [f"clock {clock['now']} ({clock['mode']}), {due}{waits}"]
    if not any(entry["kind"] in {"exchange", "call"} for entry in history):
        lines.append(
            "nothing has been asked of a vendor in this world: its credentials lead to it,"
            " or the header X-Emulator-World"
        )
    if len(history) > LONGEST:
        lines.append(f"... {len(history) - LONGEST} entries before these")
    lines += [f"{entry['at']}  {_line(entry)}" for entry in history[-LONGEST:]]
    pending = [each for each in owed if each.status == "pending"]
    if pending:
        lines += ["still owed:", *(f"  {each.summary}" for each in pending)]
    exchanges = [entry for entry in history if entry["kind"] == "exchange"][-WHOLE:]
    if exchanges:
        lines += ["the last exchanges:", *(line for each in exchanges for line in _whole(each))]
    return "\n".join(lines)


def _waits(clock: dict[str, Any]) -> bool:
    return clock["mode"] == "frozen" and clock["next_due"] is not None


def _line(entry: dict[str, Any]) -> str:
    match entry["kind"]:
        case "call":
            return f"call {entry['call_id']} {entry['previous']} -> {entry['status']}"
        case "batch":
            return f"batch {entry['batch_id']} {entry['previous']} -> {entry['status']}"
        case "attempt":
            came_to = entry["status"] or entry["error"]
            which = f"{entry['platform']} {entry['event']}, attempt {entry['attempt']}"
            return f"callback {entry['url']} -> {came_to} ({which})"
        case "fault":
            about = entry["operation"] or entry["callback_id"] or entry["call_id"]
            return f"fault {entry['fault_id']}: {entry['effect']} of {about}"
        case _:
            came_to = entry["status"] or "connection broken off"
            return f"{entry['method']} {entry['target']} -> {came_to}"


def _whole(entry: dict[str, Any]) -> list[str]:
    said = (("sent", entry["body"]), ("answered", entry["answer"]))
    bodies = [f"    {name} {_cut(body)}" for name, body in said if body]
    return [f"  {_line(entry)}", *bodies, *_problem(entry)]


def _cut(body: str) -> str:
    shown = body if len(body) <= CUT else f"{body[:CUT]}... ({len(body)} characters)"
    return shown if shown.isprintable() else repr(shown)


def _problem(entry: dict[str, Any]) -> list[str]:
    lines = entry.get("problem", "").splitlines()
    if "nearest" in entry:
        lines.append(f"there is no such operation; the nearest: {', '.join(entry['nearest'])}")
    return [f"    {line}" for line in lines]
