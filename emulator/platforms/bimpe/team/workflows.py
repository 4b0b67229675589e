"""Workflows: a team changes its own; it reads and clones public ones."""

from emulator.kit.errors import ApiError
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.bimpe.records.drafts import sent_fields
from emulator.platforms.bimpe.records.ids import now_of
from emulator.platforms.bimpe.records.team import BimpeWorkflow
from emulator.platforms.bimpe.state import state_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import workflows as workflow_schemas


def own_workflow(world: World, workflow_id: str) -> BimpeWorkflow:
    """Return a workflow that the team owns; UnknownError, or ApiError 403 for a public one."""
    workflow = state_of(world).workflows.get(workflow_id)
    if not workflow.is_owner:
        # assumed: only the rule is documented, not the response
        raise ApiError(403, "forbidden", "Workflow is not owned by your team")
    return workflow


def update(world: World, workflow: BimpeWorkflow, asked: "workflow_schemas.UpdateWorkflow") -> None:
    """Write the fields that were sent into a workflow that the team owns."""
    for name, value in sent_fields(asked).items():
        setattr(workflow, name, value)
    workflow.updated_at = now_of(world)
    state_of(world).save_workflow(workflow)


def delete(world: World, workflow: BimpeWorkflow) -> None:
    """Delete a workflow; its agents have no workflow then."""
    state = state_of(world)
    for agent_id in list(state.workflow_users.get(workflow.id, ())):
        state.set_workflow(state.agents.get(agent_id), None)
    state.workflow_list.remove(workflow)
    state.workflows.remove(workflow.id)
