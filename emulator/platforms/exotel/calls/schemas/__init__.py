"""The wire of the Calls API: bodies, words and dates."""

from emulator.platforms.exotel.calls.schemas.words import effect, status_word, wire_date

__all__ = ["effect", "status_word", "wire_date"]
