"""The Tools Server on the wire: fields are spelled as the vendor spells them.

https://developer.exotel.com/docs/voicebot-tools/overview
"""

from emulator.platforms.exotel.voicebots.schemas import effect, wire_time

__all__ = ["effect", "wire_time"]
