"""Credentials: the account in the path selects the world, HTTP Basic authenticates it.

Documented: "Account context is passed via the {accountId} path parameter"; the Tools Server takes
the cookie ``access_token`` of a browser session.
Observed: the vendor's own client sends HTTP Basic with key and token.
assumed: the token of the cookie is the ``api_token``.
https://developer.exotel.com/docs/voicebot-tools/voicebot-api
https://developer.exotel.com/docs/voicebot-tools/overview
"""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.auth import SLOT_DIGITS, Auth, basic, basic_header, cookie
from emulator.kit.world import World

ACCESS_TOKEN: Final = "access_token"
"""The cookie of the Tools Server."""


def account_in(params: Mapping[str, str]) -> str | None:
    """Return the account that the parameters of a path name."""
    return params.get("accountId") or params.get("tenant_id") or params.get("AccountSid")


def _credential(headers: Headers, params: Mapping[str, str]) -> str | None:
    """Return the account in the path; the Calls API needs HTTP Basic besides.

    The Tools Server needs HTTP Basic or the cookie. A path without an account has their sender's.
    """
    if "AccountSid" in params:
        return None if basic(headers) is None else account_in(params)
    token = _sender(headers)
    if (account := account_in(params)) is None:
        return token
    is_of_tools = "tenant_id" in params and "assistant_id" not in params
    return None if is_of_tools and token is None else account


def _sender(headers: Headers) -> str | None:
    """Return who sends a request: the user of HTTP Basic, even unreadable, or the cookie."""
    if (shown := basic(headers)) is not None:
        return shown[0] or None
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    is_basic = scheme.lower() == "basic" and encoded.strip()
    return encoded.strip() if is_basic else cookie(headers, ACCESS_TOKEN) or None


def _issue(secret: str) -> dict[str, str]:
    """Return a new account id with its key and token; all begin with the slot of the world."""
    slot = secret[:SLOT_DIGITS]
    return {
        "account_id": _account_id(secret),
        "api_key": f"key{slot}{secret[10:16]}",
        "api_token": f"token{slot}{secret[16:24]}",
    }


def _headers(own: Mapping[str, str]) -> dict[str, str]:
    return basic_header(own["api_key"], own["api_token"])


def _selector(own: Mapping[str, str]) -> str:
    return own["account_id"]


def _verify(headers: Headers, own: Mapping[str, str]) -> bool:
    """Check that the token is the account's, and the user its key or, as in older clients, its id.

    A request with HTTP Basic and the cookie must have both right.
    Observed: the clients ``exotel`` and ``exotel-node`` send the account id as the user.
    """
    token = cookie(headers, ACCESS_TOKEN)
    if token is not None and token != own["api_token"]:
        return False
    if token is not None and "authorization" not in headers:
        return True
    users = (own["api_key"], own["account_id"])
    return basic(headers) in [(user, own["api_token"]) for user in users]


def account_of(world: World) -> str:
    """Return the account id whose requests reach this world."""
    return _account_id(world.ids.secret("exotel", world.name))


def token_of(world: World) -> str:
    """Return the API token of the world's own account."""
    return _issue(world.ids.secret("exotel", world.name))["api_token"]


def _account_id(secret: str) -> str:
    return f"acct{secret[:10]}"


def _others(own: Mapping[str, str]) -> tuple[str, ...]:
    return own["api_key"], own["api_token"]


auth: Final = Auth(
    issue=_issue,
    headers=_headers,
    credential=_credential,
    selector=_selector,
    others=_others,
    verify=_verify,
)
