"""What Intron promises on the wire, spelled as its pages spell it.

https://transcribe.intron.health/docs/?section=voice-bots-workflow
https://docs.voice.intron.io/docs/voicebot/robocall-call
"""

from emulator.platforms.intron.schemas.words import effect, status_word, wire_time

__all__ = ["effect", "status_word", "wire_time"]
