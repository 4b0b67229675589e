"""What Intron remembers besides calls: workflows, and what each batch was requested with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import count
from typing import Any, Final

from emulator.domain.calls import Call
from emulator.kit.records import Collection
from emulator.kit.references import check_reference, refuse_record
from emulator.kit.world import Context, World
from emulator.platforms.intron.options import IntronOptions
from emulator.platforms.intron.params import WorkflowParams
from emulator.platforms.intron.written_calls import WrittenCalls


@dataclass(slots=True)
class IntronWorkflow:
    """A message and the replies it offers."""

    id: str
    name: str
    message: str
    created_at: datetime
    description: str | None = None
    workflow_type: str = "ROBOCALL"
    include_reply: bool = False
    replies: dict[str, str] = field(default_factory=dict)
    """The text of each reply by its key; ``option_one`` is the reply of key 1."""
    call_back_url: str | None = None
    status: str = "ACTIVE"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that a callee is offered."""
        return tuple(sorted(self.replies)) if self.include_reply else ()


@dataclass(slots=True, kw_only=True)
class BatchRequest:
    """What a batch was requested with, echoed in Intron's lists and callbacks."""

    batch_id: str
    workflow_id: str
    tts_voice_accent: str | None
    tts_voice_gender: str | None
    message: str
    """The message of these calls, also after the workflow was changed."""
    workflow_type: str
    params: WorkflowParams


def _dump(request: BatchRequest) -> dict[str, Any]:
    plain = {name: getattr(request, name) for name in PLAIN_FIELDS}
    return plain | {"workflow_params": [chunk.decode() for chunk in request.params.chunks()]}


def dumped_in_pieces(request: BatchRequest) -> Iterator[dict[str, Any]]:
    """Return what is written of a request, and then what its list has besides, some at a time."""
    row = {name: getattr(request, name) for name in PLAIN_FIELDS}
    for start in count(0, CHUNKS_PER_PIECE):
        chunks = request.params.chunks(start, start + CHUNKS_PER_PIECE)
        if start and not chunks:
            return
        yield row | {"workflow_params": [chunk.decode() for chunk in chunks]}
        row = {}


def _load(value: dict[str, Any]) -> BatchRequest:
    plain = {name: value[name] for name in PLAIN_FIELDS}
    if len(value) > len(plain) + 1:
        unknown = value.keys() - {*PLAIN_FIELDS, "workflow_params"}
        raise ValueError(f"{', '.join(sorted(unknown))}: unknown fields")
    for name, each in plain.items():
        if not isinstance(each, str) and (each is not None or name not in OPTIONAL_FIELDS):
            raise ValueError(f"{name} must be text")
    return BatchRequest(**plain, params=WorkflowParams.of_chunks(value["workflow_params"]))


CHUNKS_PER_PIECE: Final = 2_500
"""Chunks of entries that are written at once."""
WORKFLOW_TYPES: Final = frozenset({"ROBOCALL", "CONVERSATION"})
PLAIN_FIELDS: Final = tuple(each.name for each in fields(BatchRequest) if each.name != "params")
"""The fields that are written to files as they are."""
OPTIONAL_FIELDS: Final = frozenset({"tts_voice_accent", "tts_voice_gender"})


