"""Names of new worlds: those that were chosen are checked, the others are made."""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Final

from emulator.domain.errors import ConflictError
from emulator.world.credentials import Credentials
from emulator.world.index import WorldIndex

MAX_CHARACTERS: Final = 64
"""Of the name of a world."""


class NewNames:
    """Decides how new worlds are called.

    No two worlds of a server have the same name, or a credential in common: the digits after the
    slot in an account id are few.
    """

    def __init__(self, index: WorldIndex, credentials: Credentials) -> None:
        self._index = index
        self._credentials = credentials
        self._last_number = 0
        """In the name that was made last for a world of its own."""
        self._forks: Counter[str] = Counter()
        """The number in the last name of a fork, by the name that it continues."""

    def of_new(self, name: str | None, seed: int) -> str:
        """Return the name of a new world: the one asked for, or a free one.

        ConflictError if another world has this name, or the credentials that it would have.
        """
        if name is not None:
            self._check(name, seed)
            return name
        for number in count(self._last_number + 1):
            self._last_number = number
            if self._is_free(made := f"world-{number}", seed):
                return made
        raise AssertionError  # there are numbers without end

    def of_fork(self, name: str | None, origin: str, seed: int) -> str:
        """Return the name of a fork: the one asked for, or the origin's with a number.

        ConflictError as for ``of_new``, and if the name of the origin leaves no room for a number.
        """
        if name is not None:
            self._check(name, seed)
            return name
        for number, made in self._numbered(origin):
            self._forks[origin] = number
            if self._is_free(made, seed):
                return made
        raise ConflictError(f"give the fork a name: {origin} and a number would be too long")

    def _numbered(self, origin: str) -> Iterator[tuple[int, str]]:
        for number in count(self._forks[origin] + 1):
            if len(made := f"{origin}.{number}") > MAX_CHARACTERS:
                return
            yield number, made

    def forget(self, origin: str) -> None:
        """Count the forks of a world anew: it was deleted."""
        self._forks.pop(origin, None)

    def _check(self, name: str, seed: int) -> None:
        """Raise ConflictError for the name of a new world, or of a fork, that was asked for."""
        if name in self._index:
            raise ConflictError(f"a world named {name} already exists")
        if (other := self._credentials.other_owner(name, seed)) is not None:
            raise ConflictError(
                f"a world named {name} would have a credential of the world {other.name};"
                " choose another name"
            )

    def _is_free(self, name: str, seed: int) -> bool:
        """Return whether a world may have a name that was made."""
        return name not in self._index and self._credentials.other_owner(name, seed) is None
