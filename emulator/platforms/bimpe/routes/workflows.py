"""The operations on workflows, in the order of the reference.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows/updateWorkflow/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.lists.filters import WORKFLOW_TAGS, matching_tags
from emulator.platforms.bimpe.options import options_of
from emulator.platforms.bimpe.records.drafts import cloned_workflow, new_workflow, sent_fields
from emulator.platforms.bimpe.routes.envelope import message_of, success, success_page
from emulator.platforms.bimpe.routes.paths import ROOT
from emulator.platforms.bimpe.serializers.workflows import serialize_workflow
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team import workflows
from emulator.platforms.bimpe.team.workflows import own_workflow

with on_first_use():
    from emulator.platforms.bimpe.schemas import workflows as workflow_schemas


async def list_workflows(request: Request) -> Response:
    """List workflows: the team's, public ones, or both."""
    query = read_query(request, workflow_schemas.WorkflowsQuery)
    owned = {"accessible": None, "owned": True, "public": False}[query.scope]
    tags = matching_tags(WORKFLOW_TAGS, owned)
    found, total = state_of(world_of(request)).workflow_list.page(query, tags)
    return success_page(query, total, [serialize_workflow(each) for each in found])


async def create_workflow(request: Request) -> Response:
    """Create a workflow that the team owns."""
    world = world_of(request)
    is_older = options_of(world).system_prompt == "optional"
    asked = read_body(
        request,
        workflow_schemas.CreateWorkflowOlder if is_older else workflow_schemas.CreateWorkflow,
    )
    workflow = state_of(world).add_workflow(new_workflow(world, sent_fields(asked)))
    return success(serialize_workflow(workflow), 201)


async def clone_workflow(request: Request) -> Response:
    """Clone a workflow; the team owns the clone."""
    world = world_of(request)
    asked = read_body(request, workflow_schemas.CloneWorkflow)
    source = state_of(world).workflows.get(asked.source_workflow_id)
    clone = state_of(world).add_workflow(cloned_workflow(world, source))
    return success(serialize_workflow(clone), 201)


async def get_workflow(request: Request) -> Response:
    """Get a workflow."""
    records = state_of(world_of(request)).workflows
    return success(serialize_workflow(records.get(request.path_params["workflowId"])))


async def update_workflow(request: Request) -> Response:
    """Update a workflow that the team owns; fields that are not sent keep their values."""
    world = world_of(request)
    workflow = own_workflow(world, request.path_params["workflowId"])
    workflows.update(world, workflow, read_body(request, workflow_schemas.UpdateWorkflow))
    message = message_of(world, "Workflow updated successfully")
    return success(serialize_workflow(workflow), message=message)


async def delete_workflow(request: Request) -> Response:
    """Delete a workflow that the team owns; its agents are left without a workflow."""
    world = world_of(request)
    workflow = own_workflow(world, request.path_params["workflowId"])
    workflows.delete(world, workflow)
    return success(None)


WORKFLOWS_DOCS: Final = "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows"
WORKFLOWS: Final = f"{ROOT}/workflows"
WORKFLOW: Final = f"{WORKFLOWS}/{{workflowId}}"

operations: Final = (
    Operation(
        method="GET",
        path=WORKFLOWS,
        handler=list_workflows,
        docs=f"{WORKFLOWS_DOCS}/listWorkflows/",
        query=lambda: workflow_schemas.WorkflowsQuery,
        gives=lambda: workflow_schemas.WorkflowResource,
    ),
    Operation(
        method="POST",
        path=WORKFLOWS,
        handler=create_workflow,
        docs=f"{WORKFLOWS_DOCS}/createWorkflow/",
        takes=lambda: workflow_schemas.CreateWorkflow,
        gives=lambda: workflow_schemas.WorkflowResource,
        status=201,
    ),
    Operation(
        method="POST",
        path=f"{WORKFLOWS}/clone",
        handler=clone_workflow,
        docs=f"{WORKFLOWS_DOCS}/cloneWorkflow/",
        takes=lambda: workflow_schemas.CloneWorkflow,
        gives=lambda: workflow_schemas.WorkflowResource,
        status=201,
    ),
    Operation(
        method="GET",
        path=WORKFLOW,
        handler=get_workflow,
        docs=f"{WORKFLOWS_DOCS}/getWorkflow/",
        gives=lambda: workflow_schemas.WorkflowResource,
    ),
    Operation(
        method="PATCH",
        path=WORKFLOW,
        handler=update_workflow,
        docs=f"{WORKFLOWS_DOCS}/updateWorkflow/",
        takes=lambda: workflow_schemas.UpdateWorkflow,
        gives=lambda: workflow_schemas.WorkflowResource,
    ),
    Operation(
        method="DELETE",
        path=WORKFLOW,
        handler=delete_workflow,
        docs=f"{WORKFLOWS_DOCS}/deleteWorkflow/",
        note="assumed: a workflow can be deleted while agents use it",
    ),
)
