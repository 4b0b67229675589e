"""What the control API can do with API keys."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World, world_of
from emulator.platforms.bimpe.auth import KEY_PREFIX
from emulator.platforms.bimpe.records.drafts import new_key
from emulator.platforms.bimpe.records.team import ApiKey
from emulator.platforms.bimpe.schemas.words import optional_time
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.keys import SCOPES, credential_text

with on_first_use():
    from emulator.platforms.bimpe.schemas import controls as control_schemas


async def list_keys(request: Request) -> Response:
    """List the team's keys with their scopes."""
    world = world_of(request)
    return json_response([_serialize_key(world, each) for each in state_of(world).keys])


async def create_key(request: Request) -> Response:
    """Create an API key for the team."""
    world = world_of(request)
    asked = read_body(request, control_schemas.ApiKeyChanges)
    key = state_of(world).add_key(new_key(world))
    _change_key(request, key, asked)
    return json_response(_serialize_key(world, key), 201)


async def change_key(request: Request) -> Response:
    """Update the scopes and the expiry of a key, including the world's first key."""
    key = _key(request)
    _change_key(request, key, read_body(request, control_schemas.ApiKeyChanges))
    return json_response(_serialize_key(world_of(request), key))


async def revoke_key(request: Request) -> Response:
    """Revoke a key."""
    key = _key(request)
    key.is_revoked = True
    state_of(world_of(request)).keys.save(key)
    return Response(status_code=204)


def _key(request: Request) -> ApiKey:
    return state_of(world_of(request)).keys.get(request.path_params["key_id"])


def _change_key(request: Request, key: ApiKey, asked: "control_schemas.ApiKeyChanges") -> None:
    world = world_of(request)
    if "scopes" in asked.model_fields_set:
        key.scopes = None if asked.scopes is None else tuple(asked.scopes)
    if asked.expires_in is not None:
        key.expires_at = world.clock.now() + timedelta(seconds=asked.expires_in)
    elif "expires_in" in asked.model_fields_set:
        key.expires_at = None
    state_of(world).keys.save(key)


def _serialize_key(world: World, key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "api_key": KEY_PREFIX + credential_text(world, key.rest),
        "scopes": SCOPES if key.scopes is None else key.scopes,
        "expires_at": optional_time(key.expires_at),
        "is_revoked": key.is_revoked,
    }
