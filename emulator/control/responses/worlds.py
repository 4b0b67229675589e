"""Worlds, their clocks, settings and files."""

from typing import Literal

from emulator.clock import ClockMode
from emulator.control.responses.calls import CallbackView, EventView
from emulator.control.responses.fields import ABSENT, ControlView, Json, Moment


class HealthView(ControlView):
    """The response of ``GET /health``."""

    status: Literal["ok"]
    version: str
    store: Literal["memory", "file", "database"]
    worlds: int
    problem: str = ABSENT
    """Why nothing can be written to the database just now."""


class ClockView(ControlView):
    """A world's clock."""

    now: Moment
    mode: ClockMode
    speed: float
    next_due: Moment | None
    """When the next step of the timeline is due."""


class SettingsView(ControlView):
    """The settings of a world."""

    auth: Literal["open", "strict"]
    calls_per_second: float
    profile: dict[str, str | None]
    """By platform, if it has profiles; null if the options follow none of them."""
    options: dict[str, Json]
    """By platform."""


class WorldView(SettingsView):
    """A world with its credentials and addresses."""

    name: str
    seed: int
    expires_at: Moment | None
    """When it is deleted, in real time; null if it is kept."""
    clock: ClockView
    url: str
    """The base URL of the process that has the world: ask there about it."""
    credentials: dict[str, dict[str, str]]
    """By platform, with the vendor's own names."""
    base_urls: dict[str, str]
    """By platform: the base URL to use instead of the vendor's."""
    inbox_url: str
    """The common prefix of the URLs of its inboxes."""
    dashboard_url: str


class OwnedWorldView(WorldView):
    """A world with the token that permits the control API about this world only."""

    control_token: str | None
    """Null if the emulator was started without a token, and for the world ``default``."""


class AdvanceCounts(ControlView):
    """The numbers of steps, events and callbacks, including those that are not listed."""

    steps: int
    events: int
    callbacks: int


class AdvanceView(ControlView):
    """What happened while the clock advanced; only the first events and callbacks are listed."""

    stopped: bool = ABSENT
    """Whether it was stopped before it reached its target."""
    now: Moment
    counts: AdvanceCounts
    open_streams: int
    """Streams to bots that are still open, so that more will be due."""
    events: list[EventView]
    callbacks: list[CallbackView]


class ProgressView(ControlView):
    """The progress of the running advance."""

    advancing: bool
    now: Moment
    target: Moment | None
    """The time to advance to; null: until nothing is due."""
    steps: int
    callbacks: int
    open_calls: int


class StoppedAdvance(ProgressView):
    """The advance that was stopped, if there was one."""

    stopped: bool


class SnapshotView(ControlView):
    """A saved state of a world."""

    name: str
    world: str | None
    now: Moment
    calls: int


class ImportedWorld(ControlView):
    """The world, after a file has replaced it."""

    name: str
    calls: int
