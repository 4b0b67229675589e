"""Single calls of a vendor: placed with what they were asked for with, which is kept.

A vendor without a module ``state`` remembers just that; ``request_of`` returns it for callbacks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from emulator.domain.calls import Call, CallStatus, Direction
from emulator.domain.errors import UnknownError
from emulator.engine.scenarios import Scenarios
from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.lazy_imports import on_first_use
from emulator.world.coming_batch import ComingBatch, coming_batch

with on_first_use():
    import pydantic

    from emulator.kit import scenarios

__all__ = [
    "ComingBatch",
    "RequestRecord",
    "RequestState",
    "Scenarios",
    "call_of",
    "coming_batch",
    "new_request_state",
    "place_call",
    "request_of",
]

Model = TypeVar("Model", bound="pydantic.BaseModel")


@dataclass(slots=True, kw_only=True)
class RequestRecord:
    """What a call was asked for with."""

    id: str
    """The id of the call."""
    fields: dict[str, Any]


@dataclass(slots=True, eq=False)
class RequestState:
    """The records of a vendor that has no others."""

    requests: Collection[RequestRecord] = field(
        default_factory=lambda: Collection(RequestRecord, "call", constant=True)
    )

    def collections(self) -> Iterable[tuple[str, Collection[Any]]]:
        """Return every collection with the name of its table."""
        return (("requests", self.requests),)

    def reindex(self) -> None:
        """Do nothing: there are no indexes."""


def new_request_state(world: World) -> RequestState:  # noqa: ARG001  # as new_state has it
    """Start without calls."""
    return RequestState()


def place_call(
    world: World,
    platform: str,
    *,
    call_id: str,
    to_number: str,
    from_number: str,
    asked: "pydantic.BaseModel | None" = None,
    workflow_id: str = "",
    scenario: "str | scenarios.OwnScenario | None" = None,
) -> Call:
    """Place an outbound call and dial it at once; ApiError 400 for an unknown scenario.

    ``asked`` is kept for ``request_of``. Without a scenario, rules, the number or a draw choose.
    """
    if asked is not None:
        fields = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
        _requests(world, platform).add(RequestRecord(id=call_id, fields=fields))
    chosen = (
        world.scenarios.choose(
            platform=platform, number=to_number, workflow_id=workflow_id, call_id=call_id
        )
        if scenario is None
        else world.scenarios.give(
            scenarios.scenario_of(world, "scenario", scenario, platform), call_id
        )
    )
    return world.engine.place(
        Call(
            id=call_id,
            platform=platform,
            workflow_id=workflow_id,
            direction=Direction.OUTBOUND,
            from_number=from_number,
            to_number=to_number,
            status=CallStatus.QUEUED,
            scenario=chosen,
            created_at=world.clock.now(),
        )
    )


def call_of(world: World, platform: str, call_id: str) -> Call:
    """Return a vendor's call; UnknownError for one of another vendor too."""
    call = world.calls.get(call_id)
    if call.platform != platform:
        raise UnknownError("call", call_id)
    return call


def request_of(world: World, call: Call, model: type[Model]) -> Model:
    """Return what a call was asked for with; UnknownError if that was not kept."""
    record = _requests(world, call.platform).get(call.id)
    return model.model_validate(record.fields)


def _requests(world: World, platform: str) -> Collection[RequestRecord]:
    state: RequestState = world.contexts[platform].state
    return state.requests
