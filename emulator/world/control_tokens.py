"""The token of each world: with it, the control API may be used about this world only.

A token follows from the server's token, the name of the world, and a nonce that is drawn when the
world is created: the token of a former world of the same name opens nothing. Files have only the
nonce, which is worth nothing without the server's token.
"""

import hmac
import re
from hashlib import sha256
from typing import Final

from emulator.ids import SLOT_DIGITS, nonce, slot_of
from emulator.world.world import World

PREFIX: Final = "emw-"
TOKEN_DIGITS: Final = 40
PATTERN: Final = re.compile(rf"{PREFIX}[0-9a-f]{{{TOKEN_DIGITS}}}")
"""What the history and the logs redact."""


class ControlTokens:
    """The tokens of the worlds of one server; there are none if the server itself has none."""

    def __init__(self, server_token: str | None) -> None:
        self._key = None if server_token is None else server_token.encode()
        self._worlds: dict[bytes, World] = {}
        """By a digest of the token, so that looking one up tells nothing about it."""

    def new_nonce(self) -> str | None:
        """Return the nonce of a new world; None if no world has a token."""
        return None if self._key is None else nonce()

    def of(self, world: World) -> str | None:
        """Return the token of a world, if it has one."""
        drawn = world.settings.control_nonce
        if self._key is None or drawn is None:
            return None
        digits = hmac.new(self._key, f"{drawn} {world.name}".encode(), sha256).hexdigest()
        return f"{PREFIX}{slot_of(world.name):04x}{digits[SLOT_DIGITS:TOKEN_DIGITS]}"

    def add(self, world: World) -> None:
        """Let a world's token lead to it."""
        if (token := self.of(world)) is not None:
            self._worlds[_digest(token)] = world

    def remove(self, world: World) -> None:
        """Let its token lead to it no more."""
        if (token := self.of(world)) is not None:
            self._worlds.pop(_digest(token), None)

    def find(self, token: str) -> World | None:
        """Return the world that a token belongs to, if there is one."""
        return self._worlds.get(_digest(token))


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
