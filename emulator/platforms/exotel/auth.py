"""Credentials: the account in the path selects the world, HTTP Basic authenticates it.

Documented: "Account context is passed via the {accountId} path parameter".
Observed: the vendor's own client sends HTTP Basic with key and token.
https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.auth import Auth, basic, basic_header
from emulator.kit.world import World


def account_in(params: Mapping[str, str]) -> str | None:
    """Return the account that the parameters of a path name."""
    return params.get("accountId") or params.get("tenant_id") or params.get("AccountSid")


def _credential(headers: Headers, params: Mapping[str, str]) -> str | None:
    """Return the account in the path; the Calls API needs HTTP Basic besides."""
    if "AccountSid" in params and basic(headers) is None:
        return None
    return account_in(params)


def _issue(secret: str) -> dict[str, str]:
    """Return a new account id with its key and token."""
    return {
        "account_id": _account_id(secret),
        "api_key": f"key{secret[10:20]}",
        "api_token": f"token{secret[20:]}",
    }


def _headers(own: Mapping[str, str]) -> dict[str, str]:
    return basic_header(own["api_key"], own["api_token"])


def _selector(own: Mapping[str, str]) -> str:
    return own["account_id"]


def _verify(headers: Headers, own: Mapping[str, str]) -> bool:
    """Check that the token is the account's, and the user its key or, as in older clients, its id.

    Observed: the clients ``exotel`` and ``exotel-node`` send the account id as the user.
    """
    return basic(headers) in [(own[name], own["api_token"]) for name in ("api_key", "account_id")]


def account_of(world: World) -> str:
    """Return the account id whose requests reach this world."""
    return _account_id(world.ids.secret(f"exotel {world.name}"))


def token_of(world: World) -> str:
    """Return the API token of the world's own account."""
    return _issue(world.ids.secret(f"exotel {world.name}"))["api_token"]


def _account_id(secret: str) -> str:
    return f"acct{secret[:10]}"


auth: Final = Auth(
    issue=_issue,
    headers=_headers,
    credential=_credential,
    selector=_selector,
    verify=_verify,
)
