"""Fakes of what a world uses: a vendor with the hooks of a test, and a transport."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from emulator.callbacks.transport import Transport, Transports
from emulator.clock import EPOCH, ClockMode
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import Call, CallStatus, Direction
from emulator.domain.events import Event
from emulator.domain.faults import CallbackShape
from emulator.domain.profiles import PlatformProfile
from emulator.kit.hooks import EventHandler
from emulator.lazy_model import LazyModel
from emulator.settings import Settings, WorldSettings
from emulator.world.world import World

OK = CallbackResponse(status=200)
DOWN = CallbackResponse(status=500)


@dataclass(kw_only=True)
class FakeVendor:
    """A vendor with only the hooks that a test gives it."""

    name: str = "fake"
    event_handlers: Mapping[type[Event], EventHandler] = field(default_factory=dict)
    steps: Mapping[str, Callable[[World, str], None]] = field(default_factory=dict)
    responses: Mapping[str, Callable[[World, Callback, CallbackResponse], None]] = field(
        default_factory=dict
    )
    options: type[LazyModel] = LazyModel
    link_sources: Mapping[str, Any] = field(default_factory=dict)
    link_targets: Mapping[str, Any] = field(default_factory=dict)
    profiles: Mapping[str, PlatformProfile] = field(default_factory=dict)
    shape: CallbackShape = field(default_factory=CallbackShape)
    has_sound: Callable[[World, str], bool] | None = None
    has_tool: Callable[[World, str], bool] | None = None

    @property
    def hooks(self) -> Self:
        """Return this object, which has the hooks too."""
        return self

    def preparing_end(self, world: World, batch: Batch) -> Iterable[None]:
        """Prepare nothing."""
        del world, batch
        return ()

    def new_state(self, world: World) -> list[str]:
        """Return a list for the names of what happened."""
        del world
        return []


class FakeTransport:
    """Records what is sent, and responds as scripted, then 200, whenever its gate is open."""

    def __init__(self, *answers: CallbackResponse) -> None:
        self.answers = deque(answers)
        self.sent: list[tuple[Callback, dict[str, str]]] = []
        self.arrived = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Record a callback, and respond when the gate is open."""
        self.sent.append((callback, headers))
        answer = self.answers.popleft() if self.answers else OK
        self.arrived.set()
        await self.gate.wait()
        return answer

    async def close(self) -> None:
        """Do nothing: there are no connections."""


def make_world(
    vendor: FakeVendor | None = None,
    transport: Transport | None = None,
    *,
    server: Settings | None = None,
    **settings: Any,
) -> World:
    """Return a world of one fake vendor on a frozen clock."""
    vendor = vendor or FakeVendor()
    return World(
        WorldSettings(
            **{
                "name": "test",
                "seed": 0,
                "clock": ClockMode.FROZEN,
                "speed": 1.0,
                "now": None,
                "auth": "open",
                "calls_per_second": 10.0,
                **settings,
            }
        ),
        server or Settings(),
        {vendor.name: vendor},
        Transports(transport or FakeTransport()),
    )


def new_call(
    world: World,
    number: str,
    *,
    workflow_id: str = "w",
    batch_id: str | None = None,
    options: tuple[str, ...] = ("1", "2"),
) -> Call:
    """Return a call as a vendor makes one."""
    call_id = world.ids.uuid("fake.call")
    return Call(
        id=call_id,
        platform="fake",
        workflow_id=workflow_id,
        direction=Direction.OUTBOUND,
        from_number="+15550000000",
        to_number=number,
        status=CallStatus.QUEUED,
        scenario=world.scenarios.choose(
            platform="fake", number=number, workflow_id=workflow_id, call_id=call_id
        ),
        created_at=world.clock.now(),
        options=options,
        batch_id=batch_id,
    )


def place(world: World, numbers: Sequence[str], workflow_id: str = "w") -> Batch:
    """Place a batch as a vendor does."""
    batch_id = world.ids.uuid("fake.batch")
    calls = [
        new_call(world, number, workflow_id=workflow_id, batch_id=batch_id) for number in numbers
    ]
    return world.engine.place_batch(
        Batch(
            id=batch_id,
            platform="fake",
            workflow_id=workflow_id,
            created_at=world.clock.now(),
            calls=calls,
        )
    )


def plain_call(number: int, **fields: Any) -> Call:
    """Return a queued call with these fields, which is in no world."""
    return Call(
        **{
            "id": str(number),
            "platform": "fake",
            "workflow_id": "w",
            "direction": Direction.OUTBOUND,
            "from_number": "+0",
            "to_number": f"+{number}",
            "status": CallStatus.QUEUED,
            "scenario": "answered",
            "created_at": EPOCH,
            **fields,
        }
    )


def new_callback(callback_id: str = "c1", **fields: Any) -> Callback:
    """Return a callback with these fields."""
    return Callback(
        **{
            "id": callback_id,
            "platform": "fake",
            "event": "tested",
            "url": "http://127.0.0.1:1/hook",
            "content": b"{}",
            "content_type": "application/json",
            **fields,
        }
    )


def after(*seconds: float) -> tuple[timedelta, ...]:
    """Return a retry schedule of these delays in seconds."""
    return tuple(timedelta(seconds=each) for each in seconds)
