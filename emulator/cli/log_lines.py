"""Lines about entries of a history, for the log of ``serve`` and for ``history --follow``."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from emulator.cli.output import plain

WIDTH_OF_KIND: Final = 10
SUCCESSES: Final = range(200, 300)
"""The statuses by which an endpoint takes a callback."""
REFUSALS: Final = 400
"""The first status by which a request is refused."""

DEFAULT_URL: Final = "http://127.0.0.1:8080"
DEFAULT_WORLD: Final = "default"
"""What commands talk to unless flags say otherwise."""

Record = Mapping[str, Any]


class LogLine(NamedTuple):
    """A line of a log."""

    text: str
    record: Record
    """What it says, for programs."""
    is_failure: bool = False


def explain_command(callback_id: str, url: str, world: str) -> str:
    """Return the command that explains a callback of a world of the emulator at this URL."""
    flags = "" if url == DEFAULT_URL else f" --url {url}"
    flags += "" if world == DEFAULT_WORLD else f" --world {world}"
    return f"voicebot-emulator explain {callback_id}{flags}"


def line_of(record: Record, url: str, world: str) -> LogLine:
    """Write an entry, as the control API shows it, in one line."""
    kind = record["kind"]
    match kind:
        case "exchange" | "control":
            return LogLine(_line(record, "request", _exchange(record)), record, _is_refused(record))
        case "call" | "batch":
            change = f"{record['previous'] or 'placed'} > {record['status']}"
            to = f" to {record['to']}" if record.get("to") else ""
            text = f"{record['platform']} {record[f'{kind}_id']}{to}  {change}"
            return LogLine(_line(record, kind, text), record)
        case "attempt":
            return _attempt(record, url, world)
        case "link":
            done = record["error"] or "followed"
            text = f"{record['source']} -> {record['target']}  {done}"
            return LogLine(_line(record, kind, text), record, record["error"] is not None)
        case "stream" | "tool":
            what = record.get("event") or record["tool"]
            text = f"{record['platform']} {what}  {record['text']}{_fault(record)}"
            is_failure = what == "finding" or record["status"] == "failed"
            return LogLine(_line(record, kind, text), record, is_failure)
        case _:
            about = record.get("operation") or record.get("callback_id") or record.get("call_id")
            text = f"{record.get('effect')}  {about or ''}  fault rule {record.get('fault_id')}"
            return LogLine(_line(record, kind, text), record)


def _line(record: Record, kind: str, text: str) -> str:
    day, _, time = str(record["at"]).removesuffix("Z").partition("T")
    whole, _, part = time.partition(".")
    return plain(f"{day} {whole}.{part[:3] or '000'}  {kind:<{WIDTH_OF_KIND}}{text}")


def _is_refused(record: Record) -> bool:
    return record["status"] is None or record["status"] >= REFUSALS


def _exchange(record: Record) -> str:
    status = "broken off" if record["status"] is None else record["status"]
    operation = f"  {record['operation']}" if record["operation"] else ""
    return f"{record['method']} {record['target']}  {status}{operation}{_fault(record)}"


def _attempt(record: Record, url: str, world: str) -> LogLine:
    outcome = record["error"] or record["status"]
    number = "" if record["attempt"] == 1 else f", attempt {record['attempt']}"
    text = f"{record['platform']} {record['event']} to {record['url']}{number}  {outcome}"
    is_failure = record.get("failed", record["status"] not in SUCCESSES)
    if is_failure:
        text += f"  {explain_command(record['callback_id'], url, world)}"
    return LogLine(_line(record, "callback", text + _fault(record)), record, is_failure)


def _fault(record: Record) -> str:
    fault = record.get("fault")
    return "" if fault is None else f"  (fault rule {fault['id']}, {fault['kind']})"


def bulk_line(record: Record) -> LogLine:
    """Say how far a batch has come whose calls took many steps at once."""
    text = f"{record['steps']:,} steps of calls"
    if record["batch_id"] is not None:
        text = f"{record['batch_id']}  {record['ended']:,} of {record['calls']:,} calls ended"
    return LogLine(_line(record, "batch", text), {"kind": "bulk", **record})


def rest_line(at: str, counts: Mapping[str, int]) -> LogLine:
    """Say how much more happened at the same time, of which kinds."""
    shown = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    record = {"kind": "more", "at": at, "counts": dict(counts)}
    return LogLine(_line(record, "more", shown), record)
