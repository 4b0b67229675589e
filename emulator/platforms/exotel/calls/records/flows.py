"""Flows: the App Bazaar's, which the control API sets; and accounts with their ExoPhones."""

from dataclasses import dataclass
from typing import Any, Literal

AccountStatus = Literal["active", "out_of_balance", "suspended"]


@dataclass(slots=True, kw_only=True)
class Flow:
    """A flow: applets in the order in which they are run."""

    id: str
    """For an account besides the world's own: ``{account}/{flow_id}``."""
    applets: list[dict[str, Any]]

    @property
    def account(self) -> str:
        """The key of the account that it belongs to."""
        return self.id.rpartition("/")[0]

    @property
    def flow_id(self) -> str:
        """Its id within its account."""
        return self.id.rpartition("/")[2]


def key_of(account: str, flow_id: str) -> str:
    """Return the key of an account's flow."""
    return f"{account}/{flow_id}" if account else flow_id


@dataclass(slots=True, kw_only=True)
class Account:
    """What the control API has set of an account."""

    id: str
    status: AccountStatus = "active"
    exophones: list[str] | None = None
    """None: the two that every account has."""
