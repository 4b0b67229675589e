"""What Bimpe's agents do for other vendors, and what their conversations start there."""

from collections.abc import Mapping
from typing import Any, Final

from emulator.domain.calls import Call
from emulator.domain.errors import ConflictError
from emulator.domain.text import words
from emulator.domain.transcripts import Line
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.links import LinkSource, LinkTarget
from emulator.kit.world import World
from emulator.platforms.bimpe.chat.transcripts import SPEAKERS, lines_for
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.state import state_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import controls as control_schemas


def answer(
    world: World, settings: "control_schemas.AgentSettings", facts: Mapping[str, Any]
) -> list[Line]:
    """Return what is said on a call of another vendor, ``facts["call"]``, with an agent."""
    call: Call = facts["call"]
    agent = _agent(world, settings.agent)
    return [Line(SPEAKERS[role], text) for role, text in lines_for(world, agent, call)]


def has_words(settings: "control_schemas.ActionSettings", agent: BimpeAgent, text: str) -> bool:
    """Check whether a message to an agent makes it act."""
    if settings.agent not in {None, agent.id, agent.name}:
        return False
    said = set(words(text))
    return all(said.issuperset(words(each)) for each in settings.words)


def _agent(world: World, named: str | None) -> BimpeAgent:
    agents = state_of(world).agents
    found = None if named is None else agents.find(named)
    if found is None:
        found = next((each for each in agents if named in {None, each.name}), None)
    if found is None:
        raise ConflictError("the team has no agent" + ("" if named is None else f" {named}"))
    return found


link_sources: Final = {
    "action": LinkSource(
        "a message makes an agent act in a conversation",
        "person",
        lambda: control_schemas.ActionSettings,
    )
}
link_targets: Final = {
    "agent": LinkTarget(
        "answers a call as one of the team's agents would",
        "call",
        lambda: control_schemas.AgentSettings,
        answer,
    )
}