@dataclass(slots=True)
class IntronState:
    """What one world's Intron remembers."""

    integrator_id: str
    """It follows from the world's seed."""
    workflows: Collection[IntronWorkflow] = field(
        default_factory=lambda: Collection(IntronWorkflow, "workflow")
    )
    deleted: Collection[IntronWorkflow] = field(
        default_factory=lambda: Collection(IntronWorkflow, "workflow")
    )
    """Kept for the calls they have placed."""
    batch_requests: Collection[BatchRequest] = field(
        default_factory=lambda: Collection(
            BatchRequest, "request", key="batch_id", dump=_dump, load=_load, constant=True
        )
    )
    by_workflow: dict[str, list[BatchRequest]] = field(default_factory=dict)
    written: dict[str, WrittenCalls] = field(default_factory=dict)
    """What was written of the callbacks of batches that are about to end."""

    def collections(self) -> Iterable[tuple[str, Collection[Any]]]:
        """Return the collections by the names of their tables."""
        return (
            ("workflows", self.workflows),
            ("deleted_workflows", self.deleted),
            ("requests", self.batch_requests),
        )

    def check(self, world: World) -> None:
        """Refuse the records of a file that contradict each other."""
        requests, workflows = self.batch_requests, self.workflows.by_id | self.deleted.by_id
        check_reference("intron.requests", requests, "batch_id", world.batches, key="batch_id")
        check_reference("intron.requests", requests, "workflow_id", workflows, key="batch_id")
        for table, records, key in (
            ("intron.requests", requests, "batch_id"),
            ("intron.workflows", self.workflows, "id"),
            ("intron.deleted_workflows", self.deleted, "id"),
        ):
            check_reference(table, records, "workflow_type", WORKFLOW_TYPES, key=key)
        self._check_calls(world)
        for request in requests:
            if len(world.batches.by_id[request.batch_id].calls) != len(request.params):
                refuse_record(
                    "intron.requests",
                    request.batch_id,
                    "workflow_params",
                    "are not one for each call",
                )

    def _check_calls(self, world: World) -> None:
        """Refuse a call that is of no request; they are only looked at if there is one."""
        known = self.batch_requests.by_id
        batches = map(world.batches.by_id.__getitem__, known)
        of_requests = sum(len(each.calls) for each in batches if each.platform == "intron")
        if world.calls.page(0, 0, platform="intron")[1] == of_requests:
            return
        for call in world.calls:
            if call.platform == "intron" and call.batch_id not in known:
                refuse_record("calls", call.id, "batch_id", "is not a batch that Intron placed")

    def reindex(self) -> None:
        """Rebuild the index of batches by workflow."""
        self.by_workflow.clear()
        for request in self.batch_requests:
            self._index(request)

    def workflow_of(self, request: BatchRequest) -> IntronWorkflow:
        """Return the workflow of a batch, also after it was deleted."""
        workflow = self.workflows.find(request.workflow_id)
        return workflow or self.deleted.get(request.workflow_id)

    def delete(self, workflow: IntronWorkflow) -> None:
        """Remove a workflow from every list."""
        self.deleted.add(self.workflows.remove(workflow.id))

    def add_batch(self, request: BatchRequest) -> None:
        """Remember what a batch was requested with."""
        self._index(self.batch_requests.add(request))

    def _index(self, request: BatchRequest) -> None:
        self.by_workflow.setdefault(request.workflow_id, []).append(request)


IntronContext = Context[IntronState, IntronOptions]
"""A world with what Intron remembers in it and the options that it follows."""


def new_state(world: World) -> IntronState:
    """Return the state of a new world, which has no workflows."""
    return IntronState(integrator_id=world.ids.uuid("intron.integrator"))


def state_of(world: World) -> IntronState:
    """Return what Intron remembers in this world."""
    state: IntronState = world.contexts["intron"].state
    return state


def options_of(world: World) -> IntronOptions:
    """Return the options that this world's Intron follows."""
    options: IntronOptions = world.contexts.options["intron"]
    return options


def params_of(world: World, call: Call) -> dict[str, Any]:
    """Return the entry of ``workflow_params`` that a call was placed for."""
    params, index = _entry(world, call)
    return params[index]


def tags_of(world: World, call: Call) -> str:
    """Return the ``user_tag_identifiers`` of a call's entry, as JSON."""
    params, index = _entry(world, call)
    return params.tags(index, index + 1)[0]


def _entry(world: World, call: Call) -> tuple[WorkflowParams, int]:
    batch = world.batches.by_id[call.batch_id or ""]
    params = state_of(world).batch_requests.get(batch.id).params
    return params, call.place - batch.calls[0].place
