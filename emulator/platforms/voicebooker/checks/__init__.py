"""The checks that any booking backend for the bot can be put to: ``check-webhook``."""

from emulator.platforms.voicebooker.checks.runner import check

__all__ = ["check"]
