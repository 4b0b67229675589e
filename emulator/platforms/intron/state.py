"""What only Intron remembers: workflows, and what each batch was asked with."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from emulator.domain.calls import Call
from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.platforms.intron.entries import Entries
from emulator.platforms.intron.options import IntronOptions


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


@dataclass(slots=True, kw_only=True)
class Request:
    """What a batch was asked with: Intron's request, echoed in its lists and its callback."""

    batch_id: str
    workflow_id: str
    tts_voice_accent: str | None
    tts_voice_gender: str | None
    message: str
    """What is said to the callees, whatever has become of the workflow since."""
    workflow_type: str
    params: Entries


def _dump(request: Request) -> dict[str, Any]:
    plain = {name: getattr(request, name) for name in PLAIN}
    return plain | {"workflow_params": [piece.decode() for piece in request.params.pieces]}


def _load(value: dict[str, Any]) -> Request:
    plain = {name: value[name] for name in PLAIN}
    return Request(**plain, params=Entries.of_pieces(value["workflow_params"]))


PLAIN: Final = tuple(each.name for each in fields(Request) if each.name != "params")
"""What stands in a written request as it is."""


@dataclass(slots=True)
class IntronState:
    """One world's Intron."""

    integrator_id: str
    """It follows from the world's seed."""
    workflows: Collection[Workflow] = field(
        default_factory=lambda: Collection(Workflow, "workflow")
    )
    deleted: Collection[Workflow] = field(default_factory=lambda: Collection(Workflow, "workflow"))
    """Kept for the calls they have placed."""
    requests: Collection[Request] = field(
        default_factory=lambda: Collection(
            Request, "request", key="batch_id", dump=_dump, load=_load, constant=True
        )
    )
    by_workflow: dict[str, list[Request]] = field(default_factory=dict[str, list[Request]])

    def collections(self) -> Iterable[tuple[str, Collection[Any]]]:
        """All that is remembered."""
        return (
            ("workflows", self.workflows),
            ("deleted_workflows", self.deleted),
            ("requests", self.requests),
        )

    def reindex(self) -> None:
        """Sort the requests by workflow anew."""
        self.by_workflow.clear()
        for request in self.requests:
            self._index(request)

    def workflow_of(self, request: Request) -> Workflow:
        """The workflow of a request, even if it was deleted since."""
        workflow = self.workflows.find(request.workflow_id)
        return workflow or self.deleted.get(request.workflow_id)

    def delete(self, workflow: Workflow) -> None:
        """Take a workflow out of every list."""
        self.deleted.add(self.workflows.remove(workflow.id))

    def keep(self, request: Request) -> None:
        """Remember what a batch was asked with."""
        self._index(self.requests.add(request))

    def _index(self, request: Request) -> None:
        self.by_workflow.setdefault(request.workflow_id, []).append(request)


def new_state(world: World) -> IntronState:
    """Start with no workflows."""
    return IntronState(integrator_id=world.ids.uuid("intron.integrator"))


def state_of(world: World) -> IntronState:
    """What Intron remembers in this world."""
    return world.state("intron", IntronState)


def options_of(world: World) -> IntronOptions:
    """The variants this world's Intron follows."""
    return world.options("intron", IntronOptions)


def params_of(world: World, call: Call) -> dict[str, Any]:
    """The entry of ``workflow_params`` that this call was placed for."""
    params, index = _entry(world, call)
    return params[index]


def tags_of(world: World, call: Call) -> str:
    """The ``user_tag_identifiers`` that came with this call's number, as JSON."""
    params, index = _entry(world, call)
    return params.tags(index, index + 1)[0]


def _entry(world: World, call: Call) -> tuple[Entries, int]:
    batch = world.batches.by_id[call.batch_id or ""]
    return state_of(world).requests.get(batch.id).params, call.place - batch.calls[0].place
