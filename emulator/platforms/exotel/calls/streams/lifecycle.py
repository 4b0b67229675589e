"""Streams from their opening to their end: dialled, tried once more, stepped, ended.

https://developer.exotel.com/docs/agentstream/websocket-protocol
"""

from datetime import timedelta
from typing import Final

from emulator.domain.actions import Beat
from emulator.domain.ticks import SECOND, ticks
from emulator.kit.world import World
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.records.streams import BotStream, StreamWord
from emulator.platforms.exotel.calls.state import state_of
from emulator.platforms.exotel.calls.streams.conversation import LiveStream
from emulator.platforms.exotel.calls.streams.entries import enter, enter_close

STREAM_STEP: Final = "calls.stream"
MAX_ATTEMPTS: Final = 2
"""Documented: one automatic retry of a failed handshake."""
RETRY_DELAY: Final = timedelta(seconds=1)  # assumed
MAX_SECONDS: Final = 3600
"""Documented: a session lasts at most 60 minutes."""
UNREACHED: Final = "3009 failed to establish ws conn"
LOST: Final = "1006 the connection was lost: the emulator was restarted, or the world was copied"
NORMAL_CODES: Final = frozenset({1000, 1001})


def dial(world: World, record: BotStream) -> None:
    """Try once to reach the bot."""
    state, sockets = state_of(world), world.bot_sockets
    record.attempts += 1
    if not sockets.can_dial:
        end_stream(world, record, "failed", error=f"{UNREACHED}: no connections leave here")
        return
    talk = state.live[record.id]
    talk.socket = sockets.open(
        talk.address,
        Beat("exotel", STREAM_STEP, record.id),
        talk.receive,
        is_lockstep=options_of(world).stream_pace == "lockstep",
    )
    state.streams.save(record)


def step_stream(world: World, stream_sid: str) -> bool:
    """Go on with a stream: it has connected, ended, or its next chunk is due.

    Return whether the person hangs up.
    """
    state = state_of(world)
    record, talk = state.streams.find(stream_sid), state.live.get(stream_sid)
    if record is None or record.status != "open":
        return False
    if talk is None or talk.socket is None:
        end_stream(world, record, "failed", error=LOST)
        return False
    now = ticks(world.clock.now())
    if talk.socket.is_over:
        _end_of_socket(world, record, talk, now)
    elif not talk.socket.socket.is_open:
        return False
    elif not talk.is_started:
        record.connected_at = world.clock.now()
        enter(world, record, "handshake", "the bot answered 101", attempt=record.attempts)
        talk.begin()
        enter(world, record, "start", f"the bot was sent start, at {record.sample_rate} Hz")
        talk.due = now
        _expect(world, talk)
        state.streams.save(record)
    elif now >= talk.due:
        return _send_chunk(world, record, talk)
    return False


def _send_chunk(world: World, record: BotStream, talk: LiveStream) -> bool:
    keys, hangs_up = talk.send_chunk()
    if keys:
        _note_keys(world, record, keys)
    if talk.is_silenced:
        note_stream(world, record, "a silence has ended the call: SilenceAction is hangup")
        stop_stream(world, record, "callended", "completed")
    if hangs_up:
        return True
    if talk.seconds >= MAX_SECONDS:
        stop_stream(world, record, "callended", "completed")
    else:
        _expect(world, talk)
    return False


def note_stream(world: World, record: BotStream, text: str) -> None:
    """Keep a note of what the emulator could not do, or has done by itself."""
    record.note(text)
    state_of(world).streams.save(record)


def _note_keys(world: World, record: BotStream, keys: str) -> None:
    state = state_of(world)
    call = state.calls.get(record.call_id)
    if call.flow is not None:
        call.flow.digits = keys
        state.save(call)


def _expect(world: World, talk: LiveStream) -> None:
    """Schedule the next chunk: in the real time that a live clock's speed makes of it."""
    speed = world.clock.speed if world.clock.mode == "live" else 1.0
    talk.due += round(talk.chunk_milliseconds * SECOND / 1000 * speed)
    if talk.socket is not None:
        world.bot_sockets.schedule(talk.socket, talk.due)


def _end_of_socket(world: World, record: BotStream, talk: LiveStream, now: int) -> None:
    socket = talk.socket
    end = None if socket is None else socket.socket.end
    if socket is None or end is None:
        return
    if record.connected_at is None and end.code is None:
        is_refused = (end.error or "").startswith("refused:")
        if talk.due == 0 or record.attempts >= MAX_ATTEMPTS:
            enter(world, record, "handshake", end.error or "given up", attempt=record.attempts)
        if record.attempts >= MAX_ATTEMPTS or is_refused:
            end_stream(world, record, "failed", error=f"{UNREACHED}: {end.error}")
        elif talk.due == 0:
            talk.due = now + round(RETRY_DELAY.total_seconds() * SECOND)
            world.bot_sockets.schedule(socket, talk.due)
        elif now >= talk.due:
            dial(world, record)
        return
    record.close_code = end.code
    record.disconnected_by = "bot"
    if end.error == "not reading":
        talk.note("not_reading", "the bot does not read its messages")
    if end.code in NORMAL_CODES:
        end_stream(world, record, "completed", error="")
    else:
        end_stream(world, record, "failed", error=f"{end.code} {end.error}")


def stop_stream(world: World, record: BotStream, reason: str, word: StreamWord) -> None:
    """End a stream from this side: the bot gets ``stop``, then the socket is closed."""
    talk = state_of(world).live.get(record.id)
    if talk is not None:
        if not talk.is_started:
            word = "failed" if word == "completed" else word
        if talk.stop(reason):
            enter(world, record, "stop", f"the bot was sent stop: {reason}")
    if word == "cancelled":
        record.disconnected_by = "user"
    end_stream(world, record, word, error="")


def end_stream(world: World, record: BotStream, word: StreamWord, *, error: str) -> None:
    """Write down how a stream ended."""
    state = state_of(world)
    record.status, record.error, record.ended_at = word, error, world.clock.now()
    talk = state.live.pop(record.id, None)
    if talk is not None:
        talk.note_counts()
    state.sounds.end(record.id)
    state.close_stream(record)
    enter_close(world, record)
