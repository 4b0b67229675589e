"""How a person speaks: in which language, and with which voice."""

from typing import NamedTuple


class VoiceChoice(NamedTuple):
    """A choice of language and voice; what is empty is left to the next one who chooses."""

    language: str = ""
    voice: str = ""

    def otherwise(self, other: "VoiceChoice") -> "VoiceChoice":
        """Return this choice, with another's for what is left open."""
        return VoiceChoice(self.language or other.language, self.voice or other.voice)


NO_CHOICE = VoiceChoice()
