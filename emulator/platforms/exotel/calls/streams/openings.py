"""Streams that are opened: to whom, for which applet, and with which person at the other end.

https://developer.exotel.com/docs/agentstream/websocket-protocol
"""

from collections import deque
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from emulator.domain.faults import Tampering
from emulator.domain.voices import VoiceChoice
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.sounds import WavSound, read_wav
from emulator.kit.voice import PersonVoice
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_id
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.records.streams import BotStream, StreamKind
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.state import state_of
from emulator.platforms.exotel.calls.streams.addresses import BotAddress, read_address
from emulator.platforms.exotel.calls.streams.conversation import LiveStream
from emulator.platforms.exotel.calls.streams.extensions import Extension
from emulator.platforms.exotel.calls.streams.findings import Findings
from emulator.platforms.exotel.calls.streams.lifecycle import (
    UNREACHED,
    dial,
    end_stream,
    note_stream,
)
from emulator.platforms.exotel.calls.streams.lines import StreamLine
from emulator.platforms.exotel.calls.streams.messages import MessageWriter, StreamIds
from emulator.platforms.exotel.calls.streams.scripts import script_of

with on_first_use():
    from emulator.kit import scenarios

THROTTLED: Final = "Streaming_call_throttled"
NO_APPLET: Final[Mapping[str, Any]] = {}
"""The stream is asked for by the request that places the call."""


def address_of(applet: Mapping[str, Any]) -> str:
    """Return where an applet's bot is; empty if it does not say."""
    extension = applet.get("extension") or {}
    return str(applet.get("url") or extension.get("WebSocketUrl") or "")


def open_stream(
    world: World,
    call: VoiceCall,
    kind: StreamKind,
    url: str,
    *,
    applet: Mapping[str, Any] = NO_APPLET,
    problem: str = "",
    fault: Tampering | None = None,
) -> BotStream:
    """Open a stream to an address; the record says it if it has failed at once.

    ``applet``: the one that asks for it. ``problem``: why there is no address to dial.
    ``fault``: what changed the request for it.
    """
    state, address = state_of(world), read_address(url)
    extension = Extension.read(applet.get("extension") or {})
    record = BotStream(
        id=world.ids.hex("exotel.stream"),
        call_id=call.id,
        account=call.account,
        kind=kind,
        url=address.shown,
        sample_rate=address.rate if extension is None else extension.rate,
        extension=_shown(applet),
        opened_at=world.clock.now(),
        is_recorded=call.is_recorded,
    )
    _note_opening(call, record, address, fault)
    open_count = state.count_open_streams(call.account)
    state.add_stream(call, record)
    if open_count >= options_of(world).max_streams:
        record.detailed_status = THROTTLED
        end_stream(world, record, "failed", error="")
    elif problem:
        end_stream(world, record, "failed", error=f"{UNREACHED}: {problem}")
    else:
        _begin(world, call, record, url, applet)
    return record


def _note_opening(
    call: VoiceCall, record: BotStream, address: BotAddress, fault: Tampering | None
) -> None:
    """Note what the address says in vain, and the fault that has led to it."""
    if fault is not None:
        record.fault_id, record.fault_kind = fault.fault_id, fault.effect
    if address.names_rate and address.rate != record.sample_rate:
        rate = record.sample_rate
        call.note(f"sample-rate {address.rate} is not used: MediaFormat says {rate}")
    for note in address.notes:
        call.note(note)


def _shown(applet: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extension without the address, which may have a password."""
    asked = applet.get("extension") or {}
    return {name: value for name, value in asked.items() if name != "WebSocketUrl"}


def _begin(
    world: World, call: VoiceCall, record: BotStream, url: str, applet: Mapping[str, Any]
) -> None:
    state, options, address = state_of(world), options_of(world), read_address(url)
    rate, extension = record.sample_rate, Extension.read(applet.get("extension") or {})
    choice = VoiceChoice(applet.get("language", ""), applet.get("voice", ""))
    talk = state.live[record.id] = LiveStream(
        record,
        MessageWriter(
            options.stream_shape, _ids(world, call, record), rate, address.parameters, extension
        ),
        address=url,
        script=script_of(world, call, is_two_way=record.kind != "stream"),
        chunk_milliseconds=options.stream_chunk_ms,
        line=StreamLine(options.stream_hold_ms / 1000),
        with_pings=options.stream_pings,
        findings=Findings(world, record),
        real=world.clock.real,
        frames=state.frames.setdefault(record.id, deque()),
        sound=state.sounds.begin(
            record.id,
            rate,
            is_recorded=record.is_recorded,
            note=partial(note_stream, world, record),
        ),
        voice=PersonVoice(
            rate,
            scenarios.voice_of(world, world.calls.get(call.id)).otherwise(choice),
            VoiceChoice(options.person_language, options.person_voice),
            is_spoken=world.server.voice == "spoken",
        ),
        sounds=partial(_sound, world, record),
    )
    _join(call, state.live, talk)
    dial(world, record)


def _ids(world: World, call: VoiceCall, record: BotStream) -> StreamIds:
    return StreamIds(
        stream_sid=record.id,
        call_sid=call.id,
        account_sid=account_id(world, call.account),
        person=call.from_number,
        line=call.exophone,
        leg_sid=world.ids.hex("exotel.leg"),
    )


def _join(call: VoiceCall, live: Mapping[str, LiveStream], new: LiveStream) -> None:
    """Have the one-way streams of a call carry what its person hears on the other ones."""
    others = [live[each] for each in call.streams if each in live and live[each] is not new]
    if new.is_two_way:
        new.listeners = [each for each in others if each.carries_others]
    elif new.carries_others:
        for each in others:
            if each.is_two_way:
                each.listeners.append(new)


def _sound(world: World, record: BotStream, name: str) -> WavSound | None:
    found = state_of(world).person_sounds.find(name)
    if found is None:
        note_stream(world, record, f"the sound {name} was deleted before the person played it")
        return None
    return read_wav(found.content)
