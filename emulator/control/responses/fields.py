"""What the responses have in common."""

from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

ABSENT: Final[Any] = Field(default_factory=dict)
"""For a field that is left out where it says nothing."""


class ControlView(BaseModel):
    """A response, or a part of one, with these fields and no others."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class FaultMark(ControlView):
    """The fault rule that changed something."""

    id: str
    kind: str | None
    """Null in records of an older version."""


class Marked(ControlView):
    """Something that a fault rule may have changed; without one, it has none of these fields."""

    fault_id: str = ABSENT
    fault: FaultMark = ABSENT


class ProblemView(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    type: str
    title: str
    status: int
    code: str
    """A constant for programs to compare."""
    detail: str
    hint: str = ABSENT
    """What to do next."""
    errors: list["FieldProblem"] = ABSENT
    """The invalid fields, one entry each."""


class FieldProblem(ControlView):
    """What is wrong with a field."""

    field: str
    detail: str


Json = dict[str, Any]
Moment = AwareDatetime
