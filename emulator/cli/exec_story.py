"""What happened in the emulator while ``exec`` ran a command, for the end of a failed run."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.cli.client import ControlClient
from emulator.cli.output import counted, plain
from emulator.disk import create_ignored_folder, write_file

if TYPE_CHECKING:
    import httpx

Record = dict[str, Any]

MAX_WORLDS: Final = 20
"""Worlds that are looked at; the default world is the first."""
MAX_PROBLEMS: Final = 10
"""Failed callbacks, refused requests and unused fault rules that are listed of a world, each."""
MAX_REQUESTS: Final = 1000
"""Newest requests of a world among which refused ones are looked for."""
FIRST_REFUSAL: Final = 400
MAX_BODY_CHARACTERS: Final = 200


class Stories:
    """Asks the control API what went wrong in each world."""

    def __init__(self, url: str, token: str | None, runs: Path | None) -> None:
        """``runs``: the folder that keeps the run of each world; None to keep none."""
        self._url = url
        self._token = token
        self._runs = runs

    def collect(self) -> list[Record]:
        """Return the story of each world in which something happened."""
        worlds = self._ask("default", "/worlds", limit=MAX_WORLDS) or []
        names = [world["name"] for world in worlds]
        stories = [self._story(name) for name in names]
        return [story for story in stories if story["requests"] or story["calls"]]

    def _client(self, world: str) -> ControlClient:
        return ControlClient(self._url, world, self._token, as_json=False, is_own=True)

    def _ask(self, world: str, path: str, **query: Any) -> Any:
        """Return what the control API shows; None if it refuses."""
        response = self._client(world).request("GET", path, **query)
        return response.json() if response.is_success else None

    def _story(self, world: str) -> Record:
        # the answer comes once no callback is on its way: those that fail belong to the story
        export = self._client(world).request("GET", "/history/export")
        summary = self._ask(world, "/summary") or {}
        story = {
            "world": world,
            "requests": summary.get("exchanges", 0),
            "calls": summary.get("calls", 0),
            "failed_callbacks": list(self._failed_callbacks(world)),
            "refused_requests": list(self._refused_requests(world)),
            "unused_faults": list(self._unused_faults(world)),
        }
        if self._runs is not None and (story["requests"] or story["calls"]):
            story |= self._kept_run(world, self._runs, export)
        return story

    def _failed_callbacks(self, world: str) -> Iterator[Record]:
        failed = self._ask(world, "/callbacks", status="failed", limit=MAX_PROBLEMS) or []
        for each in failed:
            story = self._ask(world, f"/explain/{each['id']}")
            last = each["attempts"][-1] if each["attempts"] else {}
            yield {
                "id": each["id"],
                "event": each["event"],
                "url": each["url"],
                "attempts": len(each["attempts"]),
                "outcome": last.get("error") or last.get("status"),
                "story": None if story is None else story["text"],
            }

    def _refused_requests(self, world: str) -> Iterator[Record]:
        limits = {"kind": "exchange", "limit": MAX_REQUESTS, "brief": True}
        requests = self._ask(world, "/history", **limits) or []
        refused = [each for each in requests if (each["status"] or 0) >= FIRST_REFUSAL]
        for each in refused[-MAX_PROBLEMS:]:
            entry = self._ask(world, f"/history/{each['number']}") or each
            yield {
                "method": each["method"],
                "target": each["target"],
                "status": each["status"],
                "fault_id": entry.get("fault_id"),
                "nearest": entry.get("nearest", []),
                "answer": entry.get("answer", "")[:MAX_BODY_CHARACTERS],
            }

    def _unused_faults(self, world: str) -> Iterator[Record]:
        for each in (self._ask(world, "/faults/unused") or [])[:MAX_PROBLEMS]:
            yield {
                "id": each["id"],
                "kind": each["effect"]["kind"],
                "match": each["match"],
                "why": each["why_unused"],
            }

    def _kept_run(self, world: str, folder: Path, export: "httpx.Response") -> Record:
        """Write the run file and the world file of a world; or say why it has none."""
        client = self._client(world)
        run, path = folder / f"{world}.run", folder / f"{world}.json"
        try:
            create_ignored_folder(folder)
            write_file(path, client.request("GET", "/export").content)
            kept = {"world_file": str(path), "run": None}
            if not export.is_success:
                return kept | {"why_no_run": export.json().get("detail")}
            write_file(run, export.content)
        except OSError as error:
            reason = f"cannot write to {folder}: {error.strerror}; --runs names another folder"
            return {"run": None, "why_no_run": reason}
        return kept | {"run": str(run)}


def story_lines(stories: list[Record]) -> Iterator[str]:
    """Tell the stories: failed callbacks first, then refused requests and unused fault rules."""
    for story in stories:
        counts = f"{counted(story['requests'], 'request')}, {counted(story['calls'], 'call')}"
        yield plain(f"world {story['world']}: {counts}")
        yield from map(plain_indented, _problem_lines(story))
        if story.get("run"):
            yield f"  run it again: voicebot-emulator replay {shlex.quote(story['run'])}"
        elif story.get("why_no_run"):
            yield plain(f"  no run file: {story['why_no_run']}")
        if story.get("world_file"):
            file = shlex.quote(story["world_file"])
            yield f"  look at it: voicebot-emulator serve --world {file}"


def plain_indented(line: str) -> str:
    """Return a line of the story without control characters."""
    return f"  {plain(line)}"


def _problem_lines(story: Record) -> Iterator[str]:
    for each in story["failed_callbacks"]:
        yield f"callback failed: {callback_line(each)}"
    for each in story["failed_callbacks"][:1]:
        yield from (f"    {line}" for line in (each["story"] or "").splitlines())
    for each in story["refused_requests"]:
        yield f"request refused: {request_line(each)}"
    for each in story["unused_faults"]:
        yield f"fault rule never applied: {each['id']} {each['kind']}: {each['why']}"


def callback_line(callback: Record) -> str:
    """Say which callback failed, and how."""
    attempts = f"{callback['attempts']} attempt" + ("" if callback["attempts"] == 1 else "s")
    return f"{callback['event']} to {callback['url']}: {callback['outcome']} ({attempts})"


def request_line(request: Record) -> str:
    """Say which request was refused, how, and what it was probably meant to be."""
    near = f"; nearest: {', '.join(request['nearest'])}" if request["nearest"] else ""
    fault = f" by fault rule {request['fault_id']}" if request["fault_id"] else ""
    answer = "" if near else f" {request['answer']}"
    return f"{request['method']} {request['target']}: {request['status']}{fault}{near}{answer}"
