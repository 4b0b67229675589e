"""Scenarios: how a simulated callee behaves, and the magic numbers that choose one."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, assert_never

from emulator.domain.calls import CallStatus

SUFFIX_DIGITS: Final = 5


class Behavior(StrEnum):
    """What the callee does when the phone rings."""

    ANSWERED = "answered"
    HUNG_UP = "hung_up"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How a callee behaves; a field that is None is drawn for each call."""

    name: str
    behavior: Behavior
    ring: timedelta | None = None
    talk: timedelta | None = None
    keys: str | None = None
    """The key that the callee presses; "" for none; None to draw one of the options."""
    script: list[dict[str, Any]] | None = None
    """What the person does in a stream to a bot, step by step."""
    language: str = ""
    """The language that the person speaks; "" if the bot, the world or the text decides."""
    voice: str = ""
    """The voice of the person; "" for the usual one."""
    tools: list[dict[str, Any]] | None = None
    """The tools that the bot uses: name, inputs, and the seconds after the answer."""

    @property
    def status(self) -> CallStatus:
        """The terminal status of a call with this scenario."""
        match self.behavior:
            case Behavior.ANSWERED | Behavior.HUNG_UP:
                return CallStatus.COMPLETED
            case Behavior.BUSY:
                return CallStatus.BUSY
            case Behavior.NO_ANSWER:
                return CallStatus.NO_ANSWER
            case Behavior.FAILED:
                return CallStatus.FAILED
        assert_never(self.behavior)


def _scenario(name: str, behavior: Behavior, keys: str | None = None, **times: int) -> Scenario:
    spans: dict[str, Any] = {name: timedelta(seconds=seconds) for name, seconds in times.items()}
    return Scenario(name=name, behavior=behavior, keys=keys, **spans)


BARGE_IN: Final[list[dict[str, Any]]] = [
    {"say": 1.5},
    {"wait_for": "speech", "timeout": 10},
    {"wait": 0.7},
    {"say": 2},
    {"wait_for": "quiet", "timeout": 10},
    {"say": 1.5},
    {"wait_for": "speech", "timeout": 10},
    {"wait_for": "quiet", "timeout": 30},
    {"hang_up": True},
]
"""The person speaks while the bot does, then continues once it is quiet."""
SCENARIOS: Final[dict[str, Scenario]] = {
    scenario.name: scenario
    for scenario in (
        _scenario("answered", Behavior.ANSWERED),
        _scenario("answered_silent", Behavior.ANSWERED, keys=""),
        *(_scenario(f"answered_{key}", Behavior.ANSWERED, keys=str(key)) for key in range(1, 10)),
        _scenario("long_talk", Behavior.ANSWERED, talk=600),
        _scenario("slow_answer", Behavior.ANSWERED, ring=29),
        Scenario(name="barge_in", behavior=Behavior.ANSWERED, script=BARGE_IN),
        _scenario("hung_up", Behavior.HUNG_UP),
        _scenario("no_answer", Behavior.NO_ANSWER),
        _scenario("busy", Behavior.BUSY),
        _scenario("failed", Behavior.FAILED),
    )
}

MAGIC_NUMBERS: Final[dict[str, str]] = {
    "99000": "answered_silent",
    **{f"9900{key}": f"answered_{key}" for key in range(1, 10)},
    "99010": "answered",
    "99011": "no_answer",
    "99012": "busy",
    "99013": "failed",
    "99014": "hung_up",
    "99015": "long_talk",
    "99016": "slow_answer",
    "99017": "barge_in",
}
"""The last five digits of a number, and the scenario they select on every platform."""
