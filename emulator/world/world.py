"""A world: it makes and owns every part of one isolated emulation."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from emulator.callbacks.courier import Courier
from emulator.callbacks.inbox import Inboxes
from emulator.callbacks.log import CallbackLog
from emulator.callbacks.queue import CallbackQueue
from emulator.callbacks.transport import Transports
from emulator.clock import Clock, ClockMode
from emulator.domain.ticks import ticks
from emulator.engine.calls import CallEngine
from emulator.engine.records import CallRecords
from emulator.engine.scenarios import Scenarios
from emulator.engine.timeline import Timeline
from emulator.faults.rules import Faults
from emulator.history.entries import History
from emulator.history.exchanges import Arrival
from emulator.ids import Ids
from emulator.settings import Settings, WorldSettings
from emulator.store.dirty import DirtyFlag
from emulator.store.links import weakly
from emulator.store.meter import WORLD_BYTES, Meter
from emulator.world.advance import Advance
from emulator.world.attempts import Attempts
from emulator.world.bot_sockets import BotSockets
from emulator.world.changes import ChangeWriter, WorldFlush
from emulator.world.contexts import Contexts
from emulator.world.coverage import WorldCoverage
from emulator.world.dispatch import Dispatch
from emulator.world.large_bodies import LargeBodies
from emulator.world.lifetime import Lifetime
from emulator.world.links import Links
from emulator.world.origin import Origin
from emulator.world.streams import Streams
from emulator.world.time_loop import TimeLoop
from emulator.world.vendors import Vendor
from emulator.world.waiting import Waiting


class World(Lifetime):
    """Owns the parts of one emulation; worlds share nothing but the transport.

    A reset makes new parts, so read them from the world each time they are needed.
    """

    subscribers: Streams
    """The open responses of the control API that say that something has changed."""
    ended: asyncio.Event
    """Set once the world was deleted or reset, for requests that wait."""
    rate_counters: dict[tuple[str, str, int], Any]
    """The requests that count against rate limits: by platform, kind of window and its seconds."""

    def __init__(
        self,
        settings: WorldSettings,
        server: Settings,
        vendors: Mapping[str, Vendor],
        transports: Transports,
        server_meter: Meter | None = None,
    ) -> None:
        self._server_meter = server_meter
        self.settings = settings
        """Read only; ``use_settings`` changes them."""
        self.server = server
        self._vendors = vendors
        self._transports = transports
        self.in_flight = 0
        """Requests that are being handled; an ``auto`` clock waits for them."""
        self.data_file: ChangeWriter | None = None
        self.total_coverage = None
        self.on_stop: Callable[[World], None] | None = None
        """Called before its parts end, by a close or a reset."""
        self._make_parts()

    @property
    def name(self) -> str:
        """The name that the header ``X-Emulator-World`` selects it by."""
        return self.settings.name

    def reset(self) -> None:
        """Go back to a new world with the same settings."""
        self.clear()
        if self.data_file is not None:
            self.data_file.add_world(self)

    def _stop(self, *, closed: bool) -> None:
        """Stop the parts there are, and wake every request that waits for something in them."""
        if self.on_stop is not None:
            self.on_stop(self)
        self.time_loop.stop(closed=closed)
        self.courier.stop()
        self.bot_sockets.close()
        self.contexts.close()
        self.inboxes.close()
        self.streams.end()
        self.subscribers.end()
        self.ended.set()

    def _make_parts(self) -> None:
        settings, server = self.settings, self.server
        self.meter = Meter(server.max_world_bytes, "--max-world-bytes", self._server_meter)
        """Counts what the world takes."""
        self.meter.add(WORLD_BYTES)
        self.writes = 0
        """Requests that may have written something."""
        self.clock = Clock(settings.clock, settings.speed, settings.now)
        self.ids = Ids(settings.seed)
        self.timeline = Timeline()
        self.history = History(server.keep, server.keep_bytes)
        self.dirty = DirtyFlag()
        self.scenarios = Scenarios(self.ids, self.dirty)
        self.calls = CallRecords(self.dirty)
        self.calls.meter = self.history.meter = self.meter
        self.batches = self.calls.batches
        self.origin = Origin.of(settings, self.clock)
        self.contexts = Contexts(
            world=self,
            vendors=self._vendors,
            settings=settings,
            clock=self.clock,
            began=ticks(self.origin.began),
            track=weakly(self._track),
        )
        self.links = Links(self, self._vendors, settings.links)
        self.inboxes = Inboxes(server.keep, server.keep_bytes, self.meter)
        self.streams = Streams()
        self.subscribers = Streams()
        self.ended = asyncio.Event()
        self.rate_counters = {}
        dispatch = Dispatch(self, self._vendors)
        attempts = Attempts()
        self._make_engine(dispatch)
        self._make_courier(dispatch, attempts)
        self.bot_sockets = BotSockets(self._transports, self.clock, self.timeline, self.meter)
        self._make_time_loop(dispatch, attempts)
        self.coverage = WorldCoverage(self.calls, self.courier.ended)

    def _make_engine(self, dispatch: Dispatch) -> None:
        vendors = self._vendors
        self.faults = Faults(
            ids=self.ids,
            clock=self.clock,
            note=self.history.fault,
            shape_of=weakly(dispatch.shape_of),
            subject_of=weakly(dispatch.subject_of),
            real=self.clock.real,
            timed_out=weakly(self._note_fault_timed_out),
        )
        self.engine = CallEngine(
            calls=self.calls,
            clock=self.clock,
            timeline=self.timeline,
            scenarios=self.scenarios,
            history=self.history,
            faults=self.faults,
            event_types=lambda platform: vendors[platform].hooks.event_handlers,
            publish=dispatch.publish,
            calls_per_second=self.settings.calls_per_second,
        )

    def _make_courier(self, dispatch: Dispatch, attempts: Attempts) -> None:
        log = CallbackLog(self.server.keep, self.server.keep_bytes)
        log.meter = self.meter
        queue = CallbackQueue(
            clock=self.clock,
            schedule=self.timeline.schedule,
            resume=self.timeline.resume,
            log=log,
            faults=self.faults,
        )
        self.courier = Courier(
            clock=self.clock,
            log=log,
            queue=queue,
            history=self.history,
            transport=self._transports,
            faults=self.faults,
            respond=dispatch.respond,
            notify=attempts.notify,
            commit=weakly(self.commit),
            flush=WorldFlush(self),
            redirect=weakly(self._redirect),
        )
        dispatch.enqueue = queue.enqueue

    def _make_time_loop(self, dispatch: Dispatch, attempts: Attempts) -> None:
        self.time_loop = TimeLoop(
            clock=self.clock,
            timeline=self.timeline,
            history=self.history,
            faults=self.faults,
            engine=self.engine,
            courier=self.courier,
            dispatch=dispatch,
            sockets=self.bot_sockets,
            attempts=attempts,
            dirty=self.dirty,
            commit=weakly(self.commit),
            bodies=LargeBodies(self.courier.log.large, weakly(self._writing_bodies)),
            is_quiet=weakly(self._is_quiet),
            between_steps=self._transports.between_steps,
        )
        self.waiting = Waiting(
            clock=self.clock,
            timeline=self.timeline,
            history=self.history,
            attempts=attempts,
            time_loop=self.time_loop,
        )

    def _is_quiet(self) -> bool:
        return self.in_flight == 0

    def _track(self, platform: str) -> None:
        for _, collection in self.contexts[platform].state.collections():
            collection.meter(self.meter)
        if self.data_file is not None:
            self.data_file.track_vendor(self, platform)

    def commit(self) -> None:
        """Write the changes to the data file, if any; StorageFullError for a full disk."""
        if self.dirty.is_set and self.data_file is not None:
            self.data_file.commit(self)

    def _writing_bodies(self) -> Iterator[None]:
        """Write the large bodies of new callbacks in pieces, before the commit that has these."""
        return iter(()) if self.data_file is None else self.data_file.writing_bodies(self)

    def prepare(self, size: int) -> None:
        """Before a request changes something: write what is left, and reserve room for it.

        ``size``: the bytes of its body. StorageFullError, and nothing has changed.
        """
        self.commit()
        if self.data_file is not None:
            self.data_file.reserve(size)

    async def advance(self, to: datetime | None, *, one_callback: bool = False) -> Advance:
        """Let time pass, as ``TimeLoop.advance`` does."""
        return await self.time_loop.advance(to, one_callback=one_callback)

    def arrival(self) -> Arrival:
        """Return the place in the history at which a request arrives now."""
        loop = self.time_loop
        is_unsettled = self.clock.mode is ClockMode.AUTO and len(self.timeline.heap) > 0
        is_advancing = loop.present_advance is not None
        position = (loop.steps.taken, is_advancing) if is_unsettled or is_advancing else None
        return self.history.last, position

    async def settle(self) -> None:
        """After a request: advance an ``auto`` clock until idle, set the timer of a live one."""
        if self.clock.mode is not ClockMode.FROZEN:
            await self.time_loop.settle()

    def change_settings(
        self, *, auth: str | None, calls_per_second: float | None, options: dict[str, Any]
    ) -> None:
        """Change the settings that are given; they last through a reset."""
        changes = {"auth": auth, "calls_per_second": calls_per_second, "options": options}
        given = {name: value for name, value in changes.items() if value is not None}
        self.use_settings(self.settings.model_copy(update=given))
        self.engine.set_pace(self.settings.calls_per_second)

    def use_settings(self, settings: WorldSettings) -> None:
        """Follow other settings; clock and pace stay as they are until a reset."""
        if settings.links != self.settings.links:
            self.links = Links(self, self._vendors, settings.links)
        self.settings = settings
        self.contexts.use(settings)
        self.dirty.is_set = True

    def set_clock(self, mode: ClockMode, speed: float) -> None:
        """Change who moves the time."""
        self.clock.set_mode(mode, speed)
        self.dirty.is_set = True
        if self.origin.note_clock(self.history, self.settings, self.clock):
            self.time_loop.steps.taken = 0
        self.time_loop.rearm()

    @property
    def inbox_url(self) -> str:
        """The beginning of the addresses of its inboxes."""
        return f"{self.server.base_url}/_emulator/inbox/{self.settings.of or self.name}/"

    def _redirect(self, url: str) -> str:
        """Return where a callback goes: not to an inbox of the world that this is a fork of."""
        for inboxes in self.settings.origins:
            if url.startswith(inboxes):
                return self.inbox_url + url.removeprefix(inboxes)
        return url

    def _note_fault_timed_out(self) -> None:
        self.origin.note_fault_timed_out()
