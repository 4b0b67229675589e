"""Placing calls: the checks of Intron's call pages, and the batch that is placed.

https://docs.voice.intron.io/docs/voicebot/robocall-call
https://docs.voice.intron.io/docs/voicebot/conversation-call
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.domain.scenarios import Scenario
from emulator.kit.errors import invalid
from emulator.kit.hooks import Bot
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.turns import turns_of
from emulator.kit.world import World
from emulator.platforms.intron.batch_checks import (
    check_batch,
    check_size,
    checking_batch,
)
from emulator.platforms.intron.messages import template_of, variables_of
from emulator.platforms.intron.params import WorkflowParams
from emulator.platforms.intron.placement import place_checked, place_in_turns
from emulator.platforms.intron.prepared_calls import MIN_PREPARED, taken_entries
from emulator.platforms.intron.state import (
    IntronContext,
    IntronWorkflow,
    params_of,
    state_of,
)
from emulator.platforms.intron.workflows import add_workflow, new_workflow

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.intron.schemas import call_requests, requests

WORKFLOW_DEFAULTS: Final = {
    "name": "Reminder",
    "message": "Hello, this is a reminder. Press 1 to confirm, 2 to cancel.",
}
REPLY_DEFAULTS: Final = {"option_one": "Confirm", "option_two": "Cancel", "include_reply": True}
"""What the message asks for, unless a request has options of its own."""
REPLY_FIELDS: Final = frozenset({"option_one", "option_two", "response_options"})


def place(world: World, asked: "call_requests.IntronCallRequest") -> Batch:
    """Place a batch for the control API; ApiError 400 names the field, and nothing is placed."""
    context: IntronContext = world.contexts["intron"]
    scenario = _scenario_of(world, asked)
    entries, path = _entries(asked)
    check_size(context.options, len(entries), path)
    workflow = _workflow_for(world, asked)
    request = _request(asked, workflow, entries)
    params = WorkflowParams(entries)
    check_batch(context.options, workflow, request, params, path)
    with _kept_if_placed(world, workflow):
        return place_checked(context, workflow, request, params, scenario=scenario)


async def place_many(
    world: World, asked: "call_requests.IntronCallRequest", start: Callable[[], None]
) -> Batch:
    """Do the same in turns if there are many calls; ``start`` is called right before it."""
    context: IntronContext = world.contexts["intron"]
    if len(asked.to) + len(asked.workflow_params) < MIN_PREPARED:
        return place(world, asked)
    scenario = _scenario_of(world, asked)
    entries, path = _entries(asked)
    check_size(context.options, len(entries), path)
    workflow = _workflow_for(world, asked)
    request = _request(asked, workflow, entries)
    numbers, params = await taken_entries(world, entries)
    checks = checking_batch(context.options, workflow, request, params, path)
    async for _ in turns_of(world, checks):
        pass
    with _kept_if_placed(world, workflow):
        request.workflow_id = workflow.id
        return await place_in_turns(
            context,
            request,
            numbers,
            params,
            workflow_of=lambda: _named_workflow(world, request.workflow_id),
            begin=start,
            scenario=scenario,
            path=path,
        )


@contextmanager
def _kept_if_placed(world: World, workflow: IntronWorkflow) -> Iterator[None]:
    """Add a workflow, if it is new, and remove it again if its calls cannot be placed."""
    if workflow.id:
        yield
        return
    add_workflow(world, workflow)
    try:
        yield
    except BaseException:
        workflows = state_of(world).workflows
        if workflows.find(workflow.id) is workflow:  # another request may have deleted it
            workflows.remove(workflow.id)
        raise


def _scenario_of(world: World, asked: "call_requests.IntronCallRequest") -> Scenario | None:
    given = asked.scenario
    return None if given is None else scenarios.scenario_of(world, "scenario", given, "intron")


def _request(
    asked: "call_requests.IntronCallRequest", workflow: IntronWorkflow, entries: list[Any]
) -> "requests.PlaceCalls":
    """Return what the vendor's API would be asked for."""
    return requests.PlaceCalls.model_construct(
        workflow_id=workflow.id,
        workflow_params=entries,
        tts_voice_accent=asked.tts_voice_accent,
        tts_voice_gender=asked.tts_voice_gender,
    )


def _entries(asked: "call_requests.IntronCallRequest") -> tuple[list[Any], str]:
    """Return the entries of ``workflow_params``, and the field that they come from."""
    if asked.workflow_params:
        for name in ("to", "variables", "user_tag_identifiers"):
            if name in asked.model_fields_set:
                raise invalid((name, "cannot be given together with workflow_params"))
        return asked.workflow_params, "workflow_params"
    if not asked.to:
        raise invalid(("to", "is required, unless workflow_params is given"))
    shared: dict[str, Any] = {}
    if asked.variables:
        shared["workflow_variables"] = asked.variables
    if asked.user_tag_identifiers is not None:
        shared["user_tag_identifiers"] = asked.user_tag_identifiers
    return [{"phone_number": number, **shared} for number in asked.to], "to"


def _workflow_for(world: World, asked: "call_requests.IntronCallRequest") -> IntronWorkflow:
    """Return the workflow that is named, or a new one that is not yet kept."""
    given = [
        name
        for name in requests.UpdateIntronWorkflow.model_fields
        if name in asked.model_fields_set
    ]
    if asked.workflow_id is not None:
        if given:
            problem = "cannot be given together with workflow_id: a workflow is created with it"
            raise invalid((given[0], problem))
        return _named_workflow(world, asked.workflow_id)
    replies: dict[str, Any] = REPLY_DEFAULTS
    if not REPLY_FIELDS.isdisjoint(given):
        replies = {"include_reply": True}
    defaults = WORKFLOW_DEFAULTS | replies
    missing = {name: value for name, value in defaults.items() if name not in given}
    return new_workflow(world, asked.model_copy(update=missing))


def _named_workflow(world: World, workflow_id: str) -> IntronWorkflow:
    workflow = state_of(world).workflows.find(workflow_id)
    if workflow is None:
        raise invalid(("workflow_id", f"names no workflow: {workflow_id[:60]}"))
    return workflow


def describe(world: World, call: Call) -> dict[str, Any]:
    """Return the message of a call, and the values that came with its number."""
    request = state_of(world).batch_requests.get(call.batch_id or "")
    entry = params_of(world, call)
    values = variables_of(entry)
    return {
        "message": template_of(request.message, request.workflow_type).fill(values),
        "workflow_variables": values,
        "user_tag_identifiers": entry.get("user_tag_identifiers"),
    }


def bots(world: World) -> Iterator[Bot]:
    """Return the workflows, oldest first."""
    return map(_bot, state_of(world).workflows)


def bot(world: World, workflow_id: str) -> Bot | None:
    """Return a workflow, also one that was deleted."""
    state = state_of(world)
    workflow = state.workflows.find(workflow_id) or state.deleted.find(workflow_id)
    return None if workflow is None else _bot(workflow)


def _bot(workflow: IntronWorkflow) -> Bot:
    return Bot(
        id=workflow.id,
        name=workflow.name,
        kind=f"{workflow.workflow_type.lower()} workflow",
        message=workflow.message,
        variables=template_of(workflow.message, workflow.workflow_type).variables,
        keys=workflow.replies,
    )
