"""What chooses the scenarios of calls: the rules of users, and what is remembered of a choice."""

from dataclasses import dataclass, field
from typing import Final, Literal

from emulator.domain.scenarios import Scenario

Key = tuple[str | None, str | None, str | None]
MAX_CHOICES: Final = 10_000
"""So many different choices of scenarios are kept."""


@dataclass(slots=True, kw_only=True)
class Choice:
    """What gave a call its scenario, where that follows from neither its number nor a mix of one.

    What was said of it may have changed since, so it is kept for the calls there are.
    """

    id: str
    kind: Literal["rule", "mix", "quota", "request"]
    match: dict[str, str] = field(default_factory=dict[str, str])
    """What a rule asked of calls."""
    is_limited: bool = False
    """The rule was for the next few calls only."""
    mix: dict[str, float] = field(default_factory=dict[str, float])
    """What was drawn from, by weight, or dealt out, by count."""


@dataclass(slots=True, kw_only=True)
class Rule:
    """A script set by the user: calls that match get this scenario, ``next`` of them or all."""

    scenario: Scenario
    platform: str | None = None
    number: str | None = None
    workflow_id: str | None = None
    next: int | None = None
    choice: str | None = None
    """What is remembered of it for the calls it has chosen a scenario for."""

    @property
    def key(self) -> Key:
        """What a call must have; None matches anything, and a number with or without its +."""
        return self.platform, self.number and self.number.lstrip("+"), self.workflow_id
