"""What Intron's calls are placed with: its workflows."""

from collections.abc import Iterator

from emulator.kit.platform import Bot
from emulator.kit.world import World
from emulator.platforms.intron.state import Workflow, state_of


def bots(world: World) -> Iterator[Bot]:
    """List the workflows, oldest first."""
    return map(_bot, state_of(world).workflows)


def bot(world: World, workflow_id: str) -> Bot | None:
    """Find a workflow, also one that was deleted."""
    state = state_of(world)
    workflow = state.workflows.find(workflow_id) or state.deleted.find(workflow_id)
    return None if workflow is None else _bot(workflow)


def _bot(workflow: Workflow) -> Bot:
    kind = f"{workflow.workflow_type.lower()} workflow"
    return Bot(id=workflow.id, name=workflow.name, kind=kind, message=workflow.message)
