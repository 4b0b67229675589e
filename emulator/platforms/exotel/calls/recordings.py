"""What is heard on recordings of calls: the vendor's page shows none.

assumed: each side has a channel of its own where ``RecordingChannels`` is dual, the first leg left.
"""

from itertools import cycle
from typing import Final

from emulator.domain.recordings import Recording
from emulator.domain.ticks import SECOND
from emulator.domain.transcripts import Line, Speaker, spoken
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.stream_sound import StreamRecording
from emulator.kit.world import World
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.serializers import conversation_seconds
from emulator.platforms.exotel.calls.state import state_of

with on_first_use():
    from emulator.kit import scenarios

_TALK: Final = (
    Line(Speaker.BOT, "Hello, who is calling?"),
    Line(Speaker.PERSON, "Good day. I am calling about your order."),
    Line(Speaker.BOT, "Yes, what about it?"),
    Line(Speaker.PERSON, "It is on its way, and it will be with you tomorrow."),
    Line(Speaker.BOT, "That is good to hear. Thank you for telling me."),
    Line(Speaker.PERSON, "Is there anything else that you would like to know?"),
    Line(Speaker.BOT, "When will it be here, about?"),
    Line(Speaker.PERSON, "In the morning, between nine and eleven."),
)
"""What two persons say, over and over."""
_ALONE: Final = (Line(Speaker.PERSON, "Hello? Is anybody there?"),)


def recording_of(world: World, call: VoiceCall) -> Recording | StreamRecording:
    """Return what was heard: the call's last stream, or two persons talk to the end.

    A person alone says hello.
    """
    sounds = state_of(world).sounds
    is_dual = call.channels == "dual"
    for each in reversed(call.streams):
        sound = sounds.find(each)
        if sound is not None and sound.tracks is not None and sound.tracks.size:
            return StreamRecording(sound.tracks, is_dual)
    talk = conversation_seconds(call) * SECOND
    lines = cycle(_TALK) if len(call.legs) > 1 else _ALONE
    person = scenarios.voice_of(world, world.calls.get(call.id))
    turns = spoken(lines, talk)
    return Recording(turns=turns, talk=talk, person=person, is_dual=is_dual)
