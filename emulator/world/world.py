"""One universe: everything in it, made once, and the passing of its time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

from pydantic import BaseModel

from emulator.callbacks.courier import Courier
from emulator.callbacks.inbox import Inboxes
from emulator.callbacks.log import CallbackLog
from emulator.callbacks.transport import Transport
from emulator.clock import Clock, ClockMode
from emulator.domain.actions import Action, Deliver, Wake
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import Call
from emulator.domain.errors import BusyError, ClockError, EndedError, NoRoomError
from emulator.domain.events import BatchTransition, CallTransition, Event
from emulator.domain.faults import CallbackShape, Fault
from emulator.domain.ticks import ticks
from emulator.engine.calls import CallEngine
from emulator.engine.scenarios import Scenarios
from emulator.engine.timeline import Timeline
from emulator.faults.rules import Faults, Subject
from emulator.history.coverage import Answered, Coverage, Reached, reached
from emulator.history.entries import Exchange, History, whole
from emulator.ids import Ids
from emulator.settings import Settings, WorldSettings
from emulator.store.collection import Collection
from emulator.world.origin import LIVE, TIMED_OUT, Origin
from emulator.world.streams import Streams

State = TypeVar("State")

WITNESSED: Final = 1000
BREATH: Final = 500
"""Steps taken before other requests get their turn; more where many are taken at once."""
PATIENCE: Final = 1.0
"""Real seconds a live clock waits for room to write what has happened."""
OWN_TIME: Final = frozenset({"/_emulator/clock", "/_emulator/reset"})
"""Where a world's clock is set before anything happens in it."""
FEW: Final = 20


EventHandler = Callable[["World", Any], Iterable[Callback]]


class VendorState(Protocol):
    """What a vendor remembers: records, and what can be worked out from them."""

    def collections(self) -> Iterable[tuple[str, Collection[Any]]]:
        """Every collection of records, with a name for its table."""

    def reindex(self) -> None:
        """Work out anew whatever follows from the records."""


class ChangeWriter(Protocol):
    """Writes the changes of worlds to the data file."""

    def commit(self, world: "World") -> None:
        """Write what has changed; NoRoomError when the disk is full."""

    def add_world(self, world: "World") -> None:
        """Write a world that was reset."""

    def track_vendor(self, world: "World", platform: str) -> None:
        """Track the state of a vendor that is used for the first time."""


class WorldHooks(Protocol):
    """What a world asks of a platform that something happens at."""

    @property
    def new_state(self) -> Callable[["World"], Any]:
        """Make what only this vendor remembers, as a new world starts with it (a VendorState)."""

    @property
    def event_handlers(self) -> "Mapping[type[Event], EventHandler]":
        """What becomes due for an event, by its type."""

    @property
    def steps(self) -> Mapping[str, Callable[["World", str], None]]:
        """The vendor's own business that can fall due, by name."""

    @property
    def responses(self) -> Mapping[str, Callable[["World", Callback, CallbackResponse], None]]:
        """What acts on the answers to its callbacks, by name."""

    @property
    def shape(self) -> CallbackShape:
        """What can be said of its callbacks without knowing the vendor."""

    @property
    def options(self) -> type[BaseModel]:
        """The variants its own pages disagree about."""


class Vendor(Protocol):
    """What a world asks of each platform."""

    @property
    def name(self) -> str:
        """The platform's name."""

    @property
    def hooks(self) -> WorldHooks:
        """What it does, imported when it is first needed."""


@dataclass(slots=True)
class Advance:
    """What came of letting time pass: counts, and the first 1,000 events and callbacks."""

    steps: int = 0
    events: int = 0
    attempts: int = 0
    first_events: list[Event] = field(default_factory=list[Event])
    first_callbacks: list[Callback] = field(default_factory=list[Callback])

    seen: int = 0
    """The number of the last entry of the journal that was looked at."""

    def witness(self, history: History) -> None:
        """Take over from the journal what happened since the last look, until it is enough."""
        if len(self.first_events) == WITNESSED:
            return
        for number, entry in history.after(self.seen):
            self.seen = number
            event = whole(entry)
            if isinstance(event, CallTransition | BatchTransition):
                self.first_events.append(event)
                if len(self.first_events) == WITNESSED:
                    break


