"""The Voicebot API on the wire: fields are spelled as the vendor spells them.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from emulator.platforms.exotel.voicebots.schemas.words import effect, status_word, wire_time

__all__ = ["effect", "status_word", "wire_time"]
