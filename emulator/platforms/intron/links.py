"""What Intron does for other vendors: it reminds a person by a robocall."""

from collections.abc import Mapping
from typing import Any, Final

from emulator.domain.batches import Batch
from emulator.domain.errors import ConflictError
from emulator.kit.errors import ApiError
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.links import LinkTarget
from emulator.kit.world import World
from emulator.platforms.intron.calls import place

with on_first_use():
    from emulator.platforms.intron.schemas import call_requests, controls as control_schemas


def remind(
    world: World, settings: "control_schemas.ReminderSettings", facts: Mapping[str, Any]
) -> Batch:
    """Place a batch of one call to ``facts["phone"]``, with the other facts as variables."""
    phone = facts.get("phone")
    if not phone:
        raise ConflictError("the person of the appointment has no phone number")
    variables = {name: value for name, value in facts.items() if isinstance(value, str)}
    asked: dict[str, Any] = {"platform": "intron", "to": [phone], "variables": variables}
    if settings.workflow_id is not None:
        asked["workflow_id"] = settings.workflow_id
    else:
        asked |= {"name": "Reminder", "message": settings.message}
    try:
        return place(world, call_requests.IntronCallRequest.model_validate(asked))
    except (ApiError, ValueError) as error:
        raise ConflictError(f"the reminder cannot be placed: {error}") from None


link_targets: Final = {
    "reminder": LinkTarget(
        "places a batch of one robocall",
        "appointment",
        lambda: control_schemas.ReminderSettings,
        remind,
    )
}
