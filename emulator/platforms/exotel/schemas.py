"""How calls end, in Exotel's words; each chapter has the schemas of its own."""

from emulator.platforms.exotel.voicebots.schemas import effect

__all__ = ["effect"]
