"""What lies between the emulator and a bot: a line that lets messages pass, or a slow network."""

from typing import Final

MAX_HELD_MESSAGES: Final = 2_000
"""Messages of a bot that are held back; what comes then passes at once."""


class StreamLine:
    """Holds messages back in both directions, and lets them pass together now and then.

    It keeps the time of the stream, so that a slow network is the same in every run.
    """

    def __init__(self, hold_seconds: float = 0.0) -> None:
        """``hold_seconds``: how long messages are held back at most; 0: not at all."""
        self._hold_seconds = hold_seconds
        self._next = 0.0
        self._kept: list[str] = []
        self._arrived: list[str | bytes] = []

    def is_due(self, seconds: float) -> bool:
        """Tell whether messages pass now, so many seconds after the stream began."""
        if not self._hold_seconds or seconds < self._next:
            return False
        self._next += self._hold_seconds
        return True

    def keep(self, text: str) -> bool:
        """Hold a message to the bot back; False if it passes."""
        if not self._hold_seconds:
            return False
        self._kept.append(text)
        return True

    def hold(self, message: str | bytes) -> bool:
        """Hold a message of the bot back; False if it passes."""
        if not self._hold_seconds or len(self._arrived) >= MAX_HELD_MESSAGES:
            return False
        self._arrived.append(message)
        return True

    def take_kept(self) -> list[str]:
        """Return the messages to the bot that were held back, in order."""
        kept, self._kept = self._kept, []
        return kept

    def take_arrived(self) -> list[str | bytes]:
        """Return the messages of the bot that were held back, in order."""
        arrived, self._arrived = self._arrived, []
        return arrived
