"""API keys with scopes, and the texts of keys and tickets.

A key is ``sk_`` and 32 digits, a ticket any text; both begin with 16 digits that select their
world. Refusals: https://www.docs.bimpe.ai/docs/guides/errors/
"""

from typing import Final

from starlette.requests import Request

from emulator.kit.errors import ApiError
from emulator.kit.operation import Operation
from emulator.kit.world import World
from emulator.platforms.bimpe.auth import KEY_PREFIX, WORLD_DIGITS, sent_key
from emulator.platforms.bimpe.records.team import ApiKey
from emulator.platforms.bimpe.state import state_of

# assumed: the pages name two scopes, in this form
RESOURCES: Final = ("agents", "workflows", "conversations", "calls", "phone_numbers")
SCOPES: Final = tuple(
    f"{resource}:{right}" for resource in RESOURCES for right in ("read", "write")
)


def credential_text(world: World, rest: str) -> str:
    """Return the text of a key or ticket: the digits of this world, then ``rest``."""
    secret = _world_secret(world)
    return secret[:WORLD_DIGITS] + rest if rest else secret


def rest_of(world: World, text: str) -> str | None:
    """Return what follows the digits of this world in a key or ticket.

    It is "" for the world's first key, and None for the text of another world. Records hold only
    this part, so that in a fork of the world they select the fork.
    """
    secret = _world_secret(world)
    if text == secret:
        return ""
    return text[WORLD_DIGITS:] or None if text.startswith(secret[:WORLD_DIGITS]) else None


def _world_secret(world: World) -> str:
    return world.ids.secret("bimpe", world.name)


def authenticate(world: World, request: Request) -> ApiKey:
    """Return the key of a request; ApiError 401 for one that is unknown, revoked or expired.

    An open world accepts unknown keys and gives them every scope.
    """
    text = sent_key(request.headers) or ""
    state = state_of(world)
    rest = rest_of(world, text.removeprefix(KEY_PREFIX)) if text.startswith(KEY_PREFIX) else None
    key = None if rest is None else state.keys.find(state.key_ids.get(rest))
    if key is None:
        if world.settings.auth == "strict":
            raise ApiError(401, "wrong_credential", "the credential does not belong to this world")
        return ApiKey(id=text, rest="")
    if key.is_revoked:
        raise ApiError(401, "wrong_credential", "the key was revoked")
    if key.expires_at is not None and key.expires_at <= world.clock.now():
        raise ApiError(401, "api_key_expired", "API key has expired.")
    return key


def require_scope(key: ApiKey, scope: str) -> None:
    """Raise ApiError 403 for a key without this scope."""
    if key.scopes is not None and scope not in key.scopes:
        message = f"This API key is missing the required scope: {scope}."
        raise ApiError(403, "insufficient_scope", message)


def required_scope(operation: Operation) -> str:
    """Return the scope of an operation: to read or write the last resource in its path."""
    named = [each for each in RESOURCES if each.replace("_", "-") in operation.segments]
    # documented: a ticket is created with POST, but needs the right to read only
    reads = operation.method == "GET" or operation.path.endswith("/stream-ticket")
    return f"{named[-1] if named else RESOURCES[0]}:{'read' if reads else 'write'}"
