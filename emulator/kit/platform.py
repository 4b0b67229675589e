"""A platform: a vendor as code, everything the rest needs to know of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Answer, Callback
from emulator.domain.calls import Call
from emulator.domain.events import Event
from emulator.domain.faults import CallbackShape
from emulator.domain.scenarios import Scenario
from emulator.kit.errors import ApiError, KnownError
from emulator.kit.operation import Operation
from emulator.world.world import Ear, World

if TYPE_CHECKING:
    from emulator.kit.examples import Examples  # for those who do them again
    from emulator.kit.receiver_check import Rehearsal  # for those who check endpoints
    from emulator.kit.reference import Reference  # for those who write documents


def _always(headers: Headers, credentials: Mapping[str, str]) -> bool:  # noqa: ARG001  # a default
    return True


def _nothing_more(world: World, call: Call) -> dict[str, Any]:  # noqa: ARG001  # a default
    return {}


def _no_bots(world: World) -> Iterable["Bot"]:  # noqa: ARG001  # a default
    return ()


def _no_bot(world: World, bot_id: str) -> "Bot | None":  # noqa: ARG001  # a default
    return None


def _no_other_name(world: World, name: str) -> str | None:  # noqa: ARG001  # a default
    return None


def _nothing_else(world: World, callback: Callback) -> Iterable[str]:  # noqa: ARG001  # a default
    return ()


def _as_it_is(world: World, request: Request, response: Response) -> None:
    """Answers have no headers in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """What calls are placed with: a voicebot, an agent or a workflow, as the vendor has it."""

    id: str
    """What calls name as their workflow."""
    name: str
    kind: str
    """What the vendor calls such a thing."""
    message: str | None = None
    """What it says, where that is known before a call."""


@dataclass(frozen=True, kw_only=True)
class Workings:
    """What a vendor does: imported when it is first needed."""

    operations: tuple[Operation, ...]
    render_error: Callable[[World, ApiError], Response]
    dress: Callable[[World, Request, Response], None] = _as_it_is
    """Put on an answer the headers that all of the vendor's answers have."""
    new_state: Callable[[World], Any]
    options: type[BaseModel]
    """The variants its own pages disagree about."""
    effect: Callable[[Scenario], str]
    """How a call with this scenario ends, in the vendor's words."""
    callbacks: Mapping[type[Event], Ear] = field(default_factory=dict)
    """What it owes the user for an event, by the event's type."""
    describe: Callable[[World, Call], dict[str, Any]] = _nothing_more
    """What the vendor knows of a call besides, for the control API."""
    untold: Callable[[World, Call | Batch], Iterable[str]]
    """Why there is no callback about a call or a batch so far, or none of some kind: sentences."""
    led_to: Callable[[World, Callback], Iterable[str]] = _nothing_else
    """What the answer to a callback has led to: sentences."""
    call_named: Callable[[World, str], str | None] = _no_other_name
    """The id of the call that the vendor has this other name for."""
    simulate: Callable[[World, bytes], Call] | None = None
    """Make a call that no request to the vendor asks for, from a JSON body."""
    bots: Callable[[World], Iterable[Bot]] = _no_bots
    """What calls can be placed with."""
    bot: Callable[[World, str], Bot | None] = _no_bot
    """The one that a call was placed with, also if it is there no more."""
    shape: CallbackShape = field(default_factory=CallbackShape)
    """What can be said of its callbacks without knowing the vendor, for faults to alter them."""
    steps: Mapping[str, Callable[[World, str], None]] = field(default_factory=dict)
    answers: Mapping[str, Callable[[World, Callback, Answer], None]] = field(default_factory=dict)
    errors: tuple[KnownError, ...] = ()
    """The errors it is known to answer with."""
    events: tuple[str, ...] = ()
    """The events of the callbacks it can owe."""
    controls: tuple[Operation, ...] = ()
    """What the control API can do with this vendor's records, under ``/_emulator/{name}``."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One vendor. A folder under ``platforms`` declares one as ``platform``.

    It says itself what is needed to find the vendor of a request and to introduce it; the rest,
    with the vendor's schemas and handlers, is in its module ``workings``.
    """

    name: str
    title: str
    roots: tuple[str, ...]
    """The beginnings of its real paths, which are served at the root too."""
    credential: Callable[[Headers, Mapping[str, str]], str | None]
    """What a request (its headers and path parameters) is recognised by; None if it has none.

    The parameters include the query's ticket, for an operation that takes one.
    """
    credentials: Callable[[str], dict[str, str]]
    identity: Callable[[Mapping[str, str]], str]
    """The part of a world's credentials that ``credential`` finds in its requests."""
    proves: Callable[[Headers, Mapping[str, str]], bool] = _always
    """Whether a request (its headers) shows the rest of a world's credentials; asked if strict."""
    headers: Callable[[Mapping[str, str]], dict[str, str]]
    """The headers by which a request shows a world's credentials."""
    sample: Callable[[str, Mapping[str, str]], str]
    """One pasteable command, given the base URL and the credentials."""
    workings: str
    """The module that has ``workings``."""
    contract: str
    """The module that has ``reference``."""
    replays: str
    """The module that has ``examples``."""
    rehearses: str | None = None
    """The module that has ``rehearsal``; None for a vendor that sends no callbacks."""

    @cached_property
    def works(self) -> Workings:
        """What the vendor does."""
        workings: Workings = import_module(self.workings).workings
        return workings

    @cached_property
    def reference(self) -> "Reference":
        """What the vendor's reference says besides its operations."""
        reference: Reference = import_module(self.contract).reference
        return reference

    @cached_property
    def examples(self) -> "Examples":
        """What its pages show, to be done again."""
        examples: Examples = import_module(self.replays).examples
        return examples

    @cached_property
    def rehearsal(self) -> "Rehearsal | None":
        """How it is brought to send callbacks."""
        if self.rehearses is None:
            return None
        rehearsal: Rehearsal = import_module(self.rehearses).rehearsal
        return rehearsal
