"""A story: steps with times and sentences, for programs and for people."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from emulator.control.request import iso
from emulator.world.world import World

INDENT: Final = " " * 2


class StepKind(StrEnum):
    """What a step is about."""

    REQUEST = "request"
    """The request that created it."""
    SCENARIO = "scenario"
    """What chose the scenario."""
    PLAN = "plan"
    """What the callee does by this scenario."""
    TRANSITION = "transition"
    LINK = "link"
    """A link from another platform, which has placed it or acted on it."""
    STREAM = "stream"
    """A stream of its sound to a bot, and how it ended."""
    STREAM_EVENT = "stream_event"
    """A handshake, the start, the stop or the close of a stream, or a finding about its bot."""
    TOOL = "tool"
    """A tool that the bot used, and its result."""
    FAULT = "fault"
    """A fault rule that changed something."""
    NEXT = "next"
    """The next steps."""
    CALLBACK = "callback"
    """A callback and its status."""
    ATTEMPT = "attempt"
    END = "end"
    """Why no further attempt is made, although none was acknowledged."""
    ANSWER = "answer"
    """What the response to a callback led to."""
    NO_CALLBACK = "no_callback"
    """Why there is no callback."""


@dataclass(slots=True)
class Explanation:
    """The story of a call, a batch or a callback."""

    kind: str
    id: str
    platform: str
    status: str
    ends: str = ""
    """Who called whom."""
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def add(self, step: StepKind, at: datetime | None, text: str, **more: Any) -> None:
        """Add a step."""
        self.steps.append({"step": step, "at": iso(at), "text": text} | more)

    def shown(self, world: World) -> dict[str, Any]:
        """Return it for programs, with the text for people."""
        return {
            "kind": self.kind,
            "id": self.id,
            "platform": self.platform,
            "status": self.status,
            "world": world.name,
            "now": iso(world.clock.now()),
            "steps": self.steps,
            "text": self._text(world),
        }

    def _text(self, world: World) -> str:
        now = f"world {world.name}, {iso(world.clock.now())}, clock {world.clock.mode}"
        status = self.status.replace("_", " ")
        lines = [f"{self.kind} {self.id} of {self.platform} {self.ends}is {status} ({now})"]
        width = max((len(step["at"] or "") for step in self.steps), default=0)
        lines += [
            f"{INDENT}{(step['at'] or '').ljust(width)}  {step['text']}" for step in self.steps
        ]
        return "\n".join(lines) + "\n"


def seconds(ticks: int) -> str:
    """Write a number of ticks in seconds."""
    return f"{ticks / 1_000_000:g} s"
