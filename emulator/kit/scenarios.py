"""Scenarios in requests: a name, or a description."""

from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from emulator.domain.scenarios import SCENARIOS, Behavior, Scenario
from emulator.kit.errors import invalid

Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False, strict=True)]


class OwnScenario(BaseModel):
    """A custom scenario; fields that are left out are drawn for each call."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    behavior: Annotated[Behavior, Field(validation_alias=AliasChoices("behavior", "answer"))]
    """Also accepted by its former name, ``answer``."""
    ring_seconds: Seconds | None = None
    talk_seconds: Seconds | None = None
    keys: Annotated[str, Field(pattern="^[0-9*#]?$")] | None = None


def scenario_of(path: str, asked: str | OwnScenario) -> Scenario:
    """Return the scenario that a request names or describes; ApiError 400 for an unknown name."""
    if isinstance(asked, str):
        if asked not in SCENARIOS:
            near = get_close_matches(asked, SCENARIOS, n=1)
            suggestion = f"; did you mean {near[0]}?" if near else ""
            problem = f"must be one of {', '.join(SCENARIOS)}, not {asked[:60]!r}{suggestion}"
            raise invalid((path[:60], problem))
        return SCENARIOS[asked]
    ring, talk = asked.ring_seconds, asked.talk_seconds
    return Scenario(
        name="own:" + asked.model_dump_json(exclude_none=True),
        behavior=asked.behavior,
        ring=None if ring is None else timedelta(seconds=ring),
        talk=None if talk is None else timedelta(seconds=talk),
        keys=asked.keys,
    )
