"""A story: steps with their times and sentences, for programs and for people."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from emulator.control.request import iso
from emulator.world.world import World

INDENT: Final = " " * 2


class Told(StrEnum):
    """What a step tells of."""

    REQUEST = "request"
    """The request that made it."""
    SCENARIO = "scenario"
    """What chose how it goes."""
    PLAN = "plan"
    """What the callee was to do."""
    TRANSITION = "transition"
    FAULT = "fault"
    """A fault rule that changed something."""
    NEXT = "next"
    """What is still to come."""
    CALLBACK = "callback"
    """A callback that was owed, and where it stands."""
    ATTEMPT = "attempt"
    END = "end"
    """Why no further attempt is made, though none was acknowledged."""
    ANSWER = "answer"
    """What an answer led to."""
    NO_CALLBACK = "no_callback"
    """Why no callback came."""


@dataclass(slots=True)
class Story:
    """What is told of one thing."""

    kind: str
    id: str
    platform: str
    status: str
    ends: str = ""
    """Who called whom."""
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def tell(self, told: Told, at: datetime | None, text: str, **more: Any) -> None:
        """Add a step."""
        self.steps.append({"step": told, "at": iso(at), "text": text} | more)

    def shown(self, world: World) -> dict[str, Any]:
        """Show it as a document, with the text."""
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
    """Write a span of ticks."""
    return f"{ticks / 1_000_000:g} s"