class World:
    """Owns every part of its universe; two worlds share nothing but the way out."""

    clock: Clock
    ids: Ids
    timeline: Timeline
    history: History
    scenarios: Scenarios
    faults: Faults
    engine: CallEngine
    courier: Courier
    inboxes: Inboxes
    streams: Streams
    watchers: Streams
    """Those who are told that something has changed."""
    over: asyncio.Event
    """Set once the world has ended or was reset, for requests that are kept waiting."""
    answered: Counter[Answered]
    """How often requests were answered how."""
    rate_counters: dict[tuple[str, str, int], Any]
    """The requests that count against rate limits: by platform, kind of window and its seconds."""

    def __init__(
        self,
        settings: WorldSettings,
        server: Settings,
        vendors: Mapping[str, Vendor],
        transport: Transport,
    ) -> None:
        self.settings = settings
        self.server = server
        self._vendors = vendors
        self._transport = transport
        self._states: dict[str, VendorState] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._going_on: asyncio.Task[None] | None = None
        self._advance: Advance | None = None
        self._stood: asyncio.Future[None] | None = None
        """Done when time has stopped passing; None as long as nobody waits for that."""
        self._defaults: dict[str, Any] = {}
        self._closed = False
        self._watched: list[tuple[frozenset[str], asyncio.Event]] = []
        self.in_flight = 0
        self.data_file: ChangeWriter | None = None
        self.past: Coverage | None = None
        """Where what it has touched is counted when it ends or begins anew."""
        self.renew()

    @property
    def name(self) -> str:
        """The name that a header selects it by."""
        return self.settings.name

    def reset(self) -> None:
        """Go back to a new world with the same settings."""
        self.renew()
        if self.data_file is not None:
            self.data_file.add_world(self)

    def renew(self) -> None:
        """Begin anew, for something to be put in."""
        self._stop()
        self._count_to_here()
        settings, server = self.settings, self.server
        self.clock = Clock(settings.clock, settings.speed, settings.now)
        self.ids = Ids(settings.seed)
        self.timeline = Timeline()
        self.history = History(server.keep, server.keep_bytes)
        self.scenarios = Scenarios(self.ids)
        self.faults = Faults(
            ids=self.ids,
            clock=self.clock,
            note=self.history.fault,
            shape_of=self._shape_of,
            subject_of=self._subject_of,
            real=self.clock.real,
            timed_out=self._fault_timed_out,
        )
        self.engine = CallEngine(
            clock=self.clock,
            timeline=self.timeline,
            scenarios=self.scenarios,
            history=self.history,
            publish=self.publish,
            hears=self._hears_calls,
            calls_per_second=settings.calls_per_second,
            faults=self.faults,
        )
        self.courier = Courier(
            clock=self.clock,
            schedule=self.timeline.schedule,
            resume=self.timeline.resume,
            log=CallbackLog(server.keep, server.keep_bytes),
            history=self.history,
            transport=self._transport,
            answered=self._answered,
            attempted=self._attempted,
            keep=self.keep,
            address=self._address,
            faults=self.faults,
        )
        self.answered = Counter()
        self._reached_before: Counter[Reached] = Counter()
        self.inboxes = Inboxes(server.keep, server.keep_bytes)
        self.streams = Streams()
        self.watchers = Streams()
        self.over = asyncio.Event()
        self._states = {}
        self.rate_counters = {}
        self.origin = Origin.of(settings, self.clock)
        self.began = ticks(self.origin.began)
        self.timeline.on_earlier = self._rearm

    def close(self) -> None:
        """End this world: nothing happens in it any more."""
        self._closed = True
        self._stop()
        self._count_to_here()
        self.past = None

    def count_from_here(self) -> None:
        """Count as touched what happens from now on: the calls there are came from elsewhere."""
        if self.settings.of is None:  # nobody asks a snapshot what it has touched
            self._reached_before = reached(self.engine.calls)

    def _count_to_here(self) -> None:
        if self.past is not None:
            self.cover(self.past)

    def cover(self, coverage: Coverage) -> None:
        """Add to what was touched elsewhere what was touched in this world."""
        steps = reached(self.engine.calls) - self._reached_before
        coverage.add(self.answered, steps, self.courier.ended)

    def _stop(self) -> None:
        """Stop whatever would still happen by itself."""
        self._advance = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._going_on is not None:
            self._going_on.cancel()
            self._going_on = None
        if hasattr(self, "courier"):
            self.timeline.on_earlier = None
            self.courier.stop()
            self.inboxes.end()
            self.streams.end()
            self.watchers.end()
            self.over.set()

    def state(self, platform: str, kind: type[State]) -> State:
        """What a vendor remembers in this world."""
        state = self.begin(platform)
        if not isinstance(state, kind):
            raise TypeError(f"{platform} keeps a {type(state).__name__}")
        return state

    def begin(self, platform: str) -> "VendorState":
        """What a vendor remembers; at first, what it remembers when a world begins."""
        state = self._states.get(platform)
        if state is None:
            shown, self.clock.pinned = self.clock.pinned, self.began
            try:
                state = self._vendors[platform].hooks.new_state(self)
            finally:
                self.clock.pinned = shown
            self._states[platform] = state
            if self.data_file is not None:
                self.data_file.track_vendor(self, platform)
        return state

    def begin_as(self, source: "World") -> None:
        """Begin what has begun in a world that this one is to be like, and the rest as it would."""
        self.began = source.began
        for name, _ in source.states():
            self.begin(name)

    def states(self) -> list[tuple[str, "VendorState"]]:
        """What each vendor remembers that something was asked of, in the order of their names."""
        return sorted(self._states.items())

    def keep(self) -> None:
        """Have what has changed written down; NoRoomError when that is not possible."""
        if self.data_file is not None:
            self.data_file.commit(self)

    def option(self, platform: str, kind: type[State]) -> State:
        """The published variants this world follows for a platform."""
        chosen = self.settings.options.get(platform)
        if not isinstance(chosen, kind):
            chosen = self._defaults.get(platform)
            if not isinstance(chosen, kind):
                chosen = self._defaults[platform] = kind()
        return chosen

    def publish(self, event: Event) -> None:
        """Owe what its vendor owes for a fact."""
        handler = self._vendors[event.platform].hooks.event_handlers.get(type(event))
        if handler is not None:
            for callback in handler(self, event):
                self.courier.enqueue(callback)

    def _hears_calls(self, platform: str) -> bool:
        return CallTransition in self._vendors[platform].hooks.event_handlers

    @property
    def inboxes_at(self) -> str:
        """What the addresses of its inboxes begin with."""
        return f"{self.server.base_url}/_emulator/inbox/{self.settings.of or self.name}/"

    def _address(self, url: str) -> str:
        """Where a callback goes: to an own inbox instead of that of a world this goes on from."""
        for inboxes in self.settings.origins:
            if url.startswith(inboxes):
                return self.inboxes_at + url.removeprefix(inboxes)
        return url

    def _shape_of(self, platform: str) -> CallbackShape:
        return self._vendors[platform].hooks.shape

    def _subject_of(self, callback: Callback) -> Subject:
        """The numbers, without +, and the workflow that a callback is about."""
        if callback.call_id is not None:
            call = self.engine.call(callback.call_id)
            ends = call.to_number, call.from_number
            return tuple(number.lstrip("+") for number in ends), call.workflow_id
        batch = self.engine.batches.get(callback.batch_id or "")
        return (), None if batch is None else batch.workflow_id

    def _fault_timed_out(self) -> None:
        self.origin.obstacle = self.origin.obstacle or TIMED_OUT

    def _attempted(self, callback: Callback) -> None:
        for subjects, told in self._watched:
            if callback.call_id in subjects or callback.batch_id in subjects:
                told.set()
        if (advance := self._advance) is not None:
            advance.attempts += 1
            if advance.attempts <= WITNESSED:
                advance.first_callbacks.append(callback)

    def _answered(self, callback: Callback, answer: CallbackResponse) -> None:
        if callback.answer_to is not None:
            hooks = self._vendors[callback.platform].hooks
            hooks.responses[callback.answer_to](self, callback, answer)

    def _perform(self, action: Action) -> None:
        match action:
            case Deliver():
                self.courier.take(action)
            case Wake():
                self._vendors[action.platform].hooks.steps[action.step](self, action.subject)
            case Fault():
                self.engine.end(action)
            case Call() | Batch():
                pass  # the engine has taken all of these before it comes to others

    async def advance(self, to: datetime | None, *, one_callback: bool = False) -> Advance:
        """Let time pass up to a moment, or (None) until nothing is due, and settle all of it.

        With ``one_callback``: no longer than until one was sent.
        Raises BusyError while another advance is under way, ClockError for a moment gone by.
        """
        if self._advance is not None:
            raise BusyError("this world's clock is already being advanced")
        if to is not None and to < self.clock.now():
            shown = self.clock.now().isoformat().replace("+00:00", "Z")
            raise ClockError(f"the clock shows {shown} and never goes back")
        done = await self._pass_time(to, one_callback=one_callback)
        if self._closed:
            raise EndedError("the world has ended")
        return done

    @property
    def is_advancing(self) -> bool:
        """Time is passing just now."""
        return self._advance is not None

    async def stand_still(self) -> None:
        """Wait until an ``auto`` clock has gone on as far as it does by itself."""
        while self.clock.mode is ClockMode.AUTO and self._advance is not None:
            self._stood = self._stood or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._stood)

    def placed_since(self, number: int) -> frozenset[str]:
        """The ids of the calls and batches placed since this entry of the journal."""
        entries = (whole(entry) for _, entry in self.history.after(number))
        return frozenset(
            entry.batch_id if isinstance(entry, BatchTransition) else entry.call_id
            for entry in entries
            if isinstance(entry, CallTransition | BatchTransition) and entry.previous is None
        )

    async def until_told(self, subjects: frozenset[str]) -> None:
        """Wait for an attempt at a callback about one of these, if there is any to come.

        Unless the clock runs by itself, time passes up to then.
        """
        told = asyncio.Event()
        watched = subjects, told
        self._watched.append(watched)
        try:
            while not told.is_set() and self.clock.mode is not ClockMode.LIVE:
                due = self.timeline.next_due
                if due is None:
                    return
                try:
                    await self.advance(max(due, self.clock.now()))
                except BusyError:
                    break  # somebody else has it pass
            await told.wait()
        finally:
            self._watched.remove(watched)

    async def settle(self) -> None:
        """On an ``auto`` clock with no request in flight, go on until nothing is due."""
        if self._closed:
            return
        if self.clock.mode is ClockMode.AUTO and self._advance is None:
            with suppress(NoRoomError):
                await self._pass_time(None, only_while_quiet=True)
                self.keep()
        elif self._timer is None or self.faults.capacities:
            self._rearm()

    async def _pass_time(
        self,
        to: datetime | None,
        *,
        only_while_quiet: bool = False,
        one_callback: bool = False,
    ) -> Advance:
        clock, timeline, courier, history = self.clock, self.timeline, self.courier, self.history
        done = self._advance = Advance(seen=history.last)
        start, others_before = history.last, history.exchanges + history.faults
        until = None if to is None else ticks(to)
        try:
            if self.faults.capacities:
                self.faults.forget_expired()
            if courier.has_post:  # left over by an advance that was broken off
                await courier.flush()
            while self._advance is done and not (only_while_quiet and self.in_flight):
                taken = self.engine.run(until, BREATH)
                done.steps += taken
                done.witness(history)
                history.trim()
                if taken >= BREATH:
                    await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
                    continue
                if timeline.shed():
                    continue
                step = timeline.pop_due(until)
                if step is None:
                    break
                clock.pinned = step[0]
                self._perform(step[1])
                done.steps += 1
                done.witness(history)
                if courier.has_post and not timeline.next_is(Deliver, step[0]):
                    await courier.flush()
                    if one_callback:
                        break
        finally:
            self._stand(done, to)
        others = history.exchanges + history.faults - others_before
        done.events = history.last - start - done.attempts - others
        return done

    def _stand(self, done: Advance, to: datetime | None) -> None:
        """Have time stand still once more, and tell whoever waits for that."""
        self.clock.unpin(to)
        if self._advance is done:
            self._advance = None
            self._rearm()
        if self._stood is not None:
            self._stood.set_result(None)
            self._stood = None

    def start(self) -> None:
        """Let a live clock run in the present event loop, and an ``auto`` one go on by itself."""
        self._rearm()
        if self.clock.mode is ClockMode.AUTO:
            self._going_on = asyncio.get_running_loop().create_task(self.settle())

    def change_settings(
        self, *, auth: str | None, calls_per_second: float | None, options: dict[str, Any]
    ) -> None:
        """Change what is said; it lasts through a reset."""
        changes = {"auth": auth, "calls_per_second": calls_per_second, "options": options}
        given = {name: value for name, value in changes.items() if value is not None}
        self.settings = self.settings.model_copy(update=given)
        self.engine.set_pace(self.settings.calls_per_second)

    def set_clock(self, mode: ClockMode, speed: float) -> None:
        """Change who moves the time."""
        self.clock.set_mode(mode, speed)
        if self._is_untouched:
            self.origin.start_over(self.history.last, self.settings, self.clock)
        elif mode is ClockMode.LIVE:
            self.origin.obstacle = LIVE
        self._rearm()

    @property
    def _is_untouched(self) -> bool:
        """Nothing was asked of it since it began, but of its clock."""
        is_first = len(self.origin.chapters) == 1 and self.history.dropped == 0
        if not is_first or self.origin.obstacle not in (None, LIVE):
            return False
        asked = [entry for _, entry in islice(self.history.after(0), FEW + 1)]
        return len(asked) <= FEW and all(
            isinstance(each, Exchange) and each.target in OWN_TIME for each in asked
        )

    def _rearm(self) -> None:
        """Have a live clock's next step taken when it falls due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._closed or self.clock.mode is not ClockMode.LIVE or self._advance is not None:
            return
        due, held = self.timeline.next_due, None
        if self.faults.capacities:
            held = self.faults.seconds_held()
        waits = [] if due is None else [self.clock.seconds_until(due)]
        waits += [] if held is None else [held]
        if not waits:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # nothing runs yet: the first request or the server's start arms it
        self._timer = loop.call_later(min(waits), self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.timeline.on_earlier = None
        if self.faults.capacities:
            self.faults.forget_expired()
        now = ticks(self.clock.now())
        left = BREATH
        while left > 0:
            left -= self.engine.run(now, left) + 1
            if self.timeline.shed():
                continue
            step = self.timeline.pop_due(now) if left > 0 else None
            if step is None:
                break
            self.clock.pinned = step[0]
            self._perform(step[1])
        self.history.trim()
        self.clock.unpin()
        self.timeline.on_earlier = self._rearm
        try:
            self.courier.dispatch()
        except NoRoomError:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._tick)
        else:
            self._rearm()
