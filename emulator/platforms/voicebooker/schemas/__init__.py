"""What VoiceBooker promises on the wire, spelled as its pages spell it.

Webhooks: https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
Outbound calls: https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from emulator.platforms.voicebooker.schemas.words import Action, effect, status_word, wire_time

__all__ = ["Action", "effect", "status_word", "wire_time"]
