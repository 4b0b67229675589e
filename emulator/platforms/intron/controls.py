"""Routes of the control API for what Intron's own API cannot do with workflows."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.intron.state import IntronWorkflow, state_of

with on_first_use():
    from emulator.platforms.intron.schemas import controls as control_schemas


async def list_workflow_statuses(request: Request) -> Response:
    """List the workflows with their status, which Intron's API does not show."""
    state = state_of(world_of(request))
    return json_response([_shown(workflow) for workflow in state.workflows])


async def set_workflow_status(request: Request) -> Response:
    """Activate or deactivate a workflow."""
    world: World = world_of(request)
    workflows = state_of(world).workflows
    workflow = workflows.get(request.path_params["workflow_id"])
    workflow.status = read_body(request, control_schemas.WorkflowStatusChange).status
    workflows.save(workflow)
    return json_response(_shown(workflow))


def _shown(workflow: IntronWorkflow) -> dict[str, Any]:
    return {
        "id": workflow.id,
        "name": workflow.name,
        "workflow_type": workflow.workflow_type,
        "status": workflow.status,
    }


controls: Final = (
    Operation(
        method="GET",
        path="/workflows",
        handler=list_workflow_statuses,
        gives=lambda: control_schemas.WorkflowStatusView,
        many=True,
    ),
    Operation(
        method="PATCH",
        path="/workflows/{workflow_id}",
        handler=set_workflow_status,
        takes=lambda: control_schemas.WorkflowStatusChange,
        gives=lambda: control_schemas.WorkflowStatusView,
    ),
)
