"""What Intron does for other vendors: it reminds a person by a robocall."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from emulator.domain.batches import Batch
from emulator.domain.errors import ConflictError
from emulator.kit.errors import ApiError
from emulator.kit.fields import Text
from emulator.kit.links import LinkTarget
from emulator.kit.world import World
from emulator.platforms.intron.calls import IntronCallRequest, place

MESSAGE: Final = (
    "Hello [name], this is a reminder of your appointment at [business] on [day] at [time]."
    " Press 1 to confirm, 2 to cancel."
)


class ReminderSettings(BaseModel):
    """How the person is reminded: with a workflow of yours, or with a message."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    workflow_id: Text | None = None
    message: Annotated[Text, Field(max_length=4000)] = MESSAGE
    """Its variables are the facts of the source, such as [name]. Not used with a workflow."""


def remind(world: World, settings: ReminderSettings, facts: Mapping[str, Any]) -> Batch:
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
        return place(world, IntronCallRequest.model_validate(asked))
    except (ApiError, ValueError) as error:
        raise ConflictError(f"the reminder cannot be placed: {error}") from None


link_targets: Final = {
    "reminder": LinkTarget(
        "places a batch of one robocall", "appointment", ReminderSettings, remind
    )
}
