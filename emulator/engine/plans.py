"""What a call is going to do, by its scenario and a draw."""

from emulator.domain.calls import CallStatus, Plan
from emulator.domain.scenarios import Behavior, Scenario
from emulator.domain.ticks import SECOND, length


def plan_of(scenario: Scenario, options: tuple[str, ...], draw: int) -> Plan:
    """Return the plan of a call; ``options`` are the keys that its workflow knows."""
    draw, ring = divmod(draw, 10)
    draw, talk = divmod(draw, 41)
    keys, outcome = None, None
    match scenario.behavior:
        case Behavior.ANSWERED:
            status, ring, talk = CallStatus.IN_PROGRESS, 3 + ring, 20 + talk
            keys = _pressed(scenario, options, draw)
            outcome = "listened" if keys is None else "replied"
        case Behavior.HUNG_UP:
            status, ring, talk = CallStatus.IN_PROGRESS, 3 + ring, 1 + talk % 4
            outcome = "hung_up"
        case Behavior.NO_ANSWER:
            status, ring, talk = CallStatus.NO_ANSWER, 30, 0
        case Behavior.BUSY:
            status, ring, talk = CallStatus.BUSY, 1, 0
        case Behavior.FAILED:
            status, ring, talk = CallStatus.FAILED, 2, 0
    return Plan(
        ring * SECOND if scenario.ring is None else length(scenario.ring),
        status,
        talk * SECOND if scenario.talk is None else length(scenario.talk),
        keys,
        outcome,
    )


def _pressed(scenario: Scenario, options: tuple[str, ...], draw: int) -> str | None:
    if not options or scenario.keys == "":
        return None
    if scenario.keys is None:
        return options[draw % len(options)]
    return scenario.keys if scenario.keys in options else None
