"""What the history knows of why something happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from emulator.control.explanations.story import Story, Told
from emulator.control.request import iso
from emulator.domain.calls import CallStatus
from emulator.domain.ticks import SECOND, ticks
from emulator.history.entries import Exchange
from emulator.world.world import World

SLACK: Final = 2 * SECOND
"""How far the time of entries may go back, at a clock's first speed: a live one is read anew."""
GONE: Final = "the history no longer has the request that did it, or never had"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a call or a batch as the history has it, and the request it followed from."""

    number: int
    cause: tuple[int, Exchange] | None


def step_of(world: World, subject: str, status: str, at: datetime) -> Step | None:
    """Find in the history how a call or batch entered a status at that moment."""
    slack = round(SLACK * max(1.0, world.clock.speed))
    tick = ticks(at)
    number = world.history.step_of(subject, status, tick - slack, tick + slack)
    return None if number is None else Step(number, world.history.cause_of(number))


def fault_named(world: World, fault_id: str) -> str:
    """Name a fault, by its effect too while there is such a rule."""
    fault = world.faults.rules.find(fault_id)
    return f"fault {fault_id} (over)" if fault is None else f"fault {fault_id} ({fault.effect})"


def tell_wait(story: Story, world: World, *subjects: str | None) -> None:
    """Tell which fault has one of these, a single call or a batch, wait for a line."""
    for subject in subjects:
        wait = world.faults.waits.find(subject)
        if wait is not None:
            text = f"{fault_named(world, wait.fault_id)} has it wait until a line is free"
            story.tell(Told.FAULT, None, text, fault_id=wait.fault_id)


def tell_request(story: Story, world: World, step: Step | None, at: datetime) -> None:
    """Tell which request made something."""
    if step is None or step.cause is None:
        text = f"it was made; {GONE}"
        story.tell(Told.REQUEST, at, text, entry=None)
        return
    number, exchange = step.cause
    named = "" if exchange.operation is None else f" ({exchange.operation})"
    said = f"was answered {exchange.status}"
    if exchange.status is None:
        said = "had its connection broken off"
    if exchange.fault is not None:
        said += f", by {fault_named(world, exchange.fault)}"
    text = f"{request_named(exchange)}{named} made it, and {said}"
    story.tell(Told.REQUEST, at, f"{text} [history {number}]", **shown_request(number, exchange))


def shown_request(number: int, exchange: Exchange) -> dict[str, Any]:
    """Show a request, short: the history has all of it."""
    return {
        "entry": number,
        "kind": exchange.kind,
        "method": exchange.method,
        "target": exchange.target,
        "operation": exchange.operation,
        "status": exchange.status,
        "fault_id": exchange.fault,
        "answered_at": iso(exchange.at),
    }


def request_named(exchange: Exchange) -> str:
    """Name a request: method and path."""
    return f"{exchange.method} {exchange.target.partition('?')[0][:200]}"


def is_move(exchange: Exchange, call_id: str) -> bool:
    """Whether a request moved this call by hand."""
    asked = exchange.target.partition("?")[0]
    return exchange.kind == "control" and asked.endswith(f"/calls/{call_id}/move")


def how(step: Step | None, subject: str) -> tuple[str, dict[str, Any]]:
    """Say what made a step happen when it did: a command, or time that passed."""
    if step is None:
        return "", {"by": None, "entry": None}
    more: dict[str, Any] = {"entry": step.number}
    if step.cause is None:
        return f" [history {step.number}]", more | {"by": "time"}
    number, exchange = step.cause
    more["request"] = shown_request(number, exchange)
    if is_move(exchange, subject):
        text = f"; moved by {request_named(exchange)}"
        return f"{text} [history {number}]", more | {"by": "control"}
    by = "time" if "/_emulator/clock" in exchange.target else "request"
    return f" [history {step.number}, in {request_named(exchange)}]", more | {"by": by}


def word(status: CallStatus) -> str:
    """Write a status for people."""
    return status.replace("_", " ")
