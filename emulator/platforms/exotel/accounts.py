"""Accounts: a world may hold several, and each sees only what is its own.

Documented: "Account context is passed via the {accountId} path parameter".
https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from typing import Final, Generic, TypeVar

from starlette.requests import Request

from emulator.kit.records import TaggedList
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.auth import account_in, account_of

T = TypeVar("T")

OWN: Final = ""
"""Stands for a world's own account in its records, so that they survive a fork.

A fork has the records of its source, and an account id of its own.
"""


def account_key(world: World, account_id: str | None) -> str:
    """Return how records name an account; OWN for the world's own."""
    return OWN if account_id is None or account_id == account_of(world) else account_id


def account_id(world: World, key: str) -> str:
    """Return the id of the account that records name like this."""
    return key or account_of(world)


def account_of_request(request: Request) -> str:
    """Return how records name the account in the path of a request."""
    return account_key(world_of(request), account_in(request.path_params))


class AccountLists(Generic[T]):
    """A list for each account."""

    def __init__(self) -> None:
        self._lists: dict[str, TaggedList[T]] = {}

    def of(self, account: str) -> TaggedList[T]:
        """Return the list of an account, to read; empty for an account that has none."""
        return self._lists.get(account) or TaggedList()

    def append(self, account: str, record: T, tag: int) -> int:
        """Add a record at the end of its account's list, and return its place there."""
        if (own := self._lists.get(account)) is None:
            own = self._lists[account] = TaggedList()
        return own.append(record, tag)

    def accounts(self) -> list[str]:
        """Return the accounts that have a list, the world's own first."""
        return sorted(self._lists, key=lambda account: account != OWN)
