"""What Bimpe's calls are placed with: the team's agents."""

from collections.abc import Iterator

from emulator.kit.platform import Bot
from emulator.kit.world import World
from emulator.platforms.bimpe.records import Agent
from emulator.platforms.bimpe.state import state_of


def bots(world: World) -> Iterator[Bot]:
    """List the agents, oldest first."""
    return map(_bot, state_of(world).agents)


def bot(world: World, agent_id: str) -> Bot | None:
    """Find an agent that was not deleted since."""
    agent = state_of(world).agents.find(agent_id)
    return None if agent is None else _bot(agent)


def _bot(agent: Agent) -> Bot:
    return Bot(id=agent.id, name=agent.name, kind="agent")
