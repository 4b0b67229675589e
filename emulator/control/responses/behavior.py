"""Scenarios, faults and inboxes: how callees, endpoints and the emulator behave."""

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.control.responses.fields import ABSENT, ControlView, Json, Moment
from emulator.domain.faults import Effect
from emulator.kit.scenarios import OwnScenario


class ScenarioMatchView(ControlView):
    """The calls that a scenario rule applies to."""

    platform: str = ABSENT
    number: str = ABSENT
    workflow_id: str = ABSENT
    next: int = ABSENT


class ScenarioRuleView(ControlView):
    """A scenario rule."""

    match: ScenarioMatchView
    scenario: str | OwnScenario


class ScenariosView(ControlView):
    """The scenario rules, and the outcome mix or quota for all other calls."""

    rules: list[ScenarioRuleView]
    mix: dict[str, float]
    quota: dict[str, int] = ABSENT
    dealt: int = ABSENT
    """The number of calls that have drawn from the quota."""
    names: list[str]
    """The built-in scenarios."""


class FaultMatchView(ControlView):
    """What a fault rule applies to."""

    platform: str = ABSENT
    operation: str = ABSENT
    number: str = ABSENT
    workflow_id: str = ABSENT
    event: str = ABSENT
    nth: int = ABSENT
    every: int = ABSENT
    probability: float = ABSENT


class FaultView(ControlView):
    """A fault rule."""

    id: str
    match: FaultMatchView
    effect: Json
    """The kind of fault, and its fields."""
    times: int | None
    starts_at: Moment
    ends_at: Moment | None
    expires_in_real: float | None
    seen: int
    """The number of requests, calls or callbacks that matched."""
    hits: int
    """The number of matches to which it was applied."""
    waiting: int = ABSENT
    """The batches and calls that wait for a line."""
    why_unused: str | None
    """Why the rule was never applied; null if it was applied."""


class FaultKindView(ControlView):
    """A kind of fault."""

    kind: Effect
    target: str
    does: str
    wants: str
    """What a good client does."""
    fields: dict[str, Any]
    """The fields with their defaults; null: the field is required."""


class InboxView(ControlView):
    """An inbox that was used."""

    name: str
    messages: int
    received: int
    newest_at: Moment | None
    """When the newest message that is kept was received."""


class MessageView(ControlView):
    """A request that an inbox has received."""

    number: int = ABSENT
    """The number of the message in its inbox, in a list that is sorted from the newest."""
    method: str
    path: str
    headers: dict[str, str]
    json_: Annotated[Any, Field(alias="json")]
    body: str
    received_at: Moment


class ScriptView(ControlView):
    """How many responses are scripted."""

    answers: int


class BotView(ControlView):
    """A workflow, an agent or a bot with which calls can be placed."""

    platform: str
    id: str
    name: str
    kind: str
    message: str | None
    variables: list[str]


class NumberView(ControlView):
    """A magic number."""

    suffix: str
    scenario: str
    effect: dict[str, str]
    """How a call ends, by platform."""


class OperationView(ControlView):
    """An operation of a vendor."""

    platform: str
    operation: str
    alias: str | None
    method: str
    path: str
    summary: str
    note: str
    docs: str
    basis: Literal["documented", "observed", "assumed"]


class LinkView(ControlView):
    """A link between two platforms of a world."""

    source: str
    target: str
    when: Json
    settings: Json
    followed: int
    """How often it was followed since the server started."""
    failed: int
    error: str | None
    """Why it could last not be followed."""


class LinkKind(ControlView):
    """A source or a target of links."""

    name: str
    text: str
    subject: Literal["appointment", "call", "person"]
    """A link connects a source and a target with the same subject."""
    settings: Json
    """The JSON Schema of its settings."""


class LinkKindsView(ControlView):
    """What links may connect."""

    sources: list[LinkKind]
    targets: list[LinkKind]
