"""What only Intron remembers: workflows, and what each batch was asked with."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from emulator.domain.calls import Call
from emulator.domain.errors import UnknownError
from emulator.kit.json import from_json, to_json
from emulator.kit.world import World
from emulator.platforms.intron.options import IntronOptions
from emulator.platforms.intron.template import Template

TOGETHER: Final = 8
"""Entries to a piece: the more, the cheaper to write, and the dearer to read one."""
TAGS: Final = b'"user_tag_identifiers"'
NO_TAGS: Final = ("null",) * TOGETHER


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
    """The entries of ``workflow_params``, kept as JSON, a few to a piece."""

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        self.pieces = [
            to_json(entries[start : start + TOGETHER])[1:-1]
            for start in range(0, len(entries), TOGETHER)
        ]

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self._read(index // TOGETHER)[index % TOGETHER]

    def _read(self, piece: int) -> list[dict[str, Any]]:
        return from_json(b"[" + self.pieces[piece] + b"]")  # type: ignore[no-any-return]  # ours

    @property
    def text(self) -> bytes:
        """All of them, with commas between."""
        return b",".join(self.pieces)

    def tags(self, start: int, stop: int) -> list[str]:
        """The ``user_tag_identifiers`` of some entries, as JSON; null where there are none."""
        first, last = start // TOGETHER, -(-stop // TOGETHER)
        shown: list[str] = []
        for piece in range(first, last):
            if TAGS in self.pieces[piece]:
                read = self._read(piece)
                shown += [to_json(entry.get("user_tag_identifiers")).decode() for entry in read]
            else:
                shown += NO_TAGS
        return shown[start - first * TOGETHER : stop - first * TOGETHER]


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
    params, index = _entry(world, call)
    return params[index]


def tags_of(world: World, call: Call) -> str:
    """The ``user_tag_identifiers`` that came with this call's number, as JSON."""
    params, index = _entry(world, call)
    return params.tags(index, index + 1)[0]


def _entry(world: World, call: Call) -> tuple[Entries, int]:
    batch = world.engine.batches[call.batch_id or ""]
    return state_of(world).requests[batch.id].params, call.place - batch.calls[0].place
