"""The vendors and what was used of them."""

from typing import Literal

from emulator.control.responses.fields import ControlView, Json
from emulator.domain.calls import CallStatus


class SnippetView(ControlView):
    """A request to copy."""

    title: str
    language: str
    install: str
    code: str


class FormView(ControlView):
    """A form that makes a request of an operation."""

    title: str
    operation: str
    is_control: bool
    """The operation is one of the control API, not one of the vendor's."""
    rows: str | None
    """The field that a row of a CSV file becomes; ``""`` is the body, null takes no CSV file."""


class ScreenView(ControlView):
    """A screen that a vendor adds to the dashboard."""

    name: str
    title: str
    module: str


class TimelineStepView(ControlView):
    """The effect of a vendor's step."""

    text: str
    screen: str | None


class PlatformView(ControlView):
    """A vendor, for the world of the request."""

    name: str
    title: str
    is_default: bool
    roots: list[str]
    bots: str
    """The vendor's word for what calls are placed with: workflow, agent or bot."""
    places_calls: bool
    places_first_call: bool
    call_request: Json | None
    """The JSON Schema of ``POST /calls`` for this vendor."""
    sends_callbacks: bool
    callback_events: list[str]
    profiles: dict[str, str]
    """The editions of its pages by name, with what each says that the others do not."""
    command: str
    headers: dict[str, str]
    """The headers that carry the world's credential."""
    snippets: list[SnippetView]
    create_bot: str | None
    screens: list[ScreenView]
    call_panel: str | None
    forms: list[FormView]
    """The forms of the dashboard's screen for data of your own."""
    options: Json
    """The JSON Schema of the vendor's options in ``PATCH /settings``."""
    steps: dict[str, TimelineStepView]


class OperationCoverage(ControlView):
    """The number of responses of an operation, by status."""

    operation: str
    basis: Literal["documented", "observed", "assumed"]
    status_basis: Literal["documented", "observed", "assumed"]
    """How we know the status of a success."""
    answered: dict[str, int]
    unanswered: list[str]


class ErrorCoverage(ControlView):
    """The number of times an error was sent."""

    error: str
    status: int
    basis: Literal["documented", "observed", "assumed"]
    count: int


class CallbackCoverage(ControlView):
    """The results of an event's callbacks."""

    event: str
    delivered: int
    failed: int
    refused: int


class UnusedView(ControlView):
    """What was not used."""

    operations: list[str]
    errors: list[str]
    call_statuses: list[CallStatus]
    callbacks: list[str]


class CoverageView(ControlView):
    """What was used of a vendor's API."""

    operations: list[OperationCoverage]
    no_operation: int
    errors: list[ErrorCoverage]
    call_statuses: dict[CallStatus, int]
    callbacks: list[CallbackCoverage]
    untouched: UnusedView
