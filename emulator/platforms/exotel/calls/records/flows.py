"""Flows: the App Bazaar's, which the control API sets; and accounts with their ExoPhones."""

from dataclasses import dataclass
from typing import Any, Literal

AccountStatus = Literal["active", "out_of_balance", "suspended"]


@dataclass(slots=True, kw_only=True)
class Flow:
    """A flow: applets in the order in which they are run."""

    id: str
    applets: list[dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class Account:
    """What the control API has set of an account."""

    id: str
    status: AccountStatus = "active"
    exophones: list[str] | None = None
    """None: the two that every account has."""
