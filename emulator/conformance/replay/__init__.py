"""Replay: a recorded run again, in a new world that starts as the recorded one did.

Nothing leaves this process: endpoints give the responses that were recorded.

    content = recorded("http://127.0.0.1:8080", world="clinic")
    outcome = replay(content)
    assert outcome.same, outcome.difference
"""

import asyncio
from dataclasses import asdict, dataclass
from typing import Any

from emulator.conformance.replay.difference import first_difference
from emulator.conformance.replay.player import OnRequest, Player, ignore
from emulator.conformance.replay.run_file import Run, RunError
from emulator.persistence.runs import hash_of

__all__ = ["Outcome", "RunError", "recorded", "replay", "replayed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a replay."""

    requests: int
    entries: int
    hash: str
    """Of the history that the replay wrote."""
    difference: str | None
    """The first difference, for people to read; None if every byte is the same."""
    recorded_by: str
    """The version of the emulator that wrote the run."""

    @property
    def same(self) -> bool:
        """Whether every response, callback and history entry is the same."""
        return self.difference is None

    def shown(self) -> dict[str, Any]:
        """Return it for programs."""
        return {"same": self.same} | asdict(self)


def recorded(url: str, world: str = "default", token: str | None = None) -> bytes:
    """Fetch the run of a world of the emulator at this URL; RunError if there is none."""
    import httpx  # noqa: PLC0415  # a tenth of a second that replay does without

    headers = {"X-Emulator-World": world} | ({} if token is None else {"X-Emulator-Token": token})
    address = f"{url.rstrip('/')}/_emulator/history/export"
    response = httpx.get(address, headers=headers, trust_env=False, timeout=60)
    if response.is_error:
        try:
            reason = response.json()["detail"]
        except (ValueError, LookupError, TypeError):
            reason = f"the server there is not an emulator: status {response.status_code}"
        raise RunError(reason)
    return response.content


def replay(content: bytes, on_request: OnRequest = ignore) -> Outcome:
    """Replay a run in a new emulator; RunError if it cannot be read.

    ``on_request`` is called with the number of requests that were sent, and of all.
    """
    return asyncio.run(replayed(content, on_request))


async def replayed(content: bytes, on_request: OnRequest = ignore) -> Outcome:
    """Replay a run, in the present event loop."""
    run = Run.read(content)
    player = Player(run)
    try:
        lines = await player.play(on_request)
    finally:
        await player.app.worlds.stop()
    return Outcome(
        requests=len(run.requests),
        entries=len(run.lines),
        hash=hash_of(lines),
        difference=first_difference(run, lines),
        recorded_by=run.head["emulator"],
    )
