"""How workflows are written in responses."""

from emulator.platforms.bimpe.records.team import BimpeWorkflow
from emulator.platforms.bimpe.schemas.words import wire_time
from emulator.platforms.bimpe.serializers.names import Json


def serialize_workflow(workflow: BimpeWorkflow) -> Json:
    """Write a workflow, with the fields in the order of the documented sample."""
    return {
        "system_prompt": workflow.system_prompt,
        "rules": workflow.rules,
        "flows": workflow.flows,
        "tags": workflow.tags,
        "integrations": workflow.integrations,
        "channels": workflow.channels,
        "actions": workflow.actions,
        "guide": workflow.guide,
        "faq": workflow.faq,
        "setup_steps": workflow.setup_steps,
        "setup_time": workflow.setup_time,
        "video_url": workflow.video_url,
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "category": workflow.category,
        "visibility": "private" if workflow.is_owner else "public",
        "is_owner": workflow.is_owner,
        "created_at": wire_time(workflow.created_at),
        "updated_at": wire_time(workflow.updated_at),
    }
