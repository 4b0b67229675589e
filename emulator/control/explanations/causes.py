"""Causes of steps, as the history has them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from emulator.control.explanations.story import Explanation, StepKind
from emulator.control.request import iso
from emulator.domain.calls import CallStatus
from emulator.domain.ticks import SECOND, ticks
from emulator.history.exchanges import Exchange
from emulator.world.world import World

SLACK_TICKS: Final = 2 * SECOND
"""How far the times of an entry and of its step may differ at speed 1: a live clock moves on."""
EVICTED: Final = "the history no longer has the request that created it, or never had"


@dataclass(frozen=True, slots=True)
class CausedStep:
    """A history entry about a call or a batch, and the request that it follows from."""

    number: int
    cause: tuple[int, Exchange] | None


def step_of(world: World, subject: str, status: str, at: datetime) -> CausedStep | None:
    """Find the history entry of a status that a call or batch entered at this time."""
    slack = round(SLACK_TICKS * max(1.0, world.clock.speed))
    tick = ticks(at)
    number = world.history.step_of(subject, status, tick - slack, tick + slack)
    return None if number is None else CausedStep(number, world.history.cause_of(number))


def fault_named(world: World, fault_id: str, kind: str | None = None) -> str:
    """Name a fault with its kind, and say if the rule no longer exists."""
    fault = world.faults.rules.find(fault_id)
    if fault is not None:
        return f"fault {fault_id} ({fault.effect})"
    return f"fault {fault_id} ({kind + ', ' if kind else ''}deleted or expired)"


def add_wait(story: Explanation, world: World, *subjects: str | None) -> None:
    """Add the fault that makes one of these, a call or a batch, wait for a line."""
    for subject in subjects:
        wait = world.faults.waits.find(subject)
        if wait is not None:
            text = f"{fault_named(world, wait.fault_id)} makes it wait for a free line"
            story.add(StepKind.FAULT, None, text, fault_id=wait.fault_id)


def add_request(story: Explanation, world: World, step: CausedStep | None, at: datetime) -> None:
    """Add the request that created something."""
    if step is None or step.cause is None:
        text = f"created; {EVICTED}"
        story.add(StepKind.REQUEST, at, text, entry=None)
        return
    number, exchange = step.cause
    named = "" if exchange.operation is None else f" ({exchange.operation})"
    result = f"response {exchange.status}"
    if exchange.status is None:
        result = "its connection was reset"
    if exchange.fault is not None:
        result += f", by {fault_named(world, exchange.fault, exchange.fault_kind)}"
    text = f"created by {request_named(exchange)}{named}, {result}"
    story.add(StepKind.REQUEST, at, f"{text} [history {number}]", **shown_request(number, exchange))


def shown_request(number: int, exchange: Exchange) -> dict[str, Any]:
    """Return a request for programs, in short: the history has all of it."""
    return {
        "entry": number,
        "kind": exchange.kind,
        "method": exchange.method,
        "target": exchange.target,
        "operation": exchange.operation,
        "status": exchange.status,
        "fault_id": exchange.fault,
        "fault_kind": exchange.fault_kind,
        "answered_at": iso(exchange.at),
    }


def request_named(exchange: Exchange) -> str:
    """Name a request: method and path."""
    return f"{exchange.method} {exchange.target.partition('?')[0][:200]}"


def is_forced(exchange: Exchange, call_id: str) -> bool:
    """Return whether a request forced a transition of this call."""
    target = exchange.target.partition("?")[0]
    return exchange.kind == "control" and target.endswith(f"/calls/{call_id}/move")


def how(step: CausedStep | None, subject: str) -> tuple[str, dict[str, Any]]:
    """Say what caused a step: a request, or time that passed."""
    if step is None:
        return "", {"by": None, "entry": None}
    more: dict[str, Any] = {"entry": step.number}
    if step.cause is None:
        return f" [history {step.number}]", more | {"by": "time"}
    number, exchange = step.cause
    more["request"] = shown_request(number, exchange)
    if is_forced(exchange, subject):
        text = f"; forced by {request_named(exchange)}"
        return f"{text} [history {number}]", more | {"by": "control"}
    by = "time" if "/_emulator/clock" in exchange.target else "request"
    return f" [history {step.number}, in {request_named(exchange)}]", more | {"by": by}


def word(status: CallStatus) -> str:
    """Write a status for people."""
    return status.replace("_", " ")
