"""The operations on workflows, in the order of the reference.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows/updateWorkflow/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.envelope import show, show_page
from emulator.platforms.bimpe.lists import OWNERS, where
from emulator.platforms.bimpe.schemas import (
    CloneWorkflow,
    NewWorkflow,
    NewWorkflowAsBefore,
    WorkflowChanges,
    WorkflowsQuery,
)
from emulator.platforms.bimpe.schemas_shown import WorkflowShown
from emulator.platforms.bimpe.showing import shown_workflow
from emulator.platforms.bimpe.team import options_of, state_of
from emulator.platforms.bimpe.workflows import (
    change_workflow,
    copy_of,
    new_workflow,
    own_workflow,
)


async def list_workflows(request: Request) -> Response:
    """List workflows: the team's own and the public ones, or either of them."""
    query = read_query(request, WorkflowsQuery)
    owned = {"accessible": None, "owned": True, "public": False}[query.scope]
    found, total = state_of(world_of(request)).workflow_list.page(query, where(OWNERS, owned))
    return show_page(query, total, [shown_workflow(each) for each in found])


async def create_workflow(request: Request) -> Response:
    """Create a workflow of the team's own."""
    world = world_of(request)
    as_before = options_of(world).system_prompt == "optional"
    asked = read_body(request, NewWorkflowAsBefore if as_before else NewWorkflow)
    workflow = state_of(world).add_workflow(new_workflow(world, asked))
    return show(shown_workflow(workflow), 201)


async def clone_workflow(request: Request) -> Response:
    """Clone a workflow; the copy is the team's own."""
    world = world_of(request)
    asked = read_body(request, CloneWorkflow)
    source = state_of(world).workflows.get(asked.source_workflow_id)
    return show(shown_workflow(state_of(world).add_workflow(copy_of(world, source))), 201)


async def get_workflow(request: Request) -> Response:
    """Get a workflow."""
    workflows = state_of(world_of(request)).workflows
    return show(shown_workflow(workflows.get(request.path_params["workflowId"])))


async def update_workflow(request: Request) -> Response:
    """Update a workflow the team owns; what is not sent stays."""
    world = world_of(request)
    workflow = own_workflow(world, request.path_params["workflowId"])
    change_workflow(world, workflow, read_body(request, WorkflowChanges))
    return show(shown_workflow(workflow))


async def delete_workflow(request: Request) -> Response:
    """Delete a workflow the team owns; agents that used it have none any more."""
    world = world_of(request)
    workflow = own_workflow(world, request.path_params["workflowId"])
    state_of(world).remove_workflow(workflow)
    return show(None)


ROOT: Final = "/api/v1/console"
DOCS: Final = "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows"
WORKFLOWS: Final = f"{ROOT}/workflows"
WORKFLOW: Final = f"{WORKFLOWS}/{{workflowId}}"

operations: Final = (
    Operation(
        method="GET",
        path=WORKFLOWS,
        handler=list_workflows,
        docs=f"{DOCS}/listWorkflows/",
        query=WorkflowsQuery,
        gives=WorkflowShown,
    ),
    Operation(
        method="POST",
        path=WORKFLOWS,
        handler=create_workflow,
        docs=f"{DOCS}/createWorkflow/",
        takes=NewWorkflow,
        gives=WorkflowShown,
        status=201,
    ),
    Operation(
        method="POST",
        path=f"{WORKFLOWS}/clone",
        handler=clone_workflow,
        docs=f"{DOCS}/cloneWorkflow/",
        takes=CloneWorkflow,
        gives=WorkflowShown,
        status=201,
    ),
    Operation(
        method="GET",
        path=WORKFLOW,
        handler=get_workflow,
        docs=f"{DOCS}/getWorkflow/",
        gives=WorkflowShown,
    ),
    Operation(
        method="PATCH",
        path=WORKFLOW,
        handler=update_workflow,
        docs=f"{DOCS}/updateWorkflow/",
        takes=WorkflowChanges,
        gives=WorkflowShown,
    ),
    Operation(
        method="DELETE",
        path=WORKFLOW,
        handler=delete_workflow,
        docs=f"{DOCS}/deleteWorkflow/",
        note="assumed: allowed while agents use it",
    ),
)
