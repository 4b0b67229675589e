"""Sends the requests of a run to a new world, each when as much has happened as then."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from emulator.app import Emulator, create_app
from emulator.callbacks.transport import Transport, Transports
from emulator.clock import ClockMode
from emulator.conformance.replay.bots import RecordedBots
from emulator.conformance.replay.requests import exchange_of, is_repeatable, scope_of
from emulator.conformance.replay.run_file import Run, RunError
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.errors import ConflictError
from emulator.persistence.runs import lines_of
from emulator.persistence.values import load_bytes
from emulator.settings import Settings, WorldSettings
from emulator.world.world import World

Json = dict[str, Any]


OnRequest = Callable[[int, int], None]
"""Called with the number of requests that were sent, and of all."""


def ignore(_sent: int, _total: int) -> None:
    """Do nothing."""


class _Endpoints(Transports):
    """All endpoints of a run, which give the recorded responses."""

    def __init__(self, player: "Player") -> None:
        self._player = player

    def mount(self, base_url: str, transport: Transport, *, below: str = "") -> None:
        """The emulator's own inboxes give recorded responses too."""

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:  # noqa: ARG002
        """Respond, once every request was sent that arrived before this response."""
        await self._player.send_meanwhile()
        response = self._player.callback_responses.get((callback.id, len(callback.attempts) + 1))
        return response or CallbackResponse(error="no such attempt is recorded")

    async def close(self) -> None:
        """There are no connections."""


class Player:
    """A new emulator, and what remains of a run."""

    def __init__(self, run: Run) -> None:
        self.callback_responses = run.callback_responses
        self._waiting = deque(run.requests)
        self._arrivals = run.arrivals
        self._last: int = run.entries[-1]["number"] if run.entries else 0
        head = run.head
        try:
            endpoints = _Endpoints(self)
            if self._arrivals is not None:
                endpoints.between_steps = self._send_between_steps
            if (tape := run.tape) is not None:
                endpoints.dialer = RecordedBots(tape, self._turn, self._send_in_turn)
            self.app: Emulator = create_app(Settings(**head["server"]), endpoints)
            self._chapters = deque(
                (each, self._settings(each["settings"])) for each in head["chapters"]
            )
            self._world = self._first_world(datetime.fromisoformat(head["began"]))
        except (ValidationError, ValueError, LookupError, TypeError) as error:
            raise RunError(f"the first line of the run file cannot be used: {error}") from None

    def _turn(self) -> int:
        """Return how often the bots of the present world have had their turn."""
        return self._world.bot_sockets.tape.round

    async def _send_between_steps(self) -> bool:
        """Send the requests that arrived here; return False if an advance had ended before one."""
        await self.send_meanwhile()
        after, position = self._world.arrival()
        if not self._waiting or position is None or self._arrivals is None:
            return True
        request, (steps, _) = self._waiting[0], position
        arrived = request["after"], self._arrivals.get(request["number"])
        return arrived != (after, (steps, False))

    async def _send_in_turn(self) -> None:
        """Send the requests that arrived while bots had their turn."""
        if self._arrivals is not None or self._world.clock.mode is ClockMode.FROZEN:
            await self.send_meanwhile()

    def _settings(self, row: Json) -> WorldSettings:
        vendors = self.app.platforms
        options = {name: vendors[name].options(**each) for name, each in row["options"].items()}
        return WorldSettings(**row | {"options": options})

    def _first_world(self, began: datetime) -> World:
        chapter, settings = self._chapters.popleft()
        clock = chapter["clock"]
        mode = ClockMode(clock["mode"])
        start = settings.model_copy(update={"clock": mode, "now": began})
        world = self.app.worlds.begin(start)
        world.use_settings(settings)
        world.clock.resume(mode, clock["speed"], datetime.fromisoformat(clock["now"]), None)
        world.history.resume(chapter["after"])
        world.origin.restart(chapter["after"], settings, world.clock)
        return world

    async def play(self, on_request: OnRequest = ignore) -> list[bytes]:
        """Send every request, and return the history that was written."""
        total = len(self._waiting)
        while self._waiting:
            on_request(total - len(self._waiting), total)
            self._fork_before(self._waiting[0]["number"])
            if not self._is_time_for(request := self._waiting[0]):
                await self._settle()
            if self._waiting and self._waiting[0] is request:
                await self._finish(self._send(self._waiting.popleft()))
        if self._world.history.last < self._last:
            await self._settle()
        return list(lines_of(self._world))

    async def _settle(self) -> None:
        """Let an ``auto`` clock continue, as it does after requests that no history has."""
        if self._arrivals is not None:
            await self._finish(self._world.settle())

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this, and meanwhile send the requests that arrived then."""
        task = asyncio.create_task(work)
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        while not task.done():
            await self.send_meanwhile()
            await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        task.result()

    async def send_meanwhile(self) -> None:
        """Send the requests that arrived while another had no response yet."""
        while self._waiting and self._is_time_for(self._waiting[0]):
            if self._chapters and self._chapters[0][0]["after"] < self._waiting[0]["number"]:
                return
            await self._send(self._waiting.popleft())

    def _is_time_for(self, request: Json) -> bool:
        """Return whether as much has happened as when this request arrived."""
        after, position = self._world.arrival()
        if self._arrivals is None:
            return bool(request["after"] == after)
        return (request["after"], self._arrivals.get(request["number"])) == (after, position)

    def _fork_before(self, number: int) -> None:
        """Continue with a fork of the world, if this entry was written by one."""
        while self._chapters and self._chapters[0][0]["after"] < number:
            chapter, settings = self._chapters.popleft()
            world = self._fork(settings.name)
            world.use_settings(settings)
            world.engine.set_pace(settings.calls_per_second)
            world.set_clock(ClockMode(chapter["clock"]["mode"]), chapter["clock"]["speed"])
            self._world = world

    def _fork(self, name: str) -> World:
        """Fork the present world; an earlier one that had the name was deleted when it was run."""
        worlds = self.app.worlds
        try:
            if worlds.named(name) not in {None, self._world}:
                worlds.delete(name)
            return worlds.fork(self._world, name)
        except ConflictError as error:
            raise RunError(f"the chapters of the run file contradict each other: {error}") from None

    async def _send(self, request: Json) -> None:
        """Send a request; or write its entry, if it cannot be sent or is about other worlds."""
        if not is_repeatable(request):
            entry = exchange_of(request, self._world)
            self._world.history.exchange(entry, (request["after"], None))
            return
        body = load_bytes(request["body"])
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])
        over = asyncio.Event()
        if request["status"] is None:
            over.set()

        async def receive() -> Json:
            if (message := next(messages, None)) is not None:
                return message
            await over.wait()
            return {"type": "http.disconnect"}

        async def send(_: Any) -> None:
            """The history keeps the response; the client disconnects after it."""
            over.set()

        await self.app(scope_of(request), receive, send)
