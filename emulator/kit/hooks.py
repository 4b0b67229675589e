"""What a vendor plugs in: read from its modules, which are found by their names.

Each module of a vendor's folder answers one question, under names that are the same for all
vendors; ``CONVENTIONS`` lists them. A module is imported when something is first asked of the
vendor, so that a server that serves four vendors starts as if it served none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple, get_type_hints

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import Call
from emulator.domain.events import Event
from emulator.domain.faults import CallbackShape
from emulator.domain.scenarios import Scenario
from emulator.kit.errors import ApiError, KnownError
from emulator.kit.http import json_response
from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.receiver_check import ReceiverCheck
from emulator.world.world import EventHandler, World


class PlatformError(Exception):
    """A vendor's folder lacks something; the message names the file and what to write."""


class NoOptions(BaseModel):
    """A vendor whose pages disagree about nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """What calls are placed with: a voicebot, an agent or a workflow, as the vendor has it."""

    id: str
    """What calls name as their workflow."""
    name: str
    kind: str = "bot"
    """The vendor's word for it."""
    message: str | None = None
    """What it says first, where that is known before a call."""


def _no_state(world: World) -> Any:  # noqa: ARG001  # a default
    return NoState()


class NoState:
    """A vendor that remembers nothing but its calls."""

    def collections(self) -> Iterable[tuple[str, Any]]:
        """It has no collections."""
        return ()

    def reindex(self) -> None:
        """It has no indexes."""


def _no_headers(world: World, request: Request, response: Response) -> None:
    """Responses have no headers in common."""


def _no_details(world: World, call: Call) -> dict[str, Any]:  # noqa: ARG001  # a default
    return {}


def _no_bots(world: World) -> Iterable[Bot]:  # noqa: ARG001  # a default
    return ()


def _no_bot(world: World, bot_id: str) -> Bot | None:  # noqa: ARG001  # a default
    return None


def _not_found(world: World, name: str) -> str | None:  # noqa: ARG001  # a default
    return None


def _no_reason(world: World, about: Call | Batch) -> Iterable[str]:  # noqa: ARG001  # a default
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


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """Everything the emulator asks of a vendor.

    Only ``operations`` is required; the rest has a default for a vendor that lacks the feature.
    """

    operations: tuple[Operation, ...]
    add_headers: Callable[[World, Request, Response], None] = _no_headers
    """Add the headers that all of the vendor's responses have."""
    controls: tuple[Operation, ...] = ()
    """Routes under ``/_emulator/{name}`` for what the vendor's own API cannot do."""

    render_error: Callable[[World, ApiError], Response] = _plain_error
    """Write an error in the vendor's shape."""
    known_errors: tuple[KnownError, ...] = ()

    new_state: Callable[[World], Any] = _no_state
    """Return the records that a new world starts with."""
    options: type[BaseModel] = NoOptions
    """The variants that the vendor's pages disagree about."""
    rate_limit: Callable[[World, Operation, str], RateLimit | None] = _no_limit
    """Return the limit that a request for an operation counts against, given its credential."""
    effect: Callable[[Scenario], str] = _effect
    """Describe how a call with this scenario ends, in the vendor's words."""

    place: Callable[[World, Any], Call | Batch] | None = None
    """Place calls as asked; None if calls are placed by the vendor's API alone."""
    place_model: type[BaseModel] | None = None
    """What ``place`` takes: the body of ``POST /_emulator/calls`` for this vendor."""
    describe: Callable[[World, Call], dict[str, Any]] = _no_details
    """Return what the vendor knows of a call, for the control API."""
    find: Callable[[World, str], str | None] = _not_found
    """Return the id of the call that the vendor has this other id for."""
    bots: Callable[[World], Iterable[Bot]] = _no_bots
    """List what calls can be placed with."""
    bot: Callable[[World, str], Bot | None] = _no_bot
    """Return the bot a call was placed with, also after it was deleted."""
    receiver_check: ReceiverCheck | None = None
    """How ``check-receiver`` gets callbacks; None if the vendor sends none."""

    event_handlers: Mapping[type[Event], EventHandler] = field(default_factory=dict)
    """What becomes due when a call or batch is placed or changes, by the type of the event."""
    why_none: Callable[[World, Call | Batch], Iterable[str]] = _no_reason
    """Say in sentences why there is no callback about a call or a batch."""
    consequences: Callable[[World, Callback], Iterable[str]] = _no_consequence
    """Say in sentences what the response to a callback changed."""
    events: tuple[str, ...] = ()
    """The events of the callbacks that it can send."""
    shape: CallbackShape = field(default_factory=CallbackShape)
    """What faults need to know to alter its callbacks."""
    steps: Mapping[str, Callable[[World, str], None]] = field(default_factory=dict)
    """What a ``Wake`` on the timeline does, by its name."""
    responses: Mapping[str, Callable[[World, Callback, CallbackResponse], None]] = field(
        default_factory=dict
    )
    """What acts on the response to a callback, by ``Callback.answer_to``."""


