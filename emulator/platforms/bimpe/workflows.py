"""Workflows: public ones to read and copy, the team's own to change."""

from copy import deepcopy
from dataclasses import fields

from emulator.kit.errors import ApiError
from emulator.kit.world import World
from emulator.platforms.bimpe.ids import new_id, now_of
from emulator.platforms.bimpe.records import Workflow
from emulator.platforms.bimpe.schemas import NewWorkflowAsBefore, WorkflowChanges
from emulator.platforms.bimpe.team import state_of

CONTENT = [
    each.name
    for each in fields(Workflow)
    if each.name not in {"id", "is_owner", "source_id", "created_at", "updated_at"}
]
"""The fields that a copy takes over."""


def new_workflow(world: World, asked: NewWorkflowAsBefore) -> Workflow:
    """Make a workflow of the team's own, to be kept."""
    now = now_of(world)
    workflow = Workflow(
        id=new_id(world, "workflow"), name=asked.name, created_at=now, updated_at=now
    )
    _write(workflow, asked)
    return workflow


def copy_of(world: World, source: Workflow) -> Workflow:
    """Make a copy that is the team's own, to be kept."""
    now = now_of(world)
    content = {name: deepcopy(getattr(source, name)) for name in CONTENT}
    return Workflow(
        id=new_id(world, "workflow"),
        source_id=source.id,
        created_at=now,
        updated_at=now,
        **content,
    )


def change_workflow(world: World, workflow: Workflow, asked: WorkflowChanges) -> None:
    """Write what was sent into a workflow of the team's own."""
    _write(workflow, asked)
    workflow.updated_at = now_of(world)
    state_of(world).save_workflow(workflow)


def own_workflow(world: World, workflow_id: str) -> Workflow:
    """Find a workflow to change; UnknownError, or ApiError 403 for one the team does not own."""
    workflow = state_of(world).workflows.get(workflow_id)
    if not workflow.is_owner:
        # assumed: documented is only that the team has to own it
        raise ApiError(403, "forbidden", "Workflow is not owned by your team")
    return workflow


def _write(workflow: Workflow, asked: WorkflowChanges) -> None:
    sent = asked.model_dump(include=asked.model_fields_set)
    for name, value in sent.items():
        setattr(workflow, name, value)
