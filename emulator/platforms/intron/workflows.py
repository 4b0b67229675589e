"""How workflows are created and updated."""

from typing import Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.intron.state import IntronWorkflow, state_of

with on_first_use():
    from emulator.platforms.intron.schemas import requests

PLAIN_FIELDS: Final = ("name", "description", "message", "workflow_type", "include_reply")
OPTION_KEYS: Final = {"option_one": "1", "option_two": "2"}


def new_workflow(world: World, asked: "requests.UpdateIntronWorkflow") -> IntronWorkflow:
    """Return a workflow with the fields that were sent; it gets its id when it is added."""
    now = world.clock.now()
    workflow = IntronWorkflow("", asked.name, asked.message, now, replies=_replies(asked))
    workflow.description, workflow.workflow_type = asked.description, asked.workflow_type
    workflow.include_reply, workflow.call_back_url = asked.include_reply, asked.call_back_url
    return workflow


def _replies(asked: "requests.UpdateIntronWorkflow") -> dict[str, str]:
    """Return the replies of a new workflow; both ways to name them end in one map."""
    replies = dict(asked.response_options or ())
    if asked.option_one is not None:
        replies["1"] = asked.option_one
    elif replies and "option_one" in asked.model_fields_set:
        replies.pop("1", None)
    if asked.option_two is not None:
        replies["2"] = asked.option_two
    elif replies and "option_two" in asked.model_fields_set:
        replies.pop("2", None)
    return replies


def add_workflow(world: World, workflow: IntronWorkflow) -> IntronWorkflow:
    """Give a new workflow its id and keep it."""
    workflow.id = world.ids.uuid("intron.workflow")
    return state_of(world).workflows.add(workflow)


def change_workflow(workflow: IntronWorkflow, asked: "requests.UpdateIntronWorkflow") -> None:
    """Set the fields that were sent; both ways to name replies end in one map."""
    sent = asked.model_fields_set
    for name in PLAIN_FIELDS:
        if name in sent:
            setattr(workflow, name, getattr(asked, name))
    if "call_back_url" in sent:
        workflow.call_back_url = asked.call_back_url
    if "response_options" in sent:
        workflow.replies = dict(asked.response_options or {})
    for name, key in OPTION_KEYS.items():
        if name in sent:
            text = getattr(asked, name)
            if text is None:
                workflow.replies.pop(key, None)
            else:
                workflow.replies[key] = text
