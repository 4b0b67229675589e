"""Who asks, and what they may do: team keys with scopes, and the tickets of streams.

A key is ``sk_`` and 32 digits, a ticket any text; both begin with 16 digits that are their
world's. https://www.docs.bimpe.ai/docs/guides/errors/ names what is refused.
"""

from typing import Final

from starlette.requests import Request

from emulator.kit.errors import ApiError
from emulator.kit.operation import Operation
from emulator.kit.world import World
from emulator.platforms.bimpe.auth import OWN, PREFIX, key_of
from emulator.platforms.bimpe.ids import new_id
from emulator.platforms.bimpe.records import ApiKey
from emulator.platforms.bimpe.team import state_of

# assumed: two scopes are named on the pages, in this form
RESOURCES: Final = ("agents", "workflows", "conversations", "calls", "phone_numbers")
SCOPES: Final = tuple(
    f"{resource}:{right}" for resource in RESOURCES for right in ("read", "write")
)


def secret_of(world: World) -> str:
    """What a world's own key is made of."""
    return world.ids.secret(f"bimpe {world.name}")


def first_key(world: World) -> ApiKey:
    """The key that the world shows; it may do everything."""
    return ApiKey(id=new_id(world, "key"), rest="")


def new_key(world: World) -> ApiKey:
    """Make up another key."""
    return ApiKey(id=new_id(world, "key"), rest=world.ids.hex("bimpe.key.rest"))


def text_of(world: World, rest: str) -> str:
    """What is sent of a key or ticket: the part that leads to this world, then its own."""
    secret = secret_of(world)
    return secret[:OWN] + rest if rest else secret


def rest_of(world: World, text: str) -> str | None:
    """The own part of a key or ticket: "" of the world's first key, None if it is not of here.

    Records have only this part, so that in a copy of the world they lead to the copy.
    """
    secret = secret_of(world)
    if text == secret:
        return ""
    return text[OWN:] or None if text.startswith(secret[:OWN]) else None


def admit(world: World, request: Request) -> ApiKey:
    """Find the key a request shows, or raise ApiError 401.

    An open world takes any key, and lets one it does not know do everything.
    """
    text = key_of(request.headers) or ""
    state = state_of(world)
    rest = rest_of(world, text.removeprefix(PREFIX)) if text.startswith(PREFIX) else None
    key = None if rest is None else state.keys.find(state.key_ids.get(rest))
    if key is None:
        if world.settings.auth == "strict":
            raise ApiError(401, "wrong_credential", "the credential is not one of this world's")
        return ApiKey(id=text, rest="")
    if key.is_revoked:
        raise ApiError(401, "wrong_credential", "the key was revoked")
    if key.expires_at is not None and key.expires_at <= world.clock.now():
        raise ApiError(401, "api_key_expired", "API key has expired.")
    return key


def hold_to_scope(key: ApiKey, scope: str) -> None:
    """Raise ApiError 403 for a key that lacks this scope."""
    if key.scopes is not None and scope not in key.scopes:
        message = f"This API key is missing the required scope: {scope}."
        raise ApiError(403, "insufficient_scope", message)


def scope_of(operation: Operation) -> str:
    """The scope an operation asks for: of the last resource in its path, to read or to write."""
    named = [each for each in RESOURCES if each.replace("_", "-") in operation.segments]
    # documented: a ticket is asked for with POST, and needs no more than reading
    reads = operation.method == "GET" or operation.path.endswith("/stream-ticket")
    return f"{named[-1] if named else RESOURCES[0]}:{'read' if reads else 'write'}"
