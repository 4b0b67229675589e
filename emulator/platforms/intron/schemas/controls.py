"""What the control API takes and shows of Intron, and the settings of its links."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.fields import Text

MESSAGE: Final = (
    "Hello [name], this is a reminder of your appointment at [business] on [day] at [time]."
    " Press 1 to confirm, 2 to cancel."
)


class WorkflowStatusChange(BaseModel):
    """A workflow's status; conversations are refused unless it is ACTIVE."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    status: Literal["ACTIVE", "INACTIVE"]


class WorkflowStatusView(BaseModel):
    """A workflow with its status."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: str
    name: str
    workflow_type: str
    status: str


class ReminderSettings(BaseModel):
    """How the person is reminded: with a workflow of yours, or with a message."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    workflow_id: Text | None = None
    message: Annotated[Text, Field(max_length=4000)] = MESSAGE
    """Its variables are the facts of the source, such as [name]. Not used with a workflow."""
