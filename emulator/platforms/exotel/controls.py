"""Routes of the control API for Exotel's records, chapter by chapter."""

from emulator.platforms.exotel.voicebots.controls import controls

__all__ = ["controls"]
