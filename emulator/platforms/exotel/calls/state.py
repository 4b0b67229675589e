"""What the Calls API remembers: calls, flows, and what was set of accounts."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from emulator.domain.actions import Beat
from emulator.domain.errors import UnknownError
from emulator.domain.ticks import ticks
from emulator.kit.chapters import chapter_state
from emulator.kit.records import Collection
from emulator.kit.world import World
from emulator.platforms.exotel.calls.call_lists import CallLists
from emulator.platforms.exotel.calls.records.flows import Account, Flow, key_of
from emulator.platforms.exotel.calls.records.references import check_references
from emulator.platforms.exotel.calls.records.sounds import PersonSound
from emulator.platforms.exotel.calls.records.streams import BotStream
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.streams.sounds import StreamSounds

MAX_FRAMES: Final = 1_000
"""Messages of a stream that are kept."""
MAX_FRAME_LISTS: Final = 100
"""Streams whose messages are kept."""
NOTHING_SET: Final = Account(id="")
"""Stands for every account that the control API has not changed."""


@dataclass(slots=True)
class CallsState:
    """What one world's Calls API remembers."""

    calls: Collection[VoiceCall] = field(
        default_factory=lambda: Collection(VoiceCall, "call", size=VoiceCall.size)
    )
    flows: Collection[Flow] = field(default_factory=lambda: Collection(Flow, "flow"))
    accounts: Collection[Account] = field(default_factory=lambda: Collection(Account, "account"))
    """By key: those that the control API has changed."""
    streams: Collection[BotStream] = field(default_factory=lambda: Collection(BotStream, "stream"))
    open_streams: dict[str, BotStream] = field(default_factory=dict)
    """By id."""
    person_sounds: Collection[PersonSound] = field(
        default_factory=lambda: Collection(PersonSound, "sound", constant=True)
    )
    """By name: what persons can play."""
    live: dict[str, Any] = field(default_factory=dict)
    """The conversations of streams that are connected, by id; no file keeps them."""
    frames: dict[str, Any] = field(default_factory=dict)
    """What passed on the newest streams, by id; no file keeps them."""
    sounds: StreamSounds = field(default_factory=StreamSounds)
    """What was heard on the newest streams; no file keeps it."""
    lists: dict[str, CallLists] = field(default_factory=dict)
    """By the key of the account."""

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """Return the collections by the names of their tables."""
        yield "calls", self.calls
        yield "flows", self.flows
        yield "accounts", self.accounts
        yield "streams", self.streams
        yield "sounds", self.person_sounds

    def check(self, world: World) -> None:
        """Refuse the records of a file that contradict each other."""
        check_references(self, world)

    def reindex(self) -> None:
        """Rebuild the lists."""
        self.open_streams = {each.id: each for each in self.streams if each.status == "open"}
        self.lists = {}
        for call in self.calls:
            self._list_of(call).add(call)

    def add(self, call: VoiceCall) -> None:
        """Add a call that is being placed."""
        self._list_of(call).add(call)
        self.calls.add(call)

    def save(self, call: VoiceCall) -> None:
        """Note that a call has changed."""
        self.lists[call.account].retag(call)
        self.calls.save(call)

    def bill(self, call: VoiceCall) -> None:
        """Show duration and price of a call from now on."""
        call.is_billed = True
        self.lists[call.account].bill(call)
        self.calls.save(call)

    def add_stream(self, call: VoiceCall, stream: BotStream) -> None:
        """Add a stream that is being opened."""
        self.open_streams[stream.id] = stream
        self.frames[stream.id] = deque(maxlen=MAX_FRAMES)
        if len(self.frames) > MAX_FRAME_LISTS:
            del self.frames[next(iter(self.frames))]
        self.streams.add(stream)
        call.streams.append(stream.id)
        self.calls.save(call)

    def close_stream(self, stream: BotStream) -> None:
        """Note that a stream has ended."""
        self.open_streams.pop(stream.id, None)
        self.streams.save(stream)

    def count_open_streams(self, account: str) -> int:
        """Return how many streams of an account are open."""
        return sum(each.account == account for each in self.open_streams.values())

    def resume(self, world: World) -> None:
        """Have streams end that were open when the world was saved or copied: no socket is."""
        for stream_sid in self.open_streams:
            step = Beat("exotel", "calls.stream", stream_sid)
            world.timeline.repeat(ticks(world.clock.now()), 0, step)

    def close(self) -> None:
        """Delete the recordings, which are in files without names."""
        self.sounds.close()

    def call(self, account: str, sid: str) -> VoiceCall:
        """Return a call of an account, or raise UnknownError."""
        call = self.calls.find(sid)
        if call is None or call.account != account:
            raise UnknownError("call", sid)
        return call

    def flow(self, account: str, flow_id: str) -> Flow | None:
        """Return a flow of an account; no id has a slash, which separates it in the key."""
        return None if "/" in flow_id else self.flows.find(key_of(account, flow_id))

    def flow_of(self, call: VoiceCall) -> Flow | None:
        """Return the flow that a call is in, unless it was deleted."""
        return None if call.flow is None else self.flow(call.account, call.flow.flow_id)

    def account(self, key: str) -> Account:
        """Return what was set of an account; the defaults if nothing was."""
        return self.accounts.find(key) or NOTHING_SET

    def _list_of(self, call: VoiceCall) -> CallLists:
        if (found := self.lists.get(call.account)) is None:
            found = self.lists[call.account] = CallLists()
        return found


def new_state(world: World) -> CallsState:  # noqa: ARG001  # every world starts alike
    """Return the state of a new world, which has no calls and no flows."""
    return CallsState()


def state_of(world: World) -> CallsState:
    """Return what the Calls API remembers in this world."""
    return chapter_state(world, "exotel", CallsState)
