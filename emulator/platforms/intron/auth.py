"""Credentials: ``Authorization: Bearer`` with a world's key."""

from typing import Final

from emulator.kit.auth import bearer_auth

auth: Final = bearer_auth("intron_")
