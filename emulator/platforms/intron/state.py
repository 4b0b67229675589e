"""What only Intron remembers: workflows, and what each batch was asked with."""

from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

from emulator.domain.calls import Call
from emulator.domain.errors import UnknownError
from emulator.kit.json import from_json, to_json
from emulator.kit.world import World
from emulator.platforms.intron.options import IntronOptions
from emulator.platforms.intron.template import Template


@dataclass(slots=True, kw_only=True)
class Workflow:
    """A message and what may be replied to it."""

    id: str
    name: str
    message: str
    created_at: datetime
    description: str | None = None
    workflow_type: str = "ROBOCALL"
    include_reply: bool = False
    replies: dict[str, str] = field(default_factory=dict[str, str])
    """The text of each reply by its key; ``option_one`` is the reply of key 1."""
    call_back_url: str | None = None
    status: str = "ACTIVE"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys a callee is offered."""
        return tuple(sorted(self.replies)) if self.include_reply else ()


class Entries:
    """The entries of ``workflow_params``: one JSON text for all, and where each begins."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.text = b",".join(entries)
        self._starts = array("Q", accumulate((len(entry) + 1 for entry in entries), initial=0))

    def __getitem__(self, index: int) -> bytes:
        return self.text[self._starts[index] : self._starts[index + 1] - 1]


@dataclass(slots=True, kw_only=True)
class Request:
    """What a batch was asked with: Intron's request, echoed in its lists and its callback."""

    batch_id: str
    workflow_id: str
    tts_voice_accent: str | None
    tts_voice_gender: str | None
    params: Entries
    template: Template


@dataclass(slots=True)
class IntronState:
    """One world's Intron."""

    integrator_id: str
    workflows: dict[str, Workflow] = field(default_factory=dict[str, Workflow])
    deleted: dict[str, Workflow] = field(default_factory=dict[str, Workflow])
    """Kept for the calls they have placed."""
    requests: dict[str, Request] = field(default_factory=dict[str, Request])
    by_workflow: dict[str, list[Request]] = field(default_factory=dict[str, list[Request]])
    recent: deque[datetime] = field(default_factory=deque[datetime])
    """When calls were placed within the last second."""

    def workflow(self, workflow_id: str) -> Workflow:
        """Find a workflow, or raise UnknownError."""
        workflow = self.workflows.get(workflow_id)
        if workflow is None:
            raise UnknownError("workflow", workflow_id)
        return workflow

    def workflow_of(self, request: Request) -> Workflow:
        """The workflow of a request, even if it was deleted since."""
        return self.workflows.get(request.workflow_id) or self.deleted[request.workflow_id]

    def delete(self, workflow: Workflow) -> None:
        """Take a workflow out of every list."""
        self.deleted[workflow.id] = self.workflows.pop(workflow.id)

    def keep(self, request: Request) -> None:
        """Remember what a batch was asked with."""
        self.requests[request.batch_id] = request
        self.by_workflow.setdefault(request.workflow_id, []).append(request)


def new_state(world: World) -> IntronState:
    """Start with no workflows."""
    return IntronState(integrator_id=world.ids.uuid("intron.integrator"))


def state_of(world: World) -> IntronState:
    """What Intron remembers in this world."""
    return world.state("intron", IntronState)


def options_of(world: World) -> IntronOptions:
    """The variants this world's Intron follows."""
    return world.option("intron", IntronOptions)


def params_of(world: World, call: Call) -> dict[str, Any]:
    """The entry of ``workflow_params`` that this call was placed for."""
    return from_json(_entry(world, call))  # type: ignore[no-any-return]  # an object: validated


def tags_in(entry: bytes) -> str:
    """The ``user_tag_identifiers`` of an entry, as JSON; null without them."""
    if b'"user_tag_identifiers"' not in entry:
        return "null"
    return to_json(from_json(entry).get("user_tag_identifiers")).decode()


def tags_of(world: World, call: Call) -> str:
    """The ``user_tag_identifiers`` that came with this call's number, as JSON."""
    return tags_in(_entry(world, call))


def _entry(world: World, call: Call) -> bytes:
    batch = world.engine.batches[call.batch_id or ""]
    return state_of(world).requests[batch.id].params[call.place - batch.calls[0].place]