class Convention(NamedTuple):
    """A name that a module of a vendor's folder may define: a field of ``Hooks``."""

    module: str
    name: str


CONVENTIONS: Final = (
    Convention("routes", "operations"),
    Convention("routes", "add_headers"),
    Convention("schemas", "effect"),
    Convention("calls", "place"),
    Convention("calls", "describe"),
    Convention("calls", "find"),
    Convention("calls", "bots"),
    Convention("calls", "bot"),
    Convention("callbacks", "event_handlers"),
    Convention("callbacks", "why_none"),
    Convention("callbacks", "consequences"),
    Convention("callbacks", "events"),
    Convention("callbacks", "shape"),
    Convention("callbacks", "steps"),
    Convention("callbacks", "responses"),
    Convention("callbacks", "receiver_check"),
    Convention("state", "new_state"),
    Convention("errors", "render_error"),
    Convention("errors", "known_errors"),
    Convention("options", "options"),
    Convention("options", "rate_limit"),
    Convention("controls", "controls"),
)
"""Which module answers which question, the same in every vendor's folder."""
REQUIRED: Final = {
    "auth": "auth = basic_auth(...), bearer_auth(...) or Auth(...)",
    "schemas": "the models of requests and responses, spelt as the vendor spells them",
    "routes": "operations = (Operation(method=..., path=..., handler=...), ...)",
    "calls": "def place(world: World, asked: CallRequest) -> Call: ...",
}
"""The modules that every vendor has, and what to write into them."""


def missing_module(package: str, folder: Path) -> str | None:
    """Say which module a vendor's folder lacks, and what to write; None if it has all."""
    for module, example in REQUIRED.items():
        if not (folder / f"{module}.py").is_file() and not (folder / module).is_dir():
            path = f"{package.replace('.', '/')}/{module}.py"
            return f"{path} is missing; write in it: {example}"
    return None


def load_hooks(package: str) -> Hooks:
    """Import a vendor's modules and collect what they define; PlatformError for what is missing.

    A module that a vendor lacks gives the defaults.
    """
    found: dict[str, Any] = {}
    for module, conventions in groupby(CONVENTIONS, key=lambda each: each.module):
        name = f"{package}.{module}"
        if find_spec(name) is None:
            continue
        loaded = import_module(name)
        for each in conventions:
            if hasattr(loaded, each.name):
                found[each.name] = getattr(loaded, each.name)
    if not found.get("operations"):
        path = f"{package.replace('.', '/')}/routes.py"
        raise PlatformError(f"{path} defines no operations; write in it: {REQUIRED['routes']}")
    if "place" in found:
        found["place_model"] = _model_of(package, found["place"])
    return Hooks(**found)


def _model_of(package: str, place: Callable[..., Any]) -> type[BaseModel]:
    """Return the model that the second parameter of ``place`` is annotated with."""
    hints = list(get_type_hints(place).values())
    if len(hints) < 2 or not (isinstance(hints[1], type) and issubclass(hints[1], BaseModel)):  # noqa: PLR2004  # world and request
        path = f"{package.replace('.', '/')}/calls.py"
        raise PlatformError(f"{path}: place() must be written as {REQUIRED['calls']}")
    return hints[1]
