"""What the emulator asks of a vendor, and the defaults; ``conventions`` says where it is found."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import Call
from emulator.domain.events import Event
from emulator.domain.faults import NOTHING, CallbackShape
from emulator.domain.recordings import Recording
from emulator.domain.scenarios import Scenario
from emulator.kit.calls import new_request_state
from emulator.kit.errors import PLAIN_ERRORS, ApiError, KnownError
from emulator.kit.http import json_response
from emulator.kit.links import LinkSource, LinkTarget
from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.receiver_check import ReceiverCheck
from emulator.lazy_imports import on_first_use
from emulator.lazy_model import LazyModel
from emulator.world.world import World

with on_first_use():
    import pydantic

if TYPE_CHECKING:
    from emulator.voice.tracks import StreamRecording  # start-up time

EventHandler = Callable[[World, Any], Iterable[Callback]]
"""Returns the callbacks that an event causes."""


class NoOptions(LazyModel):
    """A vendor whose pages disagree about nothing."""


class Bot(NamedTuple):
    """What calls are placed with: a voicebot, an agent or a workflow, as the vendor has it."""

    id: str
    """What calls name as their workflow."""
    name: str
    kind: str = "bot"
    """The vendor's word for it."""
    message: str | None = None
    """What it says first, where that is known before a call."""
    variables: tuple[str, ...] = ()
    """The names of what its message leaves open, for a call request to fill in."""
    keys: Mapping[str, str] = NOTHING
    """What each key means that the callee may press."""


def _no_headers(world: World, request: Request, response: Response) -> None:
    """Responses have no headers in common."""


def _no_details(world: World, call: Call) -> dict[str, Any]:  # noqa: ARG001  # a default
    return {}


def _no_recording(world: World, call: Call) -> "Recording | StreamRecording | None":  # noqa: ARG001  # a default
    return None


def _no_bots(world: World) -> Iterable[Bot]:  # noqa: ARG001  # a default
    return ()


def _no_bot(world: World, bot_id: str) -> Bot | None:  # noqa: ARG001  # a default
    return None


def _not_found(world: World, name: str) -> str | None:  # noqa: ARG001  # a default
    return None


def _no_reason(world: World, about: Call | Batch) -> Iterable[str]:  # noqa: ARG001  # a default
    return ()


def _no_preparation(world: World, batch: Batch) -> Iterable[None]:  # noqa: ARG001  # a default
    return ()


def _no_consequence(world: World, callback: Callback) -> Iterable[str]:  # noqa: ARG001  # a default
    return ()


def _no_limit(world: World, operation: Operation, credential: str) -> RateLimit | None:  # noqa: ARG001  # a default
    return None


def _plain_error(world: World, error: ApiError) -> Response:  # noqa: ARG001  # a default
    shown = {"code": error.code, "message": error.message, "status": error.status}
    return json_response(shown, error.status)


def _effect(scenario: Scenario) -> str:
    return scenario.status.value


class Hooks(NamedTuple):
    """Everything the emulator asks of a vendor.

    Only ``operations`` is required; the rest has a default for a vendor that lacks the feature.
    """

    operations: tuple[Operation, ...]
    problem: str | None = None
    """Why nothing of the vendor is served: a sentence for its developer."""
    add_headers: Callable[[World, Request, Response], None] = _no_headers
    """Add the headers that all of the vendor's responses have."""
    controls: tuple[Operation, ...] = ()
    """Routes under ``/_emulator/{name}`` for what the vendor's own API cannot do."""
    has_sound: Callable[[World, str], bool] | None = None
    """Return whether a script may play a sound; None for a vendor without ``/sounds/{name}``."""
    has_tool: Callable[[World, str], bool] | None = None
    """Return whether a scenario may name a tool; None for a vendor whose bots use none."""

    render_error: Callable[[World, ApiError], Response] = _plain_error
    """Write an error in the vendor's shape."""
    known_errors: tuple[KnownError, ...] = PLAIN_ERRORS

    new_state: Callable[[World], Any] = new_request_state
    """Return the records that a new world starts with."""
    rate_limit: Callable[[World, Operation, str], RateLimit | None] = _no_limit
    """Return the limit that a request for an operation counts against, given its credential."""
    effect: Callable[[Scenario], str] = _effect
    """Describe how a call with this scenario ends, in the vendor's words."""

    place: Callable[[World, Any], Call | Batch] | None = None
    """Place calls as asked; None if calls are placed by the vendor's API alone."""
    place_many: Callable[[World, Any, Callable[[], None]], Awaitable[Call | Batch]] | None = None
    """Do the same in turns, for what may be many calls; the last argument is called at the moment
    when they are placed. None if they are never many."""
    place_model: "Callable[[], type[pydantic.BaseModel]] | None" = None
    """What ``place`` takes: the body of ``POST /_emulator/calls`` for this vendor."""
    describe: Callable[[World, Call], dict[str, Any]] = _no_details
    """Return what the vendor knows of a call, for the control API."""
    recording: "Callable[[World, Call], Recording | StreamRecording | None]" = _no_recording
    """Return what is heard on a call that has ended; None if the call has none."""
    find: Callable[[World, str], str | None] = _not_found
    """Return the id of the call that the vendor has this other id for."""
    bots: Callable[[World], Iterable[Bot]] = _no_bots
    """List what calls can be placed with."""
    bot: Callable[[World, str], Bot | None] = _no_bot
    """Return the bot a call was placed with, also after it was deleted."""
    receiver_check: ReceiverCheck | None = None
    """How ``check-receiver`` gets callbacks; None if the vendor sends none."""

    event_handlers: Mapping[type[Event], EventHandler] = NOTHING
    """What becomes due when a call or batch is placed or changes, by the type of the event."""
    preparing_end: Callable[[World, Batch], Iterable[None]] = _no_preparation
    """Prepare, a turn at a time, what the end of a batch will cause: all its calls are dialled."""
    why_none: Callable[[World, Call | Batch], Iterable[str]] = _no_reason
    """Say in sentences why there is no callback about a call or a batch."""
    consequences: Callable[[World, Callback], Iterable[str]] = _no_consequence
    """Say in sentences what the response to a callback changed."""
    link_sources: Mapping[str, LinkSource] = NOTHING
    """What happens at the vendor that links to other vendors may wait for, by name."""
    link_targets: Mapping[str, LinkTarget] = NOTHING
    """What links from other vendors may start, by name."""
    events: tuple[str, ...] = ()
    """The events of the callbacks that it can send."""
    shape: CallbackShape = CallbackShape()
    """What faults need to know to alter its callbacks."""
    steps: Mapping[str, Callable[[World, str], None]] = NOTHING
    """What a ``Wake`` on the timeline does, by its name."""
    responses: Mapping[str, Callable[[World, Callback, CallbackResponse], None]] = NOTHING
    """What acts on the response to a callback, by ``Callback.on_response``."""
